import { Settings } from "../../settings/read-settings.ts";
import { resolveSettings } from "../../settings/resolve-settings.ts";
import { SERVER_SETTINGS } from "../../settings/server-settings.ts";
import { runServer } from "../run-server.ts";

/** `swoosh up` in this process, on a port of its own, with its whole log. */
export interface StartedServer {
  readonly url: string;
  readonly origin: string;
  /** Its lines as JSON, growing. */
  readonly log: readonly string[];
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

export async function startServer(given: {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<StartedServer> {
  const { environment, flags } = given;
  const settings = new Settings(
    resolveSettings(SERVER_SETTINGS, {
      flags: { port: 0, "log-level": "debug", ...flags },
      environment,
      file: {},
      filePath: "none",
    }),
  );
  const log: string[] = [];
  let ask: () => void = () => {};
  const stopAsked = new Promise<void>((resolve) => (ask = resolve));
  let ended: Promise<number> = Promise.resolve(0);
  const ready = await new Promise<string>((resolve, reject) => {
    ended = runServer(settings, {
      log: (...line) => log.push(JSON.stringify(line)),
      ready: resolve,
      stopAsked,
    });
    ended.catch(reject);
  });
  const { origin, url } = JSON.parse(ready);
  return {
    url,
    origin,
    log,
    stop: async () => {
      ask();
      await ended;
    },
  };
}
