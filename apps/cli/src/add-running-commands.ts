import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** The options of these commands as commander gives them. */
export interface RunningFlags {
  readonly data?: string;
  readonly json?: boolean;
}
export interface StopFlags extends RunningFlags {
  readonly ifRunning?: boolean;
}
export interface LogsFlags extends RunningFlags {
  readonly lines?: string;
  readonly follow?: boolean;
}

const DATA = ["--data <dir>", "its data folder (SWOOSH_DATA; .swoosh unless given)"] as const;

/** `swoosh status`, `health`, `logs` and `stop`: the server that runs over a data folder, found by it. */
export function addRunningCommands(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("status")
    .description("whether a server runs over the data folder, and where; exit 1 where none does")
    .option(...DATA)
    .option("--json", "as one JSON object")
    .action(async (flags: RunningFlags) => {
      const { runStatus } = await import("./run-status.ts");
      finish(await runStatus(port, flags));
    });
  program
    .command("health")
    .description("whether that server takes proposals and misses nobody; exit 1 where not")
    .option(...DATA)
    .option("--json", "what /readyz says")
    .action(async (flags: RunningFlags) => {
      const { runHealth } = await import("./run-status.ts");
      finish(await runHealth(port, flags));
    });
  program
    .command("logs")
    .description("the last lines of that server's log, where it keeps one (log-file)")
    .option(...DATA)
    .option("--lines <n>", "how many (100 unless given)")
    .option("--follow", "go on with those that come, until the server ends")
    .option("--json", "the lines as they are")
    .action(async (flags: LogsFlags) => {
      const { runLogs } = await import("./run-logs.ts");
      finish(await runLogs(port, flags));
    });
  program
    .command("stop")
    .description("end that server in order, and wait for its end; exit 1 where none runs")
    .option(...DATA)
    .option("--if-running", "none is as good as one that ended: exit 0")
    .action(async (flags: StopFlags) => {
      const { runStop } = await import("./run-stop.ts");
      finish(await runStop(port, flags));
    });
}
