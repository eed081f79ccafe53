import { toMermaid, toScxml, toXState, unreachable } from "@swoosh/kernel";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { mustLoad } from "./load-chart-file.ts";

export type ExportFormat = "xstate" | "scxml" | "mermaid";

/** `swoosh chart export`: the chart for Stately's tools, for SCXML engines, for a page. */
export function runChartExport(
  port: ConsolePort,
  options: { readonly file: string; readonly format: ExportFormat },
): ExitCode {
  const loaded = mustLoad(port, options.file);
  if (loaded?.chart === undefined) return EXIT.no;
  const { normal } = loaded.chart;
  switch (options.format) {
    case "xstate":
      // Not canonical: XState and Stately go by the order of states, which here is the chart's.
      port.out(`${JSON.stringify(toXState(normal), null, 2)}\n`);
      return EXIT.ok;
    case "scxml":
      port.out(toScxml(normal));
      return EXIT.ok;
    case "mermaid":
      port.out(toMermaid(normal));
      return EXIT.ok;
    default:
      return unreachable(options.format);
  }
}
