import process from "node:process";
import type { RunnerTestFile } from "vitest";
import type { Hit, RunReport, TestCoverage } from "./mutant.ts";

/** What the runner of the tests tells the thread about the run that is going on. */
export interface RunState {
  /** See `RunRequest`. */
  readonly recorded: readonly number[] | undefined;
  readonly shared: Hit[];
  readonly tests: TestCoverage[];
  files: readonly RunnerTestFile[];
  failure: RunReport["failure"];
}

declare global {
  /** On `globalThis` for the reason that the switchboard is. */
  var swooshMutationRun: RunState | undefined;
}

export function beginRun(recorded: readonly number[] | undefined): RunState {
  const state: RunState = { recorded, shared: [], tests: [], files: [], failure: undefined };
  globalThis.swooshMutationRun = state;
  return state;
}

export function runState(): RunState {
  const state = globalThis.swooshMutationRun;
  if (state === undefined) throw new Error("no run is going on in this thread");
  return state;
}

/** Milliseconds of the processor that this thread has used: what a run costs, however busy the machine is. */
export function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
