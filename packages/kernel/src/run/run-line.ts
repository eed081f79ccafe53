import { isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { parseStrictJson } from "../json/parse-json.ts";
import { WALL_MS_MAX } from "../limits.ts";

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
    if (typeof transition !== "string") return malformed("transition: not a name");
    if (!isJsonObject(inputs)) return malformed("inputs: not an object");
    if (at !== undefined && !isMs(at)) return malformed("at: not a time in ms");
    return { kind: "transition", transition, inputs, at };
  }
  if (form === "tick")
    return isMs(tick) ? { kind: "tick", ms: tick } : malformed("tick: not a time in ms");
  if (form === "beat")
    return isCount(beat) ? { kind: "beat", beat } : malformed("beat: not an index");
  if (reads === undefined || !isJsonObject(reads)) return malformed("reads: not an object");
  return { kind: "reads", reads };
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
