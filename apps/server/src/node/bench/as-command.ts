import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * For programs that are measured, what `swoosh up` gives itself: the bounds of `apps/cli/bin/swoosh.mjs`, and a folder in which
 * Node keeps what it makes of the sources. From the second run on nothing is left to make, and what strips types is not in the
 * process's memory.
 */
export const AS_COMMAND = {
  execArgv: ["--max-semi-space-size=8"],
  env: {
    MALLOC_ARENA_MAX: "2",
    MALLOC_TRIM_THRESHOLD_: "131072",
    ...process.env,
    NODE_COMPILE_CACHE: fileURLToPath(
      new URL("../../../../../node_modules/.cache/swoosh-bench", import.meta.url),
    ),
  },
};
