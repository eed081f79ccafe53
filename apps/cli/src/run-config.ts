import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { SettingValue } from "@swoosh/server/settings";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh config`: every setting, its value, and who said so. */
export function runConfig(port: ConsolePort, json: boolean): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { flagOf, MASK, readSettings, variableOf } = await import("@swoosh/server/settings");
    const { effective } = readSettings({});
    const paint = createPaint(port.colour.out);
    const rows = [...effective.values()].map(({ isHidden, origin, setting, value }) => ({
      name: setting.name,
      value: isHidden ? MASK : asJson(value),
      origin,
      flag: flagOf(setting),
      variable: variableOf(setting),
      description: setting.description,
    }));
    if (json) {
      port.out(
        `${canonicalize(Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest])))}\n`,
      );
      return EXIT.ok;
    }
    for (const { description, name, origin, value, variable } of rows) {
      const shown =
        value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value);
      port.out(
        `${paint.strong(name.padEnd(18))}${plainText(shown).padEnd(20)} ${origin.padEnd(12)} ${variable.padEnd(24)} ${description}\n`,
      );
    }
    return EXIT.ok;
  });
}

function asJson(value: SettingValue): Json {
  if (typeof value !== "object" || value === null) return value;
  return "reveal" in value ? String(value) : [...value];
}
