import type { MutantFate, RunReport, RunRequest } from "./mutant.ts";
import type { Plan, Step } from "./plan.ts";

/** Runs what it is asked in a process that it starts where there is none. */
export interface Trier {
  /** @returns the report; "hung" or "died" where the run took its process with it */
  run(request: RunRequest): Promise<RunReport | "hung" | "died">;
  /** Ends the process: the next run has a new one. */
  restart(): void;
}

export interface Verdict {
  readonly fate: MutantFate;
  /** The test file that noticed it, and the test's name or what else ended the run. */
  readonly by?: { readonly file: string; readonly name: string } | undefined;
}

/** A loop that does not end by itself reaches its mutant more often than so many times what the unchanged one does… */
const HITS_FACTOR = 20;
/** …and more often than this, which takes a tenth of a second. */
const HITS_MIN = 200_000;

/**
 * Tries one mutant. What guards against false verdicts in a process that lives on:
 *
 * F1. What noticed a mutant must pass on the unchanged code directly after it, in the same process. Where it does not, something
 *     was left behind, by this mutant or by one before: modules are read again, and it is tried anew.
 * F2. Where a mutant that survived was reached less often than its place is unchanged, something may have been kept from
 *     before it was switched on (a cache): all that depends on its file is run on modules that were read with it on.
 */
export async function fateOf(mutant: number, plan: Plan, trier: Trier): Promise<Verdict> {
  let isDoubtful = false;
  for (const step of plan.steps) {
    const verdict = await tryStep({ mutant, step, isFresh: plan.isStatic }, trier);
    if (typeof verdict !== "string") return verdict;
    isDoubtful ||= verdict === "doubtful";
  }
  if (isDoubtful && !plan.isStatic) {
    for (const step of plan.dependents) {
      const verdict = await tryStep({ mutant, step, isFresh: true }, trier);
      if (typeof verdict !== "string") return verdict;
    }
  }
  return { fate: "survived" };
}

interface Try {
  readonly mutant: number;
  readonly step: Step;
  readonly isFresh: boolean;
  /** So often has it been tried already without a result that could be believed. */
  readonly tries?: number;
}

const TRIES_MAX = 3;

async function tryStep(one: Try, trier: Trier): Promise<Verdict | "survived" | "doubtful"> {
  const { mutant, step, isFresh, tries = 0 } = one;
  const report = await trier.run(requestFor(one));
  if (report === "hung") return { fate: "timeout" };
  if (report === "died")
    return { fate: "killed", by: { file: step.file, name: "the process ended" } };
  if (report.failure === undefined && !report.isTooLong) {
    return report.hits < step.hits ? "doubtful" : "survived";
  }
  const { test } = report.failure ?? {};
  const checked: Step = test === undefined ? step : { ...step, tests: [test] };
  if (!(await passesUnchanged(checked, { isFresh }, trier))) {
    if (tries === TRIES_MAX) {
      throw new Error(
        `${step.file} fails on unchanged code too: ${report.failure?.name ?? "?"}; mend that first`,
      );
    }
    // What reading all modules again does not mend, lies in the process itself.
    if (isFresh || !(await passesUnchanged(checked, { isFresh: true }, trier))) trier.restart();
    return tryStep({ mutant, step, isFresh: true, tries: tries + 1 }, trier);
  }
  const fate = report.isTooLong ? "timeout" : "killed";
  return { fate, by: { file: step.file, name: report.failure?.name ?? "too long" } };
}

function requestFor({ mutant, step, isFresh }: Try): RunRequest {
  const { file, tests, ms, hits } = step;
  const hitsMax = HITS_MIN + HITS_FACTOR * hits;
  return { file, tests, mutant, hitsMax, isFresh, expectedMs: ms };
}

async function passesUnchanged(
  { file, tests, ms }: Step,
  { isFresh }: { readonly isFresh: boolean },
  trier: Trier,
): Promise<boolean> {
  const report = await trier.run({
    file,
    tests,
    mutant: null,
    hitsMax: 0,
    isFresh,
    expectedMs: ms,
  });
  return typeof report !== "string" && report.failure === undefined;
}
