import process from "node:process";
import { runSeed, type SeedReport } from "./run-seed.ts";
import { loadSimCharts } from "./sim-charts.ts";

const USAGE = `usage: node sim/src/main.ts [--seeds N] [--seed S]
  --seeds N  tries N seeds, from S on (SEEDS=N does the same); 200 unless given
  --seed S   begins with this seed (SEED=S); alone, plays it once and tells its story
`;
const SEEDS_DEFAULT = 200;
/** Lines of a failing seed's story that are shown. */
const STORY_LINES_MAX = 80;

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const charts = loadSimCharts();
  const totals = new Totals();
  for (let seed = options.from; seed < options.from + options.count; seed += 1) {
    const report = await runSeed(charts, seed);
    totals.add(report);
    if (report.violations.length > 0) tell(report);
    else if (options.isSingle) process.stdout.write(`${report.story.join("\n")}\n`);
  }
  process.stdout.write(totals.summary());
  return totals.violations === 0 ? 0 : 1;
}

interface Options {
  readonly from: number;
  readonly count: number;
  readonly isSingle: boolean;
}

function readOptions(argv: readonly string[]): Options | undefined {
  let seed = process.env["SEED"];
  let seeds = process.env["SEEDS"];
  for (let at = 0; at < argv.length; at += 2) {
    const [name, value] = argv.slice(at, at + 2);
    if (name === "--seed" && value !== undefined) seed = value;
    else if (name === "--seeds" && value !== undefined) seeds = value;
    else return undefined;
  }
  const from = Number(seed ?? 1);
  const count = Number(seeds ?? (seed === undefined ? SEEDS_DEFAULT : 1));
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1) return undefined;
  return { from, count, isSingle: seed !== undefined && seeds === undefined };
}

/** A failing seed, so that a person sees what led to it and how to play it again. */
function tell(report: SeedReport): void {
  const shown = report.story.slice(-STORY_LINES_MAX);
  const left = report.story.length - shown.length;
  process.stdout.write(
    [
      `── seed ${report.seed} fails ──────────`,
      ...report.violations.map((violation) => `   ${violation}`),
      ...(left > 0 ? [`   … ${left} lines before`] : []),
      ...shown.map((line) => `   ${line}`),
      `   again: SEED=${report.seed} make sim`,
      "",
    ].join("\n"),
  );
}

class Totals {
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #marks = new Map<string, number>();
  violations = 0;
  #seeds = 0;
  #records = 0;
  #simulatedMs = 0;

  add(report: SeedReport): void {
    this.#seeds += 1;
    this.violations += report.violations.length;
    this.#records += report.records;
    this.#simulatedMs += report.simulatedMs;
    for (const [name, count] of report.marks)
      this.#marks.set(name, (this.#marks.get(name) ?? 0) + count);
  }

  summary(): string {
    const elapsedMs = performance.now() - this.#startMs;
    const cpu = process.cpuUsage(this.#cpu);
    const cpuHours = (cpu.user + cpu.system) / 3.6e9;
    const marks = [...this.#marks].toSorted(([left], [right]) => (left < right ? -1 : 1));
    return [
      `${this.#records} records; ${marks.map(([name, count]) => `${name} ${count}`).join(", ")}`,
      `${this.#seeds} seeds, ${this.violations} violations, ${Math.round(this.#seeds / cpuHours)} seeds/h/core, ${Math.round(this.#simulatedMs / elapsedMs)} x times real time`,
      "",
    ].join("\n");
  }
}

process.exitCode = await main(process.argv.slice(2));
