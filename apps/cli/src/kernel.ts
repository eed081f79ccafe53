import { createGuards } from "@swoosh/guards";
import { createKernel } from "@swoosh/kernel";
import { hasher } from "./hasher.ts";

/** The kernel with Node's hash functions, and every guard that charts of Swoosh may name. */
export const kernel = createKernel(hasher, { natives: createGuards(hasher) });
