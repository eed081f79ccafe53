import { Command, CommanderError } from "commander";
import { addServerCommands } from "./add-server-commands.ts";
import { addProposeCommand } from "./add-propose-command.ts";
import { addAuditCommands } from "./add-audit-commands.ts";
import { addProjectCommands } from "./add-project-commands.ts";
import { addBackupCommands } from "./add-backup-commands.ts";
import { addFollowCommand } from "./add-follow-command.ts";
import { addJournalCommand } from "./add-journal-command.ts";
import { addRunningCommands } from "./add-running-commands.ts";
import { addVerifyCommand } from "./add-verify-command.ts";
import { addChartCommand } from "./chart-command.ts";
import { addCompletionCommand } from "./completion-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { addGatesCommand } from "./gates-command.ts";
import { createPaint } from "./paint.ts";
import { addMeshCommand } from "./mesh-command.ts";
import { addSimCommand } from "./sim-command.ts";
import { addReadCommands } from "./add-read-commands.ts";
import { addSearchCommand } from "./add-search-command.ts";
import { plainText } from "./plain-text.ts";
import { processConsole } from "./process-console.ts";
import { version } from "./version.ts";
import { WorldError } from "./world-error.ts";

/** The `swoosh` command: gives the exit code; never throws, never exits by itself. */
export async function main(
  argv: readonly string[],
  port: ConsolePort = processConsole(),
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(port, (finished) => {
    code = finished;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return explain(error, port);
  }
}

/** All commands; the program itself is also what completion and the documentation's checks read. */
export function createProgram(port: ConsolePort, finish: (code: ExitCode) => void): Command {
  const program = new Command("swoosh")
    .description("A control plane for fleets of agents that decides, records and proves every step")
    .version(version(), "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => port.out(text), writeErr: (text) => port.err(text) })
    .showSuggestionAfterError()
    .showHelpAfterError("(swoosh --help lists the commands)");
  addChartCommand(program, port, finish);
  addMeshCommand(program, port, finish);
  addSimCommand(program, port, finish);
  addGatesCommand(program, port, finish);
  addServerCommands(program, port, finish);
  addRunningCommands(program, port, finish);
  addProjectCommands(program, port, finish);
  addAuditCommands(program, port, finish);
  addProposeCommand(program, port, finish);
  addVerifyCommand(program, port, finish);
  addReadCommands(program, port, finish);
  addSearchCommand(program, port, finish);
  addJournalCommand(program, port, finish);
  addBackupCommands(program, port, finish);
  addFollowCommand(program, port, finish);
  addCompletionCommand(program, port, finish);
  return program;
}

function explain(error: unknown, port: ConsolePort): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed what it has to say; help and version are no mistakes.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  const paint = createPaint(port.colour.err);
  if (error instanceof WorldError) {
    port.err(`${paint.error("swoosh:")} ${plainText(error.message)}\n`);
    return EXIT.world;
  }
  if (error instanceof Error && error.name === "MeshError") {
    // A damaged file of the memory is what fences; an embedder or a folder that fails is the world.
    port.err(`${paint.error("swoosh:")} ${plainText(error.message)}\n`);
    return "code" in error && error.code === "memory_corrupt" ? EXIT.fenced : EXIT.world;
  }
  if (isTroubleOfDisk(error)) {
    const advice = error.name === "JournalError" ? "" : "; see to the disk, then try again";
    port.err(`${paint.error("swoosh:")} ${plainText(error.message)}${advice}\n`);
    return EXIT.world;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  port.err(`${paint.error("swoosh: a defect of swoosh itself:")} ${text}\n`);
  return EXIT.world;
}

/** A disk that is full or takes no more, told by the system or by the journal: not ours to mend, and nothing of a stack trace helps. */
function isTroubleOfDisk(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return (
    error.name === "JournalError" ||
    ["EACCES", "EDQUOT", "EFBIG", "EIO", "ENOSPC", "EROFS"].includes(String(code))
  );
}
