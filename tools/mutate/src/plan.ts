import type { FileCoverage, Hit } from "./mutant.ts";

/** One run on the way to a mutant's fate: some tests of one file, or all. */
export interface Step {
  readonly file: string;
  /** Absent: the whole file. */
  readonly tests?: readonly string[] | undefined;
  /** Milliseconds of the processor on unchanged code, the reading of the file included. */
  readonly ms: number;
  /** How often the unchanged code reaches the place of the mutant in it. */
  readonly hits: number;
}

export interface Plan {
  /** The mutant is reached while modules are read, so that they must be read again with it. */
  readonly isStatic: boolean;
  /** In the order of `costOf`. */
  readonly steps: readonly Step[];
  /** All that depends on the mutant's file, whole: what to run on modules read again, in the same order. */
  readonly dependents: readonly Step[];
}

/** Tests of one file are run together up to so many milliseconds, since the file must be read each time. */
const TOGETHER_MS = 60;

/**
 * What must be run to know a mutant's fate: where it shapes what tests stand on (modules, the file itself, hooks of
 * suites), whole files; else the tests that reach it.
 * @param mutant - its number, and the file that it is in
 * @param kills - how many mutants of the same file each test file has noticed so far
 */
export function planFor(
  { number, file }: { readonly number: number; readonly file: string },
  coverages: readonly FileCoverage[],
  kills: ReadonlyMap<string, number> = new Map(),
): Plan {
  // What costs little comes first; a file that noticed ten neighbours may cost eleven times as much.
  const costOf = (step: Step): number => step.ms / (1 + (kills.get(step.file) ?? 0));
  const byCost = (a: Step, b: Step): number => costOf(a) - costOf(b);
  const isStatic = coverages.some(({ loaded }) => hitsOf(loaded, number) > 0);
  const dependents = coverages
    .filter(({ modules }) => modules.includes(file))
    .map((coverage) => wholeFile(coverage, number))
    .toSorted(byCost);
  const reaching = coverages.flatMap((coverage) =>
    hitsOf(coverage.shared, number) > 0
      ? [wholeFile(coverage, number)]
      : inGroups(coverage, number),
  );
  return { isStatic, steps: isStatic ? dependents : reaching.toSorted(byCost), dependents };
}

function wholeFile(coverage: FileCoverage, mutant: number): Step {
  const { file, loadMs, loaded, shared, tests } = coverage;
  return {
    file,
    ms: loadMs + sum(tests.map(({ ms }) => ms)),
    hits: hitsOf([...loaded, ...shared, ...tests.flatMap((test) => test.hits)], mutant),
  };
}

function inGroups({ file, loadMs, tests }: FileCoverage, mutant: number): readonly Step[] {
  const reaching = tests
    .map((test) => ({ ...test, hits: hitsOf(test.hits, mutant) }))
    .filter(({ hits }) => hits > 0)
    .toSorted((a, b) => a.ms - b.ms);
  const steps: Step[] = [];
  for (const { id, ms, hits } of reaching) {
    const last = steps.at(-1);
    if (last?.tests !== undefined && last.ms + ms <= loadMs + TOGETHER_MS) {
      steps[steps.length - 1] = {
        file,
        tests: [...last.tests, id],
        ms: last.ms + ms,
        hits: last.hits + hits,
      };
    } else {
      steps.push({ file, tests: [id], ms: loadMs + ms, hits });
    }
  }
  return steps;
}

function hitsOf(hits: readonly Hit[], mutant: number): number {
  return sum(hits.map(([reached, count]) => (reached === mutant ? count : 0)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
