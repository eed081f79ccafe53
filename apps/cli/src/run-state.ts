import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { StateAnswer } from "@swoosh/protocol";
import type { StateFlags } from "./add-read-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { countOf, notThere, withReader } from "./read-client.ts";
import { textTable } from "./text-table.ts";

/** `swoosh state`. */
export async function runState(
  port: ConsolePort,
  instance: string,
  flags: StateFlags,
): Promise<ExitCode> {
  const at = countOf(port, "--at", flags.at);
  if (at === null) return EXIT.usage;
  return withReader(port, flags, async (client) => {
    const answer = await client.state(instance, {
      ...(at === undefined ? {} : { at }),
      ...(flags.projection === undefined ? {} : { projection: flags.projection.split(",") }),
    });
    if (answer === undefined) return notThere(port, instance);
    const json: Json = JSON.parse(JSON.stringify(answer));
    port.out(flags.json === true ? `${canonicalize(json)}\n` : told(port, answer));
    return EXIT.ok;
  });
}

function told(port: ConsolePort, answer: StateAnswer): string {
  const paint = createPaint(port.colour.out);
  const { configuration, hash, hlc, index, instance, projection, state } = answer;
  const ended = state?.meta.ended === true ? `, ${paint.dim("ended")}` : "";
  const rows = [
    ["record", String(index)],
    ["state", hash],
    ["clock", hlc],
    ...(state === undefined
      ? []
      : [["chart", `${state.meta.chart} version ${state.meta.version}`]]),
  ];
  const values: { readonly [name: string]: Json | undefined } = state?.context ?? projection ?? {};
  const members = Object.entries(values).map(([name, value]) => [
    `  ${name}`,
    value === undefined ? "" : shown(value),
  ]);
  const effects = (state?.effects ?? []).map(
    ({ answer: answers, effect, id, owner }) =>
      `  ${owner} owes ${effect} (${id}): ${answers.join(" or ")}`,
  );
  const timers = (state?.timers ?? []).map(
    ({ event, state: of }) => `  ${event} will follow in ${of}`,
  );
  return [
    `${paint.strong(plainText(instance))} is in ${plainText(configuration.join(", "))}${ended}\n`,
    textTable(rows),
    members.length === 0
      ? ""
      : `${state === undefined ? "projections" : "context"}\n${textTable(members)}`,
    effects.length + timers.length === 0
      ? ""
      : `waits for\n${[...effects, ...timers].map(plainText).join("\n")}\n`,
  ].join("");
}

function shown(value: Json): string {
  return typeof value === "string" ? value : canonicalize(value);
}
