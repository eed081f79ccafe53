import { canonicalize, normalJson, toMermaid } from "@swoosh/kernel";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { mustLoad } from "./load-chart-file.ts";

/** `swoosh chart show`: the diagram, or the normal form that the hash covers. */
export function runChartShow(
  port: ConsolePort,
  options: { readonly file: string; readonly normal: boolean; readonly json: boolean },
): ExitCode {
  const loaded = mustLoad(port, options.file);
  if (loaded?.chart === undefined) return EXIT.no;
  const { name, version, hash, normal } = loaded.chart;
  const shown = options.normal ? { normal: normalJson(normal) } : { mermaid: toMermaid(normal) };
  if (options.json) port.out(`${canonicalize({ chart: name, version, hash, ...shown })}\n`);
  else if (options.normal) port.out(`${canonicalize(normalJson(normal))}\n`);
  else port.out(toMermaid(normal));
  return EXIT.ok;
}
