import { canonicalize, diffCharts, formatDiff } from "@swoosh/kernel";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { mustLoad } from "./load-chart-file.ts";

/** `swoosh chart diff`: what changed in meaning. Comments, titles and the order of keys mean nothing. */
export function runChartDiff(
  port: ConsolePort,
  options: { readonly before: string; readonly after: string; readonly json: boolean },
): ExitCode {
  const before = mustLoad(port, options.before);
  const after = mustLoad(port, options.after);
  if (before?.chart === undefined || after?.chart === undefined) return EXIT.no;
  const differences = diffCharts(before.chart.normal, after.chart.normal);
  if (options.json) {
    const { hash: beforeHash } = before.chart;
    const { hash: afterHash } = after.chart;
    port.out(
      `${canonicalize({ before: beforeHash, after: afterHash, differences: [...differences] })}\n`,
    );
  } else {
    port.out(differences.length === 0 ? "no difference in meaning\n" : formatDiff(differences));
  }
  return differences.length === 0 ? EXIT.ok : EXIT.no;
}
