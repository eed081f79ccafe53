import { InvalidArgumentError, Option, type Command } from "commander";
import type { Finish } from "../chart-command.ts";
import type { ConsolePort } from "../console-port.ts";

/** `swoosh mesh experiment`, `report`, `validate`, `replay`: what is claimed of the mesh, measured and told. */
export function addExperimentCommands(mesh: Command, port: ConsolePort, finish: Finish): void {
  mesh
    .command("experiment")
    .description("run criteria: both arms, controls, mutants; exit 1 unless all pass")
    .argument("<id...>", "experiments, a chapter (load), or all")
    .addOption(samplesOption())
    .addOption(
      new Option("--size <size>", "small takes seconds, full is what the report is made of")
        .choices(["small", "full"])
        .default("full"),
    )
    .option("--json", "summaries as JSON lines")
    .option("--quiet", "no progress")
    .action(
      async (
        ids: string[],
        flags: { samples: string; size: "small" | "full"; json?: boolean; quiet?: boolean },
      ) => {
        const { runMeshExperiment } = await import("./run-experiment-command.ts");
        finish(
          await runMeshExperiment(port, ids, {
            ...flags,
            json: flags.json === true,
            quiet: flags.quiet === true,
          }),
        );
      },
    );
  mesh
    .command("report")
    .description("write the report from raw samples, or check that it is what they give")
    .addOption(samplesOption())
    .option("--out <dir>", "where report and results are", "docs/mesh")
    .option(
      "--check",
      "write nothing: compute all of it again and compare; exit 1 where something differs",
    )
    .action(async (flags: { samples: string; out: string; check?: boolean }) => {
      const { runMeshReport } = await import("./run-report-command.ts");
      finish(runMeshReport(port, { ...flags, check: flags.check === true }));
    });
  mesh
    .command("bench")
    .description("time the mesh's parts, each beside a reference in the same rounds")
    .option("--json", "one JSON object a line")
    .action(async (flags: { json?: boolean }) => {
      const { runMeshBench } = await import("./run-bench.ts");
      finish(runMeshBench(port, { json: flags.json === true }));
    });
  addSoak(mesh, port, finish);
  addLogs(mesh, port, finish);
}

function addSoak(mesh: Command, port: ConsolePort, finish: Finish): void {
  mesh
    .command("soak")
    .description(
      "run a mesh under load for long; exit 1 unless its memory stays flat at the tempo that is asked for",
    )
    .option("--minutes <n>", "how long it is judged, after up to 5 of warming up", readPositive, 60)
    .option("--ticks-per-second <n>", "tempo, of which 99 % must be made", readPositive, 100)
    .option("--leak <bytes>", "lose so many bytes a second on purpose", readPositive, 0)
    .option("--prove", "first leak 10 KB/s on purpose, which must be caught within ten minutes")
    .option("--json", "one JSON line")
    .action(
      async (flags: {
        minutes: number;
        ticksPerSecond: number;
        leak: number;
        prove?: boolean;
        json?: boolean;
      }) => {
        const { runMeshSoak } = await import("./run-soak.ts");
        finish(
          await runMeshSoak(port, {
            ...flags,
            prove: flags.prove === true,
            json: flags.json === true,
          }),
        );
      },
    );
}

/** What reads event logs. */
function addLogs(mesh: Command, port: ConsolePort, finish: Finish): void {
  mesh
    .command("validate")
    .description("check an event log line by line; exit 1 at the first bad one, which is named")
    .argument("<log>", "JSON Lines, or - for standard input")
    .option("--open", "it is still written: the line that closes it may be missing")
    .option("--json", "one JSON line")
    .action(async (file: string, flags: { open?: boolean; json?: boolean }) => {
      const { runMeshValidate } = await import("./run-log-commands.ts");
      const [isOpen, json] = [flags.open === true, flags.json === true];
      finish(await runMeshValidate(port, { file, isOpen, json }));
    });
  mesh
    .command("replay")
    .description("fold an event log to the state that it leads to")
    .argument("<log>", "JSON Lines, or - for standard input")
    .option("--json", "one JSON line")
    .action(async (file: string, flags: { json?: boolean }) => {
      const { runMeshReplay } = await import("./run-log-commands.ts");
      finish(await runMeshReplay(port, { file, json: flags.json === true }));
    });
}

function samplesOption(): Option {
  return new Option("--samples <dir>", "folder of raw samples, outside of what is versioned")
    .default(".swoosh/mesh/samples")
    .env("SWOOSH_MESH_SAMPLES");
}

function readPositive(text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a whole number from 1 to 99999999.");
}
