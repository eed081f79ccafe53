import { isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { parseStrictJson } from "../json/parse-json.ts";
import { WALL_MS_MAX } from "../limits.ts";
import { describeValue } from "../schema/describe-value.ts";

/** One line of events for `swoosh chart run`, read. */
export type RunLine =
  | { readonly kind: "skipped" }
  | { readonly kind: "malformed"; readonly problem: string }
  | {
      readonly kind: "transition";
      readonly transition: string;
      readonly inputs: JsonObject;
      /** Virtual time in ms; undefined: as it is. */
      readonly at: number | undefined;
    }
  | { readonly kind: "tick"; readonly ms: number }
  | { readonly kind: "beat"; readonly beat: number }
  | { readonly kind: "reads"; readonly reads: JsonObject };

/** The key that makes a line what it is stands first. */
const LINE_KEYS: readonly (readonly [form: string, ...others: readonly string[]])[] = [
  ["transition", "inputs", "at"],
  ["tick"],
  ["beat"],
  ["reads"],
];
const FORMS = "a line is {transition, inputs, at}, {tick}, {beat} or {reads}";

/** Reads a line strictly; blank lines and those that begin with `//` are skipped. */
export function readRunLine(text: string): RunLine {
  if (text.trim() === "" || text.startsWith("//")) return { kind: "skipped" };
  const parsed = parseStrictJson(text, { place: "" });
  if (!parsed.ok) {
    return malformed(parsed.place === "" ? parsed.problem : `${parsed.place}: ${parsed.problem}`);
  }
  const { value } = parsed;
  if (!isJsonObject(value)) return malformed(`not an object; ${FORMS}`);
  const known = LINE_KEYS.find(([key]) => Object.hasOwn(value, key));
  if (known === undefined) return malformed(FORMS);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return malformed(`unknown key ${JSON.stringify(unknown)}; ${FORMS}`);
  return formOf(known[0], value);
}

function formOf(form: string, line: JsonObject): RunLine {
  const { transition, inputs = {}, at, tick, beat, reads } = line;
  if (form === "transition") {
    if (typeof transition !== "string") {
      return wrong("transition", transition, "the name of a transition");
    }
    if (!isJsonObject(inputs)) return wrong("inputs", inputs, "an object");
    if (at !== undefined && !isMs(at)) return wrong("at", at, MS);
    return { kind: "transition", transition, inputs, at };
  }
  if (form === "tick") return isMs(tick) ? { kind: "tick", ms: tick } : wrong("tick", tick, MS);
  if (form === "beat")
    return isCount(beat) ? { kind: "beat", beat } : wrong("beat", beat, "an integer from 0");
  if (reads === undefined || !isJsonObject(reads)) return wrong("reads", reads, "an object");
  return { kind: "reads", reads };
}

const MS = `ms, an integer from 0 to ${WALL_MS_MAX}`;

function wrong(key: string, found: Json | undefined, expected: string): RunLine {
  return malformed(`${key}: ${describeValue(found ?? null)}; ${expected} is expected`);
}

function malformed(problem: string): RunLine {
  return { kind: "malformed", problem };
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && value >= 0;
}

function isMs(value: Json | undefined): value is number {
  return isCount(value) && value <= WALL_MS_MAX;
}
