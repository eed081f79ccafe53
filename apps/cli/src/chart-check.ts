import { canonicalize, checkChart, type ChartProblem, type Json } from "@swoosh/kernel";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { formatProblems, summarize } from "./format-problems.ts";
import { loadChartFiles, type ChartFile } from "./load-chart-file.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";

/** `swoosh chart check`: every problem of every file, at once. */
export function runChartCheck(
  port: ConsolePort,
  options: { readonly files: readonly string[]; readonly json: boolean; readonly quiet: boolean },
): ExitCode {
  const paint = createPaint(port.colour.out);
  let allClean = true;
  for (const loaded of loadChartFiles(options.files)) {
    const problems = allProblems(loaded);
    const clean = problems.every((problem) => problem.severity === "note");
    allClean &&= clean;
    if (options.json) {
      port.out(`${canonicalize(report(loaded, problems, clean))}\n`);
      continue;
    }
    if (clean && options.quiet) continue;
    port.out(formatProblems(loaded.file, loaded.text, problems, paint));
    const summary = summarize(problems);
    port.out(
      `${paint.strong(plainText(loaded.file))}: ${clean ? paint.good(summary) : summary}${about(loaded)}\n`,
    );
  }
  return allClean ? EXIT.ok : EXIT.no;
}

/** What loading found, and, where the chart loads, what the model check found; in the order of the file. */
export function allProblems(loaded: ChartFile): readonly ChartProblem[] {
  if (loaded.chart === undefined) return loaded.problems;
  const found = [...loaded.problems, ...checkChart(loaded.chart, loaded.positions)];
  return found.sort(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}

function about({ chart }: ChartFile): string {
  if (chart === undefined) return "";
  return ` (${chart.name} version ${chart.version}, ${chart.states.length} states, ${chart.hash})`;
}

function report(loaded: ChartFile, problems: readonly ChartProblem[], clean: boolean): Json {
  return {
    file: loaded.file,
    chart: loaded.chart?.name ?? null,
    version: loaded.chart?.version ?? null,
    hash: loaded.chart?.hash ?? null,
    clean,
    problems: problems.map((problem) => ({ ...problem, trace: problem.trace ?? [] })),
  };
}
