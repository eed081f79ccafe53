import { createGuards } from "@swoosh/guards";
import { createKernel, type Kernel } from "@swoosh/kernel";
import { rememberCharts } from "../charts/remember-charts.ts";
import { hasher } from "../hasher.ts";

let kernel: Kernel | undefined;

/** The kernel with every guard that this build has: one for the process, since it is pure. */
export function createServerKernel(): Kernel {
  kernel ??= rememberCharts(createKernel(hasher, { natives: createGuards(hasher) }));
  return kernel;
}
