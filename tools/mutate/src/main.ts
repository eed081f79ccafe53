import { fork, type ChildProcess } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findMutants } from "./find-mutants.ts";
import type { Mutant, MutantFate } from "./mutant.ts";
import {
  SAMPLE_ONE_IN,
  SAMPLE_PERCENT_MIN,
  SCORE_PERCENT_MIN,
  TARGETS,
  timeouts,
} from "./targets.ts";

/**
 * Mutation testing of the files whose bytes others rely on. Whole (`--all`): every mutant is tried, the score must
 * reach SCORE_PERCENT_MIN, and the survivors are written to `survivors.json`. On each change: a random sample, which must
 * reach SAMPLE_PERCENT_MIN; survivors that are not in the list are shown. `--seed N` repeats a sample, `--only TEXT` tries matching keys,
 * `--all --only TEXT` renews the list for those alone.
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

interface Runner {
  /** `folders`: whose tests the unchanged code (`mutant` null) must pass. */
  tryOut(mutant: Mutant | null, folders?: readonly string[]): Promise<MutantFate>;
  stop(): void;
}

/** `wholeMs`: what the unchanged tests took; not known yet for the run that finds it out. */
function createRunner(wholeMs: number = 300_000): Runner {
  const { nearestMs, othersMs } = timeouts(wholeMs);
  let child: Promise<ChildProcess> | undefined;
  const start = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const process_ = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), {
        cwd: root,
        env: { ...process.env, SWOOSH_MUTATION: "1" },
        // A mutant that collects for ever ends by itself, before it takes the machine with it.
        execArgv: ["--max-old-space-size=1500"],
      });
      process_.once("message", () => resolve(process_));
      process_.once("exit", (code) => reject(new Error(`mutation worker ended with code ${code}`)));
    });
  return {
    async tryOut(mutant, folders = []) {
      child ??= start();
      const process_ = await child;
      return new Promise((resolve, reject) => {
        const settle = (fate: MutantFate): void => {
          clearTimeout(timer);
          process_.removeAllListeners();
          resolve(fate);
        };
        const giveUp = (): void => {
          child = undefined;
          process_.kill("SIGKILL");
          settle("timeout");
        };
        let timer = setTimeout(giveUp, mutant === null ? othersMs : nearestMs);
        process_.on("message", (answer: { survived?: boolean; nearest?: "passed" }) => {
          if (answer.survived !== undefined) {
            settle(answer.survived ? "survived" : "killed");
          } else if (mutant !== null) {
            clearTimeout(timer);
            timer = setTimeout(giveUp, othersMs);
          }
        });
        process_.once("exit", (code) => {
          child = undefined;
          clearTimeout(timer);
          // A mutant may take its process down (memory, stack): noticed. Unchanged code may not.
          if (mutant === null) reject(new Error(`the unchanged tests ended with code ${code}`));
          else resolve("killed");
        });
        process_.send({ mutant, folders });
      });
    },
    stop() {
      void child?.then((process_) => process_.kill());
    },
  };
}

async function runAll(
  mutants: readonly Mutant[],
  given: { readonly workers: number; readonly wholeMs: number },
): Promise<Map<string, MutantFate>> {
  const fates = new Map<string, MutantFate>();
  const queue = [...mutants];
  let shownAt = Date.now();
  const work = async (): Promise<void> => {
    const runner = createRunner(given.wholeMs);
    try {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        fates.set(mutant.key, await runner.tryOut(mutant));
        if (Date.now() - shownAt > 5_000) {
          shownAt = Date.now();
          process.stderr.write(`mutation: ${fates.size} of ${mutants.length} tried\n`);
        }
      }
    } finally {
      runner.stop();
    }
  };
  await Promise.all(Array.from({ length: given.workers }, work));
  return fates;
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

  const baseline = createRunner();
  const began = Date.now();
  const unchanged = await baseline.tryOut(null, testFolders(chosen));
  baseline.stop();
  if (unchanged !== "survived") {
    process.stdout.write(
      "mutation: the tests fail without any mutant; mend them first\n0 passed, 1 failed\n",
    );
    return 1;
  }

  const wholeMs = Date.now() - began;
  const fates = await runAll(chosen, { workers: Number(values.workers), wholeMs });
  return report(chosen, { every, fates });
}

/** Says what survived and whether that is good enough; a whole run renews the list of survivors. */
function report(
  chosen: readonly Mutant[],
  {
    every,
    fates,
  }: { readonly every: readonly Mutant[]; readonly fates: ReadonlyMap<string, MutantFate> },
): number {
  const listed = new Set(readSurvivors());
  const survivors = chosen.filter((mutant) => fates.get(mutant.key) === "survived");
  const unlisted = survivors.filter((mutant) => !listed.has(mutant.key));
  for (const mutant of unlisted) {
    process.stdout.write(
      `survived: ${mutant.file}:${mutant.line}: ${mutant.original} → ${mutant.replacement}\n`,
    );
  }
  const killed = chosen.length - survivors.length;
  const percent = chosen.length === 0 ? 100 : Math.floor((killed * 1000) / chosen.length) / 10;
  const endless = chosen.filter((mutant) => fates.get(mutant.key) === "timeout").length;
  process.stdout.write(
    `mutation: ${killed} of ${chosen.length} noticed (${endless} by running too long), ${percent} %\n`,
  );
  if (values.all) {
    const tried = new Set(chosen.map((mutant) => mutant.key));
    const existing = new Set(every.map((mutant) => mutant.key));
    // Read again: runs of other parts may have ended meanwhile.
    const untried = readSurvivors().filter((key) => !tried.has(key) && existing.has(key));
    const keys = [...untried, ...survivors.map((mutant) => mutant.key)];
    writeFileSync(
      SURVIVORS_FILE,
      `${JSON.stringify(
        keys.toSorted((a, b) => (a < b ? -1 : 1)),
        null,
        2,
      )}\n`,
    );
    const enough = percent >= SCORE_PERCENT_MIN;
    process.stdout.write(enough ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
    return enough ? 0 : 1;
  }
  const enough = percent >= SAMPLE_PERCENT_MIN;
  process.stdout.write(enough ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
  return enough ? 0 : 1;
}

process.exit(await main());
