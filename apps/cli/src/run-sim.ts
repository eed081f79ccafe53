import { writeFileSync } from "node:fs";
import type { CompiledChart } from "@swoosh/kernel";
import type { ChartSimulated, ScriptLine, SeedReport } from "@swoosh/sim";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { formatProblems, summarize } from "./format-problems.ts";
import { kernel } from "./kernel.ts";
import { loadChartFiles } from "./load-chart-file.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { readText } from "./read-text.ts";
import type { SimFlags } from "./sim-command.ts";
import { WorldError } from "./world-error.ts";

/** Seeds between two lines of progress. */
const PROGRESS_SEEDS = 25;
/** Lines of a failing run that are shown. */
const STORY_LINES_MAX = 60;

/** `swoosh sim`. Exit 1 where a run broke an invariant, or the node a promise. */
export async function runSim(
  port: ConsolePort,
  files: readonly string[],
  flags: SimFlags,
): Promise<ExitCode> {
  const charts = mustLoadAll(port, files);
  if (charts === undefined) return EXIT.no;
  const script = flags.script === undefined ? [] : readScript(flags.script);
  const { simulateCharts, storyPage } = await import("@swoosh/sim");
  let played = 0;
  const result = await simulateCharts({
    kernel,
    charts,
    invariants: flags.invariant,
    script,
    from: flags.seed,
    seeds: flags.seeds,
    onSeed: () => {
      played += 1;
      const isTold = flags.quiet !== true && flags.json !== true && played % PROGRESS_SEEDS === 0;
      if (isTold) port.err(`${played} of ${flags.seeds} runs\n`);
    },
  });
  if ("problem" in result) {
    port.err(`swoosh: the invariant ${plainText(result.source)}: ${plainText(result.problem)}\n`);
    return EXIT.usage;
  }
  const report = result.failed?.report ?? result.last;
  if (flags.html !== undefined && report !== null) {
    const again = againOf(files, flags, report);
    writePage(
      flags.html,
      storyPage(report, { title: charts.map(({ name }) => name).join(", "), again }),
    );
  }
  if (flags.json === true) port.out(`${JSON.stringify(asJson(result))}\n`);
  else tell(port, { files, flags, result });
  return result.failed === null ? EXIT.ok : EXIT.no;
}

function mustLoadAll(
  port: ConsolePort,
  files: readonly string[],
): readonly CompiledChart[] | undefined {
  const loaded = loadChartFiles(files);
  const charts: CompiledChart[] = [];
  for (const { chart, file, problems, text } of loaded) {
    if (chart !== undefined) {
      charts.push(chart);
      continue;
    }
    port.err(formatProblems(file, text, problems, createPaint(port.colour.err)));
    port.err(`${plainText(file)}: ${summarize(problems)}\n`);
  }
  return charts.length === loaded.length ? charts : undefined;
}

function readScript(file: string): readonly ScriptLine[] {
  const lines = readText(file).split(/\r?\n/);
  return lines.flatMap((line, place) => {
    if (line.trim() === "" || line.startsWith("//")) return [];
    try {
      const read: ScriptLine = JSON.parse(line);
      if (typeof read.instance === "string" && typeof read.transition === "string") return [read];
    } catch {
      // Told below, with its place.
    }
    throw new WorldError(
      `${file}, line ${place + 1}: ${line.slice(0, 80)} is no {"instance":"…","transition":"…","inputs":{…},"by":"…"}`,
    );
  });
}

function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new WorldError(`${file} cannot be written; is its folder there, and yours?`, {
      cause: error,
    });
  }
}

function tell(
  port: ConsolePort,
  given: {
    readonly files: readonly string[];
    readonly flags: SimFlags;
    readonly result: ChartSimulated;
  },
): void {
  const { files, flags, result } = given;
  const paint = createPaint(port.colour.out);
  for (const [name, count] of [...result.accepted].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  ))
    port.out(`  ${name}: accepted ${count} times\n`);
  const { failed } = result;
  if (failed === null) {
    port.out(`${result.seeds} runs, ${result.records} records: everything held\n`);
    return;
  }
  const { report } = failed;
  for (const { check, claim } of report.findings)
    port.out(`${paint.error(check)}: ${plainText(claim)}\n`);
  const shown = report.story.slice(-STORY_LINES_MAX);
  const left = report.story.length - shown.length;
  if (left > 0) port.out(`  … ${left} lines before\n`);
  for (const line of shown) port.out(`  ${plainText(line)}\n`);
  port.out(
    `run ${report.seed} fails, made small by ${failed.runs} others; again: ${againOf(files, flags, report)}\n`,
  );
}

function againOf(files: readonly string[], flags: SimFlags, { seed }: SeedReport): string {
  const invariants = flags.invariant.map((source) => ` --invariant ${JSON.stringify(source)}`);
  const script = flags.script === undefined ? "" : ` --script ${flags.script}`;
  return `swoosh sim ${files.join(" ")} --seed ${seed} --seeds 1${invariants.join("")}${script}`;
}

function asJson({ accepted, failed, records, seeds }: ChartSimulated) {
  return {
    seeds,
    records,
    accepted: Object.fromEntries(accepted),
    failed:
      failed === null
        ? null
        : {
            seed: failed.report.seed,
            findings: failed.report.findings,
            story: failed.report.story,
          },
  };
}
