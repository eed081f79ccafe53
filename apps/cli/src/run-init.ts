import { canonicalize } from "@swoosh/kernel/values";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { settingFlags } from "./setting-flags.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh init`: what it prints is what a person should note down. */
export function runInit(port: ConsolePort, flags: Record<string, unknown>): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { initNode } = await import("@swoosh/server");
    const { readSettings } = await import("@swoosh/server/settings");
    const { ageRecipient = [], json = false, ...rest } = flags;
    const settings = readSettings(settingFlags(rest));
    const report = await initNode({
      folder: settings.text("data"),
      name: settings.text("name"),
      charts: settings.list("charts"),
      ageRecipients: Array.isArray(ageRecipient) ? ageRecipient.map(String) : [],
    });
    if (json === true) {
      port.out(`${canonicalize({ ...report, charts: [...report.charts] })}\n`);
      return EXIT.ok;
    }
    const paint = createPaint(port.colour.out);
    const rows: readonly (readonly [string, string])[] = [
      ["data folder", report.folder],
      ["origin", report.origin],
      ["node key", report.node],
      ["operator", report.operator],
      ["operator's key file", report.operatorKeyFile],
      ["leaf of record 0", report.firstLeaf],
      ["charts", report.charts.join(", ")],
    ];
    for (const [name, value] of rows)
      port.out(`${paint.strong(name.padEnd(20))}${plainText(value)}\n`);
    port.err(
      "Note the node key and the leaf of record 0: with them a stranger can tell this log from any other. Keep the operator's key file safe.\n",
    );
    return EXIT.ok;
  });
}
