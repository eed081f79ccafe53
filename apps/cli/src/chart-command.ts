import { Option, type Command } from "commander";
import type { ConsolePort } from "./console-port.ts";
import { runChartCheck } from "./chart-check.ts";
import { runChartDiff } from "./chart-diff.ts";
import { EXPORT_FORMATS, runChartExport, type ExportFormat } from "./chart-export.ts";
import { runChartImport } from "./chart-import.ts";
import { runChartRun } from "./chart-run.ts";
import { runChartShow } from "./chart-show.ts";
import { runChartTypes } from "./chart-types.ts";
import type { ExitCode } from "./exit-code.ts";

/** What a finished command says to its caller. */
export type Finish = (code: ExitCode) => void;

/** `swoosh chart …`: charts as files, without a server. */
export function addChartCommand(program: Command, port: ConsolePort, finish: Finish): void {
  const chart = program
    .command("chart")
    .description("check, show, compare, export and play charts");
  addReading(chart, port, finish);
  addExchange(chart, port, finish);
  addRun(chart, port, finish);
}

/** What tells about charts: check, show, diff. */
function addReading(chart: Command, port: ConsolePort, finish: Finish): void {
  chart
    .command("check")
    .description("load charts and model-check them; exit 1 where one is not clean")
    .argument("<chart...>", "YAML files; charts of one call know each other")
    .option("--json", "one JSON object a line instead of text")
    .option("--quiet", "say nothing about clean charts")
    .action(
      (files: string[], { json = false, quiet = false }: { json?: boolean; quiet?: boolean }) =>
        finish(runChartCheck(port, { files, json, quiet })),
    );
  chart
    .command("show")
    .description("print a chart as a Mermaid diagram")
    .argument("<chart>", "YAML file, or - for standard input")
    .option(
      "--normal",
      "print the normal form instead: the canonical JSON that the chart hash covers",
    )
    .option("--json", "an object with name, version, hash and the diagram or normal form")
    .action(
      (file: string, { normal = false, json = false }: { normal?: boolean; json?: boolean }) =>
        finish(runChartShow(port, { file, normal, json })),
    );
  chart
    .command("diff")
    .description("say what changed between two charts in meaning; exit 1 where something did")
    .argument("<before>", "YAML file")
    .argument("<after>", "YAML file")
    .option("--json", "the list of differences as JSON")
    .action((before: string, after: string, { json = false }: { json?: boolean }) =>
      finish(runChartDiff(port, { before, after, json })),
    );
}

/** What turns charts into other tools' forms and back: export, import, types. */
function addExchange(chart: Command, port: ConsolePort, finish: Finish): void {
  chart
    .command("export")
    .description("print a chart in another tool's form")
    .argument("<chart>", "YAML file, or - for standard input")
    .addOption(
      new Option("--format <format>", "xstate is XState v5 JSON")
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .action((file: string, { format }: { format: ExportFormat }) =>
      finish(runChartExport(port, { file, format })),
    );
  chart
    .command("import")
    .description("turn an XState v5 machine config (JSON) into a chart")
    .argument("<machine>", "JSON file, or - for standard input")
    .action((file: string) => finish(runChartImport(port, { file })));
  chart
    .command("types")
    .description("print TypeScript types for programs that use the chart")
    .argument("<chart>", "YAML file, or - for standard input")
    .action((file: string) => finish(runChartTypes(port, { file })));
}

function addRun(chart: Command, port: ConsolePort, finish: Finish): void {
  chart
    .command("run")
    .description("play a chart in memory: one JSON line in, one JSON line out")
    .argument("<chart>", "YAML file")
    .option("--events <file>", "lines to play; - for standard input", "-")
    .option("--json", "accepted for symmetry: the output is JSON lines always")
    .action(async (file: string, { events }: { events: string }) =>
      finish(await runChartRun(port, { file, events })),
    );
}
