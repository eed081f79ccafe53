import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

export interface BackupFlags {
  readonly data?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `swoosh backup`, `restore` and `snapshot`. */
export function addBackupCommands(program: Command, port: ConsolePort, finish: Finish): void {
  folder(
    program.command("backup"),
    "copy a data folder as of one record, also while a server runs on it",
  )
    .argument("<dir>", "folder to make; keys are in it, so keep it as safe as the data folder")
    .action(async (target: string, flags: BackupFlags) => {
      const { runBackup } = await import("./run-backup.ts");
      finish(await runBackup(port, target, flags));
    });
  folder(
    program.command("restore"),
    "make a data folder of a backup, replayed before it takes its place",
  )
    .argument("<dir>", "folder that swoosh backup made")
    .action(async (source: string, flags: BackupFlags) => {
      const { runRestore } = await import("./run-backup.ts");
      finish(await runRestore(port, source, flags));
    });
  folder(
    program.command("snapshot"),
    "take a snapshot of a data folder on which no server runs",
  ).action(async (flags: BackupFlags) => {
    const { runSnapshot } = await import("./run-snapshot.ts");
    finish(await runSnapshot(port, flags));
  });
}

function folder(command: Command, description: string): Command {
  return command
    .description(description)
    .option("--data <dir>", "data folder (SWOOSH_DATA; .swoosh unless given)")
    .option("--json", "the report as one JSON object")
    .option("--quiet", "no progress");
}
