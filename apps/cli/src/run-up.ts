import { join } from "node:path";
import process from "node:process";
import type { Log, LogLevel } from "@swoosh/server";
import type { Settings } from "@swoosh/server/settings";
import type { RunIo } from "@swoosh/server/up";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createLog, isLogLevel } from "./create-log.ts";
import { createLogFile } from "./log-file.ts";
import { tellUndriven } from "./project/tell-undriven.ts";
import { settingFlags } from "./setting-flags.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh up`: runs until it is asked to stop; the log goes to standard error. */
export function runUp(port: ConsolePort, flags: Record<string, unknown>): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { demo, once, ...given } = flags;
    const { readSettings, SettingProblem } = await import("@swoosh/server/settings");
    const { boundOldGeneration, runServer } = await import("@swoosh/server/up");
    boundOldGeneration();
    const settings = readSettings(settingFlags(given));
    const level = settings.text("log-level");
    if (!isLogLevel(level))
      throw new SettingProblem(
        `log-level is ${settings.shown("log-level")}; debug, info, warn or error is expected`,
      );
    const isPerson = process.stderr.isTTY === true;
    const isDemo = typeof demo === "string";
    // The demo's own lines are what people read; of the server they see what goes wrong.
    const quiet = isDemo && settings.isDefault("log-level") ? "warn" : level;
    const seen = createLog(port, { level: quiet, isPerson });
    const log = alsoToFile(seen, { level, path: logFileOf(settings, isDemo) });
    if (isDemo) {
      const { DemoRun } = await import("./project/demo-run.ts");
      return new DemoRun(port, {
        settings,
        source: demo,
        isOnce: once === true,
        log,
        logFile: logFileOf(settings, isDemo),
      }).run();
    }
    const agents = settings.integer("agents");
    const moves = settings.switch("projects") || agents > 0;
    const code = await runServer(settings, {
      log,
      logFile: logFileOf(settings, isDemo),
      ready: (line) => port.out(`${line}\n`),
      beside: moves ? besideOf(settings, { agents, log }) : async (node) => tellUndriven(node, log),
    });
    return code === 0 ? EXIT.ok : EXIT.fenced;
  });
}

/** The demo's log has its file, for its terminal shows other things. */
function logFileOf(settings: Settings, isDemo: boolean): string | undefined {
  const inFolder = isDemo ? join(settings.text("data"), "server.log") : undefined;
  return settings.optionalText("log-file") ?? inFolder;
}

function alsoToFile(
  seen: Log,
  { level, path }: { readonly level: LogLevel; readonly path: string | undefined },
): Log {
  if (path === undefined) return seen;
  const kept = createLogFile(path, {
    level,
    onFailure: (why) => seen("warn", `the log cannot be written to ${path}: ${why}`),
  });
  return (...said) => {
    seen(...said);
    kept(...said);
  };
}

type Beside = NonNullable<RunIo["beside"]>;

/** Services and agents beside the server, as the settings say. */
function besideOf(
  settings: Settings,
  more: { readonly agents: number; readonly log: ReturnType<typeof createLog> },
): Beside {
  return async (node, { dependOn, http, take, url }, screen) => {
    const { startBeside } = await import("./project/beside-server.ts");
    const { readWorld } = await import("@swoosh/server");
    const beatsPerMinute = settings.integer("beats-per-minute");
    const world = readWorld(settings);
    const doors = { dependOn, http, take, url };
    return startBeside({ node, ...doors, screen, beatsPerMinute, world, ...more });
  };
}
