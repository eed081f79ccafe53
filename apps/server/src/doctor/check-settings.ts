import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { readCharts } from "../charts/read-charts.ts";
import { createServerKernel } from "../node/create-server-kernel.ts";
import type { Settings } from "../settings/read-settings.ts";
import { messageOf, tellerOf, type Finding } from "./finding.ts";

const DAY_MS = 86_400_000;
/** A certificate is renewed before people notice. */
const RENEW_DAYS = 14;

/** What the settings name: certificate, chart folders. That they can be read at all was found before. */
export function checkSettings(settings: Settings, now: number): readonly Finding[] {
  const { ok } = tellerOf("settings");
  const said = [...settings.effective.values()].filter(({ origin }) => origin !== "default");
  const from = said.map(({ origin, setting }) => `${setting.name} from the ${origin}`);
  return [
    ok(from.length === 0 ? "all settings are the defaults" : from.join(", ")),
    ...checkTls(settings, now),
    ...settings.list("charts").map(checkCharts),
  ];
}

function checkTls(settings: Settings, now: number): readonly Finding[] {
  const { bad, ok, warn } = tellerOf("tls");
  const cert = settings.optionalText("tls-cert");
  const key = settings.optionalText("tls-key");
  if (cert === undefined && key === undefined) return [];
  if (cert === undefined || key === undefined)
    return [bad("tls-cert and tls-key go together, and one is missing", "set both, or neither")];
  try {
    const certificate = new X509Certificate(readFileSync(cert));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(key))))
      return [bad(`${key} is not the key of ${cert}`, "set the two files that belong together")];
    const days = Math.floor((Date.parse(certificate.validTo) - now) / DAY_MS);
    const until = `${cert} is valid until ${certificate.validTo}`;
    if (days < 0) return [bad(until, "renew it; clients refuse it")];
    return [days < RENEW_DAYS ? warn(until, "renew it now") : ok(until)];
  } catch (error) {
    return [bad(`${cert} or ${key} cannot be used: ${messageOf(error)}`, "name files in PEM")];
  }
}

function checkCharts(folder: string): Finding {
  const { bad, ok } = tellerOf("charts");
  try {
    const charts = readCharts(createServerKernel(), [folder], () => undefined);
    return ok(`${folder} has ${charts.map(({ name }) => name).join(", ") || "no charts"}`);
  } catch (error) {
    return bad(
      `${folder}: ${messageOf(error)}`,
      "swoosh chart check FILE shows every problem with its line",
    );
  }
}
