import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * For programs that are measured: as the command does, they keep what Node makes of the sources. From the second run on nothing is
 * left to make, and what strips types is not in the process's memory.
 */
export const WARM_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL("../../../../../node_modules/.cache/swoosh-bench", import.meta.url),
  ),
};
