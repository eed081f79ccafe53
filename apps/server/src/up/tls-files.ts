import { readFileSync } from "node:fs";
import { Server as TlsServer } from "node:tls";
import type { RunningServer } from "../http/serve.ts";
import type { Settings } from "../settings/read-settings.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { Log } from "./log.ts";

/** Certificate and private key, as their files are now; undefined where the settings name none. Throws `SettingProblem`. */
export function readTls(
  settings: Settings,
): { readonly cert: string; readonly key: string } | undefined {
  const cert = settings.optionalText("tls-cert");
  const key = settings.optionalText("tls-key");
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new SettingProblem("tls-cert and tls-key go together; give both");
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

/** Gives new connections the certificate that the files hold now. One that cannot be used is told, and the old one stays. */
export function reloadTls({ http }: RunningServer, settings: Settings, log: Log): void {
  if (!(http instanceof TlsServer)) {
    log("info", "SIGHUP: no certificate is there to be read again; settings are read at a start");
    return;
  }
  try {
    http.setSecureContext({ ...readTls(settings) });
    log("info", `SIGHUP: the certificate of ${settings.text("tls-cert")} was read again`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log("error", `SIGHUP: the certificate stays as it was: ${why}`);
  }
}
