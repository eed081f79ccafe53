import { Option, type Command } from "commander";
import type { ConsolePort } from "./console-port.ts";
import type { ExportFormat } from "./chart-export.ts";
import type { ExitCode } from "./exit-code.ts";

const EXPORT_FORMATS: readonly ExportFormat[] = ["xstate", "scxml", "mermaid"];

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
      async (
        files: string[],
        { json = false, quiet = false }: { json?: boolean; quiet?: boolean },
      ) => {
        const { runChartCheck } = await import("./chart-check.ts");
        finish(runChartCheck(port, { files, json, quiet }));
      },
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
      async (
        file: string,
        { normal = false, json = false }: { normal?: boolean; json?: boolean },
      ) => {
        const { runChartShow } = await import("./chart-show.ts");
        finish(runChartShow(port, { file, normal, json }));
      },
    );
  chart
    .command("diff")
    .description("say what changed between two charts in meaning; exit 1 where something did")
    .argument("<before>", "YAML file")
    .argument("<after>", "YAML file")
    .option("--json", "the list of differences as JSON")
    .action(async (before: string, after: string, { json = false }: { json?: boolean }) => {
      const { runChartDiff } = await import("./chart-diff.ts");
      finish(runChartDiff(port, { before, after, json }));
    });
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
    .action(async (file: string, { format }: { format: ExportFormat }) => {
      const { runChartExport } = await import("./chart-export.ts");
      finish(runChartExport(port, { file, format }));
    });
  chart
    .command("import")
    .description("turn an XState v5 machine config (JSON) into a chart")
    .argument("<machine>", "JSON file, or - for standard input")
    .action(async (file: string) => {
      const { runChartImport } = await import("./chart-import.ts");
      finish(runChartImport(port, { file }));
    });
  chart
    .command("types")
    .description("print TypeScript types for programs that use the chart")
    .argument("<chart>", "YAML file, or - for standard input")
    .action(async (file: string) => {
      const { runChartTypes } = await import("./chart-types.ts");
      finish(runChartTypes(port, { file }));
    });
}

function addRun(chart: Command, port: ConsolePort, finish: Finish): void {
  chart
    .command("run")
    .description("play a chart in memory: one JSON line in, one JSON line out")
    .argument("<chart>", "YAML file")
    .option("--events <file>", "lines to play; - for standard input", "-")
    .option("--json", "accepted for symmetry: the output is JSON lines always")
    .action(async (file: string, { events }: { events: string }) => {
      const { runChartRun } = await import("./chart-run.ts");
      finish(await runChartRun(port, { file, events }));
    });
}
