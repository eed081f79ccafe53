import type { Due } from "../reduce/document.ts";
import { formatHlc } from "../reduce/hlc.ts";
import { describeTypes, showValue } from "../schema/describe-value.ts";
import type { Schema } from "../schema/schema.ts";

/** Small pieces of the sentences that explain. */

/** `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return listed(names, "or");
}

/** `a, b and c`. */
export function allOf(names: readonly string[]): string {
  return listed(names, "and");
}

function listed(names: readonly string[], word: string): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${word} ${last}`;
}

/** At most `max` of them, and how many more there are. */
export function atMost(names: readonly string[], max: number): readonly string[] {
  if (names.length <= max) return names;
  return [...names.slice(0, max), `${names.length - max} more`];
}

/** A duration as people say it: its two largest units. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const seconds = Math.floor(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** `2026-11-29T05:00:00.000Z`. */
export function instant(ms: number): string {
  return formatHlc({ wallMs: ms, counter: 0 }).replace("+00:00#0", "Z");
}

/** When something is due, seen from now. */
export function dueWords(
  due: Due,
  now: { readonly at: number; readonly beat: number | null },
): string {
  if ("beat" in due) {
    const { beat } = now;
    if (beat === null) return `at beat ${due.beat} (nobody counts beats yet)`;
    const left = due.beat - beat;
    return left <= 0 ? `at beat ${due.beat} (now)` : `at beat ${due.beat} (in ${left})`;
  }
  const left = due.at - now.at;
  const when = left <= 0 ? `${duration(-left)} ago` : `in ${duration(left)}`;
  return `at ${instant(due.at)} (${when})`;
}

/** What a schema asks for: `a string of 1 to 32 characters`. */
export function schemaWords(schema: Schema): string {
  if (schema.const !== undefined) return showValue(schema.const);
  if (schema.enum !== undefined) return oneOf(schema.enum.map(showValue));
  const { type } = schema;
  const types = type === undefined ? [] : typeof type === "string" ? [type] : type;
  const what = types.length === 0 ? "any value" : describeTypes(types);
  const bounds = [
    range(schema.minimum, schema.maximum, ""),
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " items"),
    schema.pattern === undefined ? "" : `matching ${schema.pattern}`,
  ].filter((bound) => bound !== "");
  return [what, ...bounds].join(" ");
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `of at least ${least}${unit}`;
  if (least === undefined) return `of at most ${most}${unit}`;
  return `${unit === "" ? "from" : "of"} ${least} to ${most}${unit}`;
}
