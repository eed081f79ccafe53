/** What is mutated and which tests must notice: folders and files from the repository's root. */
export interface Target {
  /** Folder whose source files (not tests, fuzzers, benchmarks) are mutated. */
  readonly folder: string;
  /** Folders of the tests that must notice. */
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
export const SAMPLE_ONE_IN = 20;

/**
 * What such a sample must reach. A sample of 186 from files that stand exactly at SCORE_PERCENT_MIN has a standard
 * deviation of 2.2 points, so chance alone takes it below this bar in one run of a hundred; from files that stand
 * where the last whole run found these (93.7 %, 1.8 points), practically never.
 */
export const SAMPLE_PERCENT_MIN = 85;

/**
 * More than this share ending by running too long (whole runs see one in forty) says that the machine or the time limit is
 * at fault, and such a run proves nothing.
 */
export const ENDLESS_SHARE_MAX = 0.15;

/**
 * A mutant that loops for ever where no switch is asked is stopped with its process, and counts as noticed: the run would
 * have hung.
 * @param testMs - what the run took unchanged, in milliseconds of the processor
 * @returns what it may take, so
 */
export function patience(testMs: number): number {
  return 5_000 + 4 * testMs;
}
