import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { Explain, Explained } from "@swoosh/protocol";
import type { ReadFlags } from "./add-read-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint, type Paint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { notThere, withReader } from "./read-client.ts";

/** `swoosh explain`. */
export function runExplain(
  port: ConsolePort,
  instance: string,
  flags: ReadFlags,
): Promise<ExitCode> {
  return withReader(port, flags, async (client) => {
    const explained = await client.explain(instance);
    if (explained === undefined) return notThere(port, instance);
    const json: Json = JSON.parse(JSON.stringify(explained));
    port.out(flags.json === true ? `${canonicalize(json)}\n` : told(port, explained));
    return EXIT.ok;
  });
}

function told(port: ConsolePort, explained: Explain): string {
  const paint = createPaint(port.colour.out);
  const { configuration, index, instance, transitions, waits_for: waits = [] } = explained;
  const where =
    index < 0
      ? `does not exist; its creation enters ${configuration.join(", ")}`
      : `is in ${configuration.join(", ")}`;
  return [
    `${paint.strong(plainText(instance))} ${plainText(where)}\n`,
    ...waits.map((sentence) => `  ${plainText(sentence)}\n`),
    ...transitions.map((one) => transitionText(one, paint)),
  ].join("");
}

function transitionText(one: Explained, paint: Paint): string {
  const { by, guard_outcomes: outcomes, helps, outlook, transition, who = [] } = one;
  const roles = by.length === 0 ? "nobody" : by.join(" or ");
  const names = who.length === 0 ? "" : `: ${who.join(", ")}`;
  return [
    `\n${wordOf(outlook, paint)} ${paint.strong(plainText(transition))} ${paint.dim(plainText(`by ${roles}${names}`))}\n`,
    ...outcomes.map(
      ({ guard, ok, reasons }) =>
        `  ${markOf(ok, paint)} ${plainText([guard, reasons.join("; ")].join(" ").trim())}\n`,
    ),
    ...helps.map((help) => `  ${paint.dim("→")} ${plainText(help)}\n`),
  ].join("");
}

function wordOf(outlook: Explained["outlook"], paint: Paint): string {
  if (outlook === "open") return paint.good("open   ");
  return outlook === "depends" ? paint.warning("depends") : paint.error("closed ");
}

function markOf(ok: boolean | null, paint: Paint): string {
  if (ok === null) return paint.warning("? ");
  return ok ? paint.good("ok") : paint.error("no");
}
