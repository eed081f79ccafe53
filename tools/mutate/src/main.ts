import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { allMutants } from "./all-mutants.ts";
import type { Verdict } from "./fate.ts";
import type { NumberedMutant } from "./instrument.ts";
import {
  ENDLESS_SHARE_MAX,
  SAMPLE_ONE_IN,
  SAMPLE_PERCENT_MIN,
  SCORE_PERCENT_MIN,
  TARGETS,
} from "./targets.ts";
import { createTrialProcess, type TrialProcess } from "./trial-process.ts";
import { recordAll, tryAll, type Verdicts } from "./try-all.ts";

/**
 * Mutation testing of the files whose bytes others rely on. Whole (`--all`): every mutant is tried, the score must
 * reach SCORE_PERCENT_MIN, and the survivors are written to `survivors.json`. On each change: a random sample, which must
 * reach SAMPLE_PERCENT_MIN. In it, listed survivors count as survivors without a try, and others are shown.
 * `--seed N` repeats a sample, `--only TEXT` tries matching keys, `--all --only TEXT` renews the list for those alone,
 * `--fates FILE` writes what became of each mutant, and by what.
 */
const USAGE = `usage: node tools/mutate/src/main.ts [--all] [--seed N] [--only TEXT] [--fates FILE] [--workers N]
  --all         every mutant, and the list of survivors anew; else a random sample
  --seed N      repeats a sample
  --only TEXT   the mutants whose key has this text
  --fates FILE  writes what became of each mutant, and by what
  --workers N   processes that try them, 2 unless given
`;

function argumentsOf(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        all: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        seed: { type: "string" },
        only: { type: "string" },
        fates: { type: "string" },
        workers: { type: "string", default: "2" },
      },
    }).values;
  } catch (error) {
    process.stderr.write(
      `mutate: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`,
    );
    return process.exit(2);
  }
}

const values = argumentsOf(process.argv.slice(2));
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const SURVIVORS_FILE = join(import.meta.dirname, "../survivors.json");
const root = process.cwd();

let shownAt = Date.now();
function showProgress(verdicts: Verdicts, all: number): void {
  if (Date.now() - shownAt < 5_000) return;
  shownAt = Date.now();
  process.stderr.write(`mutation: ${verdicts.size} of ${all} tried\n`);
  writeFates(verdicts);
}

function writeFates(verdicts: Verdicts): void {
  if (values.fates !== undefined) writeJson(values.fates, Object.fromEntries(verdicts));
}

function readSurvivors(): readonly string[] {
  const keys: readonly string[] = JSON.parse(readFileSync(SURVIVORS_FILE, "utf8"));
  return keys;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Small counter-based generator: the same seed tries the same mutants. */
function sample(mutants: readonly NumberedMutant[], seed: number): readonly NumberedMutant[] {
  let state = seed >>> 0;
  return mutants.filter(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % SAMPLE_ONE_IN === 0;
  });
}

async function main(processes: readonly TrialProcess[]): Promise<number> {
  const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
  const every = allMutants(root, TARGETS);
  const only = values.only;
  const chosen =
    only !== undefined
      ? every.filter((mutant) => mutant.key.includes(only))
      : values.all
        ? every
        : sample(every, seed);
  process.stdout.write(
    `mutation: ${chosen.length} of ${every.length} mutants${values.all || only ? "" : `, seed ${seed}`}\n`,
  );

  const listed = new Set(readSurvivors());
  const untried = values.all || only !== undefined ? new Set<string>() : listed;
  const tried = chosen.filter((mutant) => !untried.has(mutant.key));
  const startedAt = Date.now();
  const { coverages, failures } = await recordAll(tried, { targets: TARGETS, processes });
  if (failures.length > 0) {
    for (const failure of failures)
      process.stdout.write(`mutation: without any mutant, ${failure}\n`);
    process.stdout.write("mutation: mend the tests first\n0 passed, 1 failed\n");
    return 1;
  }
  const recordedAt = Date.now();
  const verdicts = await tryAll(tried, {
    targets: TARGETS,
    processes,
    coverages,
    onProgress: showProgress,
  });
  const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  process.stdout.write(
    `mutation: ${seconds(recordedAt - startedAt)} to see what each test reaches, ${seconds(Date.now() - recordedAt)} to try\n`,
  );
  if (values.all) keep(every, verdicts);
  writeFates(verdicts);
  return report(chosen, verdicts, listed);
}

/** Says what survived and whether that is good enough. */
function report(
  chosen: readonly NumberedMutant[],
  verdicts: Verdicts,
  listed: ReadonlySet<string>,
): number {
  const fateOfKey = (key: string): Verdict["fate"] => verdicts.get(key)?.fate ?? "survived";
  const survivors = chosen.filter(({ key }) => fateOfKey(key) === "survived");
  const unlisted = survivors.filter((mutant) => !listed.has(mutant.key));
  for (const { file, line, original, replacement } of unlisted) {
    process.stdout.write(`survived: ${file}:${line}: ${original} → ${replacement}\n`);
  }
  const killed = chosen.length - survivors.length;
  const percent = chosen.length === 0 ? 100 : Math.floor((killed * 1000) / chosen.length) / 10;
  const endless = chosen.filter(({ key }) => fateOfKey(key) === "timeout").length;
  process.stdout.write(
    `mutation: ${killed} of ${chosen.length} noticed (${endless} by running too long), ${percent} %\n`,
  );
  if (endless > chosen.length * ENDLESS_SHARE_MAX) {
    process.stdout.write(
      "mutation: so many ran too long that their tests cannot have been what noticed them\n0 passed, 1 failed\n",
    );
    return 1;
  }
  const enough = percent >= (values.all ? SCORE_PERCENT_MIN : SAMPLE_PERCENT_MIN);
  process.stdout.write(enough ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
  return enough ? 0 : 1;
}

/** Renews the list for what was tried, and drops what is no more. */
function keep(every: readonly NumberedMutant[], verdicts: Verdicts): void {
  const existing = new Set(every.map((mutant) => mutant.key));
  // Read again: runs of other parts may have ended meanwhile.
  const untried = readSurvivors().filter((key) => !verdicts.has(key) && existing.has(key));
  const survivors = [...verdicts].filter(([, { fate }]) => fate === "survived").map(([key]) => key);
  writeJson(
    SURVIVORS_FILE,
    [...untried, ...survivors].toSorted((a, b) => (a < b ? -1 : 1)),
  );
}

const processes = Array.from({ length: Number(values.workers) }, () =>
  createTrialProcess(root, TARGETS),
);
try {
  process.exitCode = await main(processes);
} finally {
  await Promise.all(processes.map((trial) => trial.stop()));
}
