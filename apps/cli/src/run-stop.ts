import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type { StopFlags } from "./add-running-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { runningServer, tellNone } from "./running-server.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

/** A server ends within 10 s of being asked to; what it takes beyond that is the machine's, and whoever waits is told. */
const USUAL_MS = 10_000;
const END_MS_MAX = 60_000;
const LOOK_MS = 50;

/** `swoosh stop`: asks as Ctrl-C does, and waits until the process is gone. */
export function runStop(port: ConsolePort, { data, ifRunning }: StopFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { stillRuns } = await import("@swoosh/server/running");
    const { folder, server } = await runningServer(data);
    if (server === undefined) {
      if (ifRunning === true) {
        port.out(`no server runs over ${plainText(folder)}\n`);
        return EXIT.ok;
      }
      await tellNone(port, folder);
      return EXIT.no;
    }
    const { logFile, pid } = server;
    try {
      process.kill(pid, "SIGTERM");
    } catch (error) {
      const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
      if (why !== "ESRCH")
        throw new WorldError(
          `process ${pid} may not be asked to end (${why}): it is another user's; stop it as that user`,
        );
    }
    for (let waitedMs = 0; stillRuns(server); waitedMs += LOOK_MS) {
      if (waitedMs >= END_MS_MAX)
        throw new WorldError(
          `process ${pid} was asked to end ${END_MS_MAX / 1_000} s ago and still runs; its log says why${logFile === null ? "" : ` (swoosh logs)`}. kill -9 ${pid} ends it, and nothing that was acknowledged is lost`,
        );
      if (waitedMs === USUAL_MS)
        port.err(
          `swoosh: process ${pid} takes longer than usual; waiting on, Ctrl-C ends only this\n`,
        );
      await pause(LOOK_MS);
    }
    port.out(
      `${createPaint(port.colour.out).good("stopped")}: process ${pid}, ${plainText(folder)}\n`,
    );
    return EXIT.ok;
  });
}
