import type { RunReport, RunRequest } from "./mutant.ts";

/** Between the process that holds Vitest and the thread that runs the tests. */
export const CHANNEL = "swoosh-mutants";

export type ToThread = RunRequest | "end";
export type ToHost = RunReport | "ready";
