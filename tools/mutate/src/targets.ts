/** What is mutated and which tests must notice: folders and files from the repository's root. */
export interface Target {
  /** Folder whose source files (not tests, fuzzers, benchmarks) are mutated. */
  readonly folder: string;
  /** Tests run against each mutant, those named after the mutated file first. */
  readonly tests: readonly string[];
}

const KERNEL = "packages/kernel/src";

export const TARGETS: readonly Target[] = [
  { folder: `${KERNEL}/log`, tests: [`${KERNEL}/log`] },
  { folder: `${KERNEL}/interpret`, tests: [`${KERNEL}/interpret`, `${KERNEL}/run`] },
  { folder: `${KERNEL}/reduce`, tests: [`${KERNEL}/reduce`, `${KERNEL}/run`] },
];

/** Share of mutants that must die in a whole run, in percent. */
export const SCORE_PERCENT_MIN = 90;

/** One of this many mutants is tried on each change: the whole test command has ten minutes on two cores. */
export const SAMPLE_ONE_IN = 80;

/**
 * What such a sample must reach. A sample of 45 from files that stand exactly at SCORE_PERCENT_MIN has a standard
 * deviation of 4.5 points, so chance alone takes it below this bar in one or two runs of a hundred; from files that stand
 * where the last whole run found these (96.8 %, 2.6 points), practically never.
 */
export const SAMPLE_PERCENT_MIN = 80;

/**
 * More than this share ending by running too long (whole runs see one in forty) says that the machine or the time limit is
 * at fault, and such a run proves nothing.
 */
export const ENDLESS_SHARE_MAX = 0.15;

/**
 * A mutant that loops for ever is stopped, and counts as noticed: the run would have hung. How long is too long follows
 * from what the unchanged tests took just before, on the same machine under the same load.
 * @param testMs - what the tests of one group took unchanged, in milliseconds
 */
export function patience(testMs: number): number {
  return 5_000 + 4 * testMs;
}
