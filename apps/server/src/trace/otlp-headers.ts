import type { Secret } from "../settings/secret.ts";
import { SettingProblem } from "../settings/setting-problem.ts";

/** `name=value,name=value` as headers. Throws `SettingProblem`, which does not repeat them. */
export function otlpHeaders(headers: Secret | undefined): Record<string, string> {
  const pairs = headers === undefined ? [] : headers.reveal().split(",");
  return Object.fromEntries(
    pairs.map((pair) => {
      const mark = pair.indexOf("=");
      if (mark < 1) throw new SettingProblem("otlp-headers is name=value,name=value; one has no =");
      return [pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()];
    }),
  );
}
