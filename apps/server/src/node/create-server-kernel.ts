import { createGuards } from "@swoosh/guards";
import { createKernel, type Kernel } from "@swoosh/kernel";
import { hasher } from "../hasher.ts";

/** The kernel with every guard that this build has. */
export function createServerKernel(): Kernel {
  return createKernel(hasher, { natives: createGuards(hasher) });
}
