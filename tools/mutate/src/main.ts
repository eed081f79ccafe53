import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { findMutants } from "./find-mutants.ts";
import { countKills, type Killers } from "./killers.ts";
import type { Mutant, MutantFate } from "./mutant.ts";
import { createRunner, type Outcome } from "./runner.ts";
import {
  ENDLESS_SHARE_MAX,
  SAMPLE_ONE_IN,
  SAMPLE_PERCENT_MIN,
  SCORE_PERCENT_MIN,
  TARGETS,
} from "./targets.ts";

/**
 * Mutation testing of the files whose bytes others rely on. Whole (`--all`): every mutant is tried, the score must
 * reach SCORE_PERCENT_MIN, the survivors are written to `survivors.json`, and which tests notice most to `killers.json`, so
 * that they go first. On each change: a random sample, which must reach SAMPLE_PERCENT_MIN. In it, listed survivors count
 * as survivors without a try, and others are shown. `--seed N` repeats a sample, `--only TEXT` tries matching keys,
 * `--all --only TEXT` renews the lists for those alone.
 */
const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    seed: { type: "string" },
    only: { type: "string" },
    workers: { type: "string", default: "2" },
  },
});

const SURVIVORS_FILE = join(import.meta.dirname, "../survivors.json");
const KILLERS_FILE = join(import.meta.dirname, "../killers.json");
const root = process.cwd();

function allMutants(): readonly Mutant[] {
  return TARGETS.flatMap(({ folder }) =>
    globSync(`${folder}/*.ts`, { cwd: root })
      .filter((file) => !/\.(test|fuzz|bench)\.ts$/.test(file))
      .toSorted((a, b) => (a < b ? -1 : 1))
      .flatMap((file) => findMutants(file, readFileSync(join(root, file), "utf8"))),
  );
}

function readSurvivors(): readonly string[] {
  const keys: readonly string[] = JSON.parse(readFileSync(SURVIVORS_FILE, "utf8"));
  return keys;
}

function readKillers(): Killers {
  const killers: Killers = JSON.parse(readFileSync(KILLERS_FILE, "utf8"));
  return killers;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Small counter-based generator: the same seed tries the same mutants. */
function sample(mutants: readonly Mutant[], seed: number): readonly Mutant[] {
  let state = seed >>> 0;
  return mutants.filter(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % SAMPLE_ONE_IN === 0;
  });
}

function testFolders(mutants: readonly Mutant[]): readonly string[] {
  return TARGETS.filter(({ folder }) =>
    mutants.some(({ file }) => file.startsWith(`${folder}/`)),
  ).flatMap(({ tests }) => tests);
}

async function runAll(
  mutants: readonly Mutant[],
  durations: Readonly<Record<string, number>>,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const killers = readKillers();
  const queue = [...mutants];
  let shownAt = Date.now();
  const work = async (): Promise<void> => {
    const runner = createRunner(root, durations);
    try {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        outcomes.set(
          mutant.key,
          await runner.tryOut({ mutant, killers: killers[mutant.file] ?? [] }),
        );
        if (Date.now() - shownAt > 5_000) {
          shownAt = Date.now();
          process.stderr.write(`mutation: ${outcomes.size} of ${mutants.length} tried\n`);
        }
      }
    } finally {
      runner.stop();
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
  return outcomes;
}

async function main(): Promise<number> {
  const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
  const every = allMutants();
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

  const baseline = createRunner(root);
  const unchanged = await baseline.tryOut({ mutant: null, folders: testFolders(chosen) });
  baseline.stop();
  if (unchanged.fate !== "survived") {
    process.stdout.write(
      "mutation: the tests fail without any mutant; mend them first\n0 passed, 1 failed\n",
    );
    return 1;
  }

  const listed = new Set(readSurvivors());
  const untried = values.all || only !== undefined ? new Set<string>() : listed;
  const outcomes = await runAll(
    chosen.filter((mutant) => !untried.has(mutant.key)),
    unchanged.durations,
  );
  if (values.all) keep(every, outcomes);
  const fates = chosen.map((mutant): readonly [Mutant, MutantFate] => [
    mutant,
    outcomes.get(mutant.key)?.fate ?? "survived",
  ]);
  return report(fates, listed);
}

/** Says what survived and whether that is good enough. */
function report(
  fates: readonly (readonly [Mutant, MutantFate])[],
  listed: ReadonlySet<string>,
): number {
  const survivors = fates.filter(([, fate]) => fate === "survived").map(([mutant]) => mutant);
  const unlisted = survivors.filter((mutant) => !listed.has(mutant.key));
  for (const { file, line, original, replacement } of unlisted) {
    process.stdout.write(`survived: ${file}:${line}: ${original} → ${replacement}\n`);
  }
  const killed = fates.length - survivors.length;
  const percent = fates.length === 0 ? 100 : Math.floor((killed * 1000) / fates.length) / 10;
  const endless = fates.filter(([, fate]) => fate === "timeout").length;
  process.stdout.write(
    `mutation: ${killed} of ${fates.length} noticed (${endless} by running too long), ${percent} %\n`,
  );
  if (endless > fates.length * ENDLESS_SHARE_MAX) {
    process.stdout.write(
      "mutation: so many ran too long that their tests cannot have been what noticed them\n0 passed, 1 failed\n",
    );
    return 1;
  }
  const enough = percent >= (values.all ? SCORE_PERCENT_MIN : SAMPLE_PERCENT_MIN);
  process.stdout.write(enough ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
  return enough ? 0 : 1;
}

/** Renews both lists for what was tried, and drops what is no more. */
function keep(every: readonly Mutant[], outcomes: ReadonlyMap<string, Outcome>): void {
  const existing = new Set(every.map((mutant) => mutant.key));
  // Read again: runs of other parts may have ended meanwhile.
  const untried = readSurvivors().filter((key) => !outcomes.has(key) && existing.has(key));
  const survivors = [...outcomes].filter(([, { fate }]) => fate === "survived").map(([key]) => key);
  writeJson(
    SURVIVORS_FILE,
    [...untried, ...survivors].toSorted((a, b) => (a < b ? -1 : 1)),
  );
  const kills = every.flatMap(({ key, file }) => {
    const by = outcomes.get(key)?.by;
    return by === undefined ? [] : [{ file, by }];
  });
  writeJson(KILLERS_FILE, countKills(readKillers(), kills));
}

process.exit(await main());
