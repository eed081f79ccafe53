import { fateOf, type Verdict } from "./fate.ts";
import type { NumberedMutant } from "./instrument.ts";
import type { FileCoverage } from "./mutant.ts";
import { planFor } from "./plan.ts";
import type { Target } from "./targets.ts";
import type { TrialProcess } from "./trial-process.ts";

/** By key of the mutant. */
export type Verdicts = ReadonlyMap<string, Verdict>;

interface Means {
  readonly targets: readonly Target[];
  /** Work is shared among these. */
  readonly processes: readonly TrialProcess[];
}

/** What a test file may take whose duration is not known yet, in milliseconds. */
const UNKNOWN_MS = 75_000;

/**
 * Runs the tests of all targets that `mutants` are in, unchanged.
 * @returns what they reach, and in `failures` which do not pass, in words
 */
export async function recordAll(
  mutants: readonly NumberedMutant[],
  { targets, processes }: Means,
): Promise<{ readonly coverages: readonly FileCoverage[]; readonly failures: readonly string[] }> {
  const folders = mutants.flatMap(({ file }) => testFoldersOf(file, targets));
  const [first] = processes;
  const testFiles = ((await first?.testFiles()) ?? []).filter((file) => isIn(folders, file));
  const recorded = mutants.map(({ number }) => number);
  const coverages: FileCoverage[] = [];
  const failures: string[] = [];
  await share(testFiles, processes, async (file, trial) => {
    const request = { file, mutant: null, hitsMax: 0, isFresh: false, recorded };
    const report = await trial.run({ ...request, expectedMs: UNKNOWN_MS });
    if (typeof report === "string") failures.push(`${file} ${report}`);
    else if (report.failure !== undefined) failures.push(`${file} fails: ${report.failure.name}`);
    else if (report.coverage !== undefined) coverages.push(report.coverage);
  });
  return { coverages, failures };
}

/** @param onProgress - called after each mutant */
export async function tryAll(
  mutants: readonly NumberedMutant[],
  {
    targets,
    processes,
    coverages,
    onProgress,
  }: Means & {
    readonly coverages: readonly FileCoverage[];
    readonly onProgress?: (verdicts: Verdicts, all: number) => void;
  },
): Promise<Verdicts> {
  const verdicts = new Map<string, Verdict>();
  const killsIn = new Map(mutants.map(({ file }) => [file, new Map<string, number>()]));
  await share(mutants, processes, async (mutant, trial) => {
    const folders = testFoldersOf(mutant.file, targets);
    const own = coverages.filter(({ file }) => isIn(folders, file));
    const kills = killsIn.get(mutant.file);
    const verdict = await fateOf(mutant.number, planFor(mutant, own, kills), trial);
    if (verdict.by !== undefined)
      kills?.set(verdict.by.file, (kills.get(verdict.by.file) ?? 0) + 1);
    verdicts.set(mutant.key, verdict);
    onProgress?.(verdicts, mutants.length);
  });
  return verdicts;
}

/** Test folders by which `file` must be noticed. */
function testFoldersOf(file: string, targets: readonly Target[]): readonly string[] {
  return targets.find(({ folder }) => file.startsWith(`${folder}/`))?.tests ?? [];
}

function isIn(folders: readonly string[], file: string): boolean {
  return folders.some((folder) => file.startsWith(`${folder}/`));
}

/** Does `work` for each of `items`, as many at once as there are processes. */
async function share<T>(
  items: readonly T[],
  processes: readonly TrialProcess[],
  work: (item: T, trial: TrialProcess) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    processes.map(async (trial) => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await work(item, trial);
      }
    }),
  );
}
