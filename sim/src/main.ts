import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Beginning } from "./beginning.ts";
import { writeFixture } from "./fixture.ts";
import { Ledger } from "./ledger.ts";
import { Marks } from "./marks.ts";
import { missingMarks } from "./must-happen.ts";
import { runSeed, type SeedReport } from "./run-seed.ts";
import { shrink } from "./shrink.ts";
import { WORLD_NAMES, worldBeginning, type WorldName } from "./world-beginning.ts";

const USAGE = `usage: node sim/src/main.ts [--seeds N] [--seed S] [--ledger FILE] [--world NAME]
  --seeds N      tries N seeds, from S on (SEEDS=N does the same); for ever unless given
  --seed S       begins with this seed (SEED=S); alone, plays it once and tells its story
  --ledger FILE  notes what was played there, and begins behind it (LEDGER=FILE); sim/ledger.jsonl when run for ever
  --world NAME   orders, or projects (WORLD=NAME); give each a ledger of its own
`;
/** Seeds between two lines of the ledger, and of the screen. */
const STRETCH = 200;
/** Seeds from which on everything must have happened that can happen. */
const MARKS_SEEDS_MIN = 200;
/** Lines of a failing seed's story that are shown. */
const STORY_LINES_MAX = 80;
const LEDGER_DEFAULT = fileURLToPath(new URL("../ledger.jsonl", import.meta.url));

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const beginning = await worldBeginning(options.world);
  if (options.isSingle) return playOne(beginning, options.from);
  const run = new Run(beginning, options);
  process.once("SIGINT", () => run.stop());
  process.once("SIGTERM", () => run.stop());
  return run.play();
}

interface Options {
  readonly from: number;
  readonly count: number;
  readonly isSingle: boolean;
  readonly ledger: Ledger | null;
  readonly world: WorldName;
}

function readOptions(argv: readonly string[]): Options | undefined {
  const given = new Map<string, string | undefined>([
    ["--seed", process.env["SEED"]],
    ["--seeds", process.env["SEEDS"]],
    ["--ledger", process.env["LEDGER"]],
    ["--world", process.env["WORLD"]],
  ]);
  for (let at = 0; at < argv.length; at += 2) {
    const [name = "", value] = argv.slice(at, at + 2);
    if (!given.has(name) || value === undefined) return undefined;
    given.set(name, value);
  }
  const [seed, seeds, ledger, named = "orders"] = given.values();
  const world = WORLD_NAMES.find((name) => name === named);
  const isForever = seed === undefined && seeds === undefined;
  const path = ledger ?? (isForever ? LEDGER_DEFAULT : undefined);
  const book = path === undefined ? null : new Ledger(path);
  const from = Number(seed ?? book?.sum().next ?? 1);
  const count = isForever ? Number.MAX_SAFE_INTEGER - from : Number(seeds ?? 1);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1) return undefined;
  if (world === undefined) return undefined;
  return { from, count, isSingle: seed !== undefined && seeds === undefined, ledger: book, world };
}

async function playOne(beginning: Beginning, seed: number): Promise<number> {
  const report = await runSeed(beginning, seed);
  process.stdout.write(`commit ${commitNow()}\n${report.story.join("\n")}\n`);
  return report.findings.length === 0 ? 0 : 1;
}

/** Many seeds, one after the other. */
class Run {
  readonly #beginning: Beginning;
  readonly #options: Options;
  readonly #commit = commitNow();
  readonly #all = new Totals();
  #isStopped = false;

  constructor(beginning: Beginning, options: Options) {
    this.#beginning = beginning;
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async play(): Promise<number> {
    const { count, from } = this.#options;
    const end = from + count;
    for (let seed = from; seed < end && !this.#isStopped; seed += STRETCH)
      await this.#stretch(seed, Math.min(STRETCH, end - seed));
    const isJudged = this.#options.world === "orders" && this.#all.seeds >= MARKS_SEEDS_MIN;
    const missing = isJudged ? missingMarks(this.#all.marks) : [];
    for (const name of missing) process.stdout.write(`never happened: ${name}\n`);
    process.stdout.write(this.#all.marksLine());
    process.stdout.write(this.#all.closingLine());
    return this.#all.violations === 0 && missing.length === 0 ? 0 : 1;
  }

  async #stretch(from: number, count: number): Promise<void> {
    const totals = new Totals();
    for (let seed = from; seed < from + count && !this.#isStopped; seed += 1) {
      const report = await runSeed(this.#beginning, seed);
      totals.add(report);
      this.#all.add(report);
      if (report.findings.length > 0) await this.#tell(report);
    }
    this.#options.ledger?.add(totals.line(this.#commit, from));
    if (this.#options.count > STRETCH)
      process.stdout.write(`${from} to ${from + totals.seeds - 1}: ${this.#all.closingLine()}`);
  }

  /** A failing seed is made small, kept, and told, so that a person sees what led to it and how to play it again. */
  async #tell(report: SeedReport): Promise<void> {
    const shrunk = await shrink(this.#beginning, report, {});
    const path = writeFixture(shrunk, {
      commit: this.#commit,
      world: this.#options.world,
    });
    const { story } = shrunk.report;
    const shown = story.slice(-STORY_LINES_MAX);
    const left = story.length - shown.length;
    process.stdout.write(
      [
        `── seed ${report.seed} fails at ${this.#commit} ──────────`,
        ...report.findings.map(({ check, claim }) => `   ${check}: ${claim}`),
        `   made small by ${shrunk.runs} runs, kept in ${path}:`,
        ...(left > 0 ? [`   … ${left} lines before`] : []),
        ...shown.map((line) => `   ${line}`),
        `   again: SEED=${report.seed} make sim`,
        "",
      ].join("\n"),
    );
  }
}

/** Sums over reports. */
class Totals {
  readonly marks = new Marks();
  violations = 0;
  seeds = 0;
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();
  #records = 0;
  #simulatedMs = 0;

  add(report: SeedReport): void {
    this.seeds += 1;
    this.violations += report.findings.length > 0 ? 1 : 0;
    this.#records += report.records;
    this.#simulatedMs += report.simulatedMs;
    this.marks.addAll(report.marks);
  }

  line(commit: string, from: number) {
    return {
      commit,
      from,
      seeds: this.seeds,
      violations: this.violations,
      records: this.#records,
      simulatedMs: this.#simulatedMs,
      cpuMs: Math.round(this.#cpuMs()),
    };
  }

  marksLine(): string {
    const marks = [...this.marks.counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
    const listed = marks.map(([name, count]) => `${name} ${count}`).join(", ");
    return `${this.#records} records; ${listed}\n`;
  }

  closingLine(): string {
    const perHour = Math.round(this.seeds / (this.#cpuMs() / 3.6e6));
    const times = Math.round(this.#simulatedMs / (performance.now() - this.#startMs));
    return `${this.seeds} seeds, ${this.violations} violations, ${perHour} seeds/h/core, ${times} x times real time\n`;
  }

  #cpuMs(): number {
    const { system, user } = process.cpuUsage(this.#cpu);
    return (user + system) / 1_000;
  }
}

/** The commit of these sources, with `+` where they differ from it. */
function commitNow(): string {
  const git = (...argv: readonly string[]): string =>
    execFileSync("git", argv, { encoding: "utf8", cwd: import.meta.dirname }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short=12", "HEAD")}${isChanged ? "+" : ""}`;
  } catch {
    return "unknown";
  }
}

process.exitCode = await main(process.argv.slice(2));
