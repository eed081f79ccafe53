import type { Command } from "commander";
import type { ReadFlags } from "./add-read-commands.ts";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

export interface QcVerifyFlags {
  readonly chartHash?: string;
  readonly instance?: string;
  readonly origin?: string;
  readonly term?: string;
  readonly json?: boolean;
}

/** `swoosh audit` and `swoosh qc`: what a stranger can check of a project without believing anybody. */
export function addAuditCommands(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("audit")
    .description("prove from the log what a project kept to")
    .command("windows")
    .description("every step that belongs to a window happened in one")
    .option(
      "--url <url>",
      "server (SWOOSH_URL; that of the data folder, else http://127.0.0.1:8080)",
    )
    .option("--data <dir>", "straight from a data folder, read-only")
    .option("--key <file>", "who reads, where the server is not on this machine")
    .option("--json", "one JSON object")
    .action(async (flags: ReadFlags) => {
      const { runAuditWindows } = await import("./run-audit-windows.ts");
      finish(await runAuditWindows(port, flags));
    });
  program
    .command("qc")
    .description("quorum certificates of councils")
    .command("verify")
    .description("check a certificate offline: members, set, votes, quorum")
    .argument("<file>", "JSON: the inputs of Council_QuorumCert, or its record")
    .option("--origin <origin>", "of the log that it must be about")
    .option("--instance <name>", "project/ID that it must be about")
    .option("--term <n>", "that it must be of")
    .option("--chart-hash <hash>", "of the chart that it must be under")
    .option("--json", "one JSON object")
    .action(async (file: string, flags: QcVerifyFlags) => {
      const { runQcVerify } = await import("./run-qc-verify.ts");
      finish(await runQcVerify(port, file, flags));
    });
}
