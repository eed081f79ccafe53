import type { ChartProblem } from "@swoosh/kernel";
import { allProblems } from "./chart-check.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { formatProblems } from "./format-problems.ts";
import { kernel } from "./kernel.ts";
import { mustLoad } from "./load-chart-file.ts";
import { createPaint } from "./paint.ts";
import { readText } from "./read-text.ts";

/**
 * `swoosh chart run`: plays a chart in memory. Each line is answered as it arrives, so that a person or a program can
 * talk to it; findings of the model check go to standard error and stop nothing.
 */
export async function runChartRun(
  port: ConsolePort,
  options: { readonly file: string; readonly events: string },
): Promise<ExitCode> {
  if (options.file === "-" && options.events === "-") {
    port.err("swoosh: chart and events cannot both come from standard input; use --events FILE\n");
    return EXIT.usage;
  }
  const loaded = mustLoad(port, options.file);
  if (loaded?.chart === undefined) return EXIT.no;
  // Read first: a missing file should be said before the chart is played.
  const lines =
    options.events === "-" ? port.stdinLines() : readText(options.events).split(/\r?\n/);

  const findings = allProblems(loaded).filter(isFinding);
  port.err(formatProblems(options.file, loaded.text, findings, createPaint(port.colour.err)));
  if (options.events === "-" && port.stdinIsTerminal) {
    port.err(
      'type {"transition":"…","inputs":{…}}, {"tick":ms}, {"beat":n} or {"reads":{…}}; Ctrl-D ends\n',
    );
  }

  const run = kernel.createChartRun(loaded.chart);
  port.out(`${run.initialLine}\n`);
  let number = 0;
  for await (const line of lines) {
    // Nobody reads on (`| head -1`): an endless input would be played for ever.
    if (port.isOutClosed()) break;
    number += 1;
    const answer = run.line(line, number);
    if (answer !== null) port.out(`${answer}\n`);
  }
  return EXIT.ok;
}

function isFinding(problem: ChartProblem): boolean {
  return problem.severity !== "note";
}
