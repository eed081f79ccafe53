import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";

/** Codes that the server's own errors carry, and what the process says for them. Other errors are passed on. */
const EXITS: ReadonlyMap<unknown, ExitCode> = new Map<unknown, ExitCode>([
  ["bad_setting", EXIT.usage],
  ["bad_data_folder", EXIT.world],
  ["bad_key", EXIT.world],
  ["chart_refused", EXIT.no],
  ["unsound_backup", EXIT.no],
  ["forked", EXIT.fenced],
  ["unsound_record", EXIT.fenced],
  ["locked", EXIT.world],
  ["memory_unavailable", EXIT.world],
  ["full", EXIT.world],
  ["corrupt", EXIT.fenced],
  ["failed", EXIT.fenced],
  ["term", EXIT.fenced],
  ["EACCES", EXIT.world],
  ["EADDRINUSE", EXIT.world],
  ["EADDRNOTAVAIL", EXIT.world],
  ["ENOENT", EXIT.world],
  ["ENOSPC", EXIT.world],
  ["ENOTDIR", EXIT.world],
  ["EROFS", EXIT.world],
]);

/** Runs a command that works with a server or its folder: what the world or the user did ends in words and an exit code. */
export async function withServerErrors(
  port: ConsolePort,
  run: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // What a client meets on the way is the world's failure, whichever it is.
    const exit = error instanceof Error && error.name === "SdkError" ? EXIT.world : EXITS.get(code);
    if (exit === undefined || !(error instanceof Error)) throw error;
    const paint = createPaint(port.colour.err);
    port.err(`${paint.error("swoosh:")} ${plainText(error.message)}\n`);
    return exit;
  }
}
