import { canonicalize, decodeRecord } from "@swoosh/kernel/values";
import type { ReadFlags } from "./add-read-commands.ts";
import { WindowAudit, windowRulesOf, type AuditedRecord } from "./audit/audit-windows.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { notThere, withReader } from "./read-client.ts";

/** `swoosh audit windows`: 0 where everything that belongs to a window happened in one, 1 where something did not. */
export function runAuditWindows(port: ConsolePort, flags: ReadFlags): Promise<ExitCode> {
  return withReader(port, flags, async (client) => {
    const chart = await client.chart("project");
    if (chart === undefined) return notThere(port, "chart project");
    const audit = new WindowAudit(windowRulesOf(chart.normal));
    const audited: AuditedRecord[] = [];
    for await (const { text } of client.journal()) {
      const decoded = decodeRecord(text);
      const found = decoded.ok ? audit.take(decoded.record) : undefined;
      if (found !== undefined) audited.push(found);
    }
    const outside = audited.filter(({ problems }) => problems.length > 0);
    if (flags.json === true) {
      const json = outside.map((one) => ({ ...one, problems: [...one.problems] }));
      port.out(`${canonicalize({ audited: audited.length, outside: json })}\n`);
    } else tell(port, audited, outside);
    return outside.length === 0 ? EXIT.ok : EXIT.no;
  });
}

function tell(
  port: ConsolePort,
  audited: readonly AuditedRecord[],
  outside: readonly AuditedRecord[],
): void {
  const paint = createPaint(port.colour.out);
  for (const { index, instance, problems, transition } of outside)
    port.out(
      `${paint.error(`record ${index}`)} ${plainText(`${transition} of ${instance}: ${problems.join("; ")}`)}\n`,
    );
  const counts = new Map<string, number>();
  for (const { class: name } of audited) counts.set(name, (counts.get(name) ?? 0) + 1);
  const by = [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
  const verdict =
    outside.length === 0 ? paint.good("all inside") : paint.error(`${outside.length} outside`);
  port.out(`${audited.length} records that belong to a window (${by || "none"}): ${verdict}\n`);
}
