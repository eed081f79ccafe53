import process from "node:process";
import type { ConsolePort } from "./console-port.ts";
import type { ExitCode } from "./exit-code.ts";
import { createLog, isLogLevel } from "./create-log.ts";
import { settingFlags } from "./setting-flags.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh up`: runs until it is asked to stop; the log goes to standard error. */
export function runUp(port: ConsolePort, flags: Record<string, unknown>): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { readSettings, SettingProblem } = await import("@swoosh/server");
    const { runServer } = await import("@swoosh/server/up");
    const settings = readSettings(settingFlags(flags));
    const level = settings.text("log-level");
    if (!isLogLevel(level))
      throw new SettingProblem(
        `log-level is ${JSON.stringify(level)}; debug, info, warn or error is expected`,
      );
    const isPerson = process.stderr.isTTY === true;
    return runServer(settings, {
      log: createLog(port, { level, isPerson }),
      ready: (line) => port.out(`${line}\n`),
    });
  });
}
