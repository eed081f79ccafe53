import { toTypeScript } from "@swoosh/kernel";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { mustLoad } from "./load-chart-file.ts";

/** `swoosh chart types`: TypeScript for programs that propose to and read this chart. */
export function runChartTypes(port: ConsolePort, options: { readonly file: string }): ExitCode {
  const loaded = mustLoad(port, options.file);
  if (loaded?.chart === undefined) return EXIT.no;
  port.out(toTypeScript(loaded.chart.normal));
  return EXIT.ok;
}
