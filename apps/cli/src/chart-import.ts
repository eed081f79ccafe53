import { fromXState, parseStrictJson } from "@swoosh/kernel";
import { stringify } from "yaml";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { readText } from "./read-text.ts";

/** `swoosh chart import`: an XState v5 machine config as a chart, to be finished by hand where XState holds less. */
export function runChartImport(port: ConsolePort, options: { readonly file: string }): ExitCode {
  const parsed = parseStrictJson(readText(options.file), { place: "" });
  if (!parsed.ok) {
    const place = `${options.file}:${parsed.line}:${parsed.column}`;
    port.err(`${plainText(`${place}: ${parsed.problem}`)}\n`);
    return EXIT.no;
  }
  const imported = fromXState(parsed.value);
  if (imported.chart === undefined) {
    for (const { path, message } of imported.problems) {
      const place = [options.file, ...(path.length > 0 ? [path.join(".")] : [])].join(": ");
      port.err(`${plainText(`${place}: ${message}`)}\n`);
    }
    return EXIT.no;
  }
  port.out(stringify(imported.chart, { lineWidth: 120 }));
  return EXIT.ok;
}
