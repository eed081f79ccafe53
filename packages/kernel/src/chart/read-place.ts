import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json } from "../json/json.ts";
import { keyProblem } from "../json/key.ts";
import { CHART_NAME_LENGTH_MAX } from "../limits.ts";
import { describeValue } from "../schema/describe-value.ts";
import type { Path, ProblemList, Spot } from "./problem-list.ts";

/** A part of the chart's value and where it stands. */
export interface Place {
  readonly value: Json;
  readonly path: Path;
}

export type Fields = ReadonlyMap<string, Place>;
export const NO_FIELDS: Fields = new Map();

/** Names of states, transitions, guards, reads, emits and timers. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isName(text: string): boolean {
  return NAME.test(text) && text !== "__proto__" && text.length <= CHART_NAME_LENGTH_MAX;
}

/** Says that a value has the wrong type: `what` is the thing, `expected` what it must be. */
export function wrongType(
  problems: ProblemList,
  place: Place,
  what: string,
  expected: string,
): void {
  const found = place.value === null ? "but is empty (null)" : `not ${describeValue(place.value)}`;
  problems.error("wrong_type", place.path, `${what} must be ${expected}, ${found}`);
}

/** The members of an object whose keys are known beforehand; unknown ones are reported. */
export function readFields(
  problems: ProblemList,
  place: Place,
  shape: { readonly what: string; readonly keys: readonly string[] },
): Fields | undefined {
  if (!isJsonObject(place.value)) {
    wrongType(problems, place, shape.what, "a map of keys");
    return undefined;
  }
  const fields = new Map<string, Place>();
  for (const [key, value] of Object.entries(place.value)) {
    const path = [...place.path, key];
    if (shape.keys.includes(key)) fields.set(key, { value, path });
    else {
      const { meant, text } = problems.hints.look(key, shape.keys);
      problems.error("unknown_key", path, `${shape.what} has no key "${key}"${text}`, "key");
      const isFree = meant !== undefined && !Object.hasOwn(place.value, meant);
      if (isFree && !fields.has(meant)) fields.set(meant, { value, path });
    }
  }
  return fields;
}

/** The members of an object whose keys are names that the chart chooses, in document order. */
export function readNamed(problems: ProblemList, place: Place | undefined, what: string): Fields {
  if (place === undefined) return NO_FIELDS;
  if (!isJsonObject(place.value)) {
    wrongType(problems, place, what, "a map of names");
    return NO_FIELDS;
  }
  const fields = new Map<string, Place>();
  for (const [name, value] of Object.entries(place.value)) {
    const path = [...place.path, name];
    if (isName(name)) fields.set(name, { value, path });
    else problems.error("bad_name", path, badName(what, name), "key");
  }
  return fields;
}

export function badName(what: string, name: string): string {
  return (
    `"${name}" cannot be a name in ${what}: letters, digits and _, not beginning with a digit, ` +
    `at most ${CHART_NAME_LENGTH_MAX} (${keyProblem(name) ?? "like Order_Add"})`
  );
}

/** A list's items; what stands alone counts as a list of one. */
export function itemsOf(place: Place | undefined): readonly Place[] {
  if (place === undefined) return [];
  if (!isJsonArray(place.value)) return [place];
  return place.value.map((value, index) => ({ value, path: [...place.path, index] }));
}

/** A list's items, where nothing but a list will do. */
export function readList(
  problems: ProblemList,
  place: Place | undefined,
  what: string,
): readonly Place[] {
  if (place === undefined) return [];
  if (isJsonArray(place.value)) return itemsOf(place);
  wrongType(problems, place, what, "a list");
  return [];
}

export function readText(problems: ProblemList, place: Place, what: string): string | undefined {
  if (typeof place.value === "string" && place.value.trim() !== "") return place.value;
  const expected = place.value === "" ? "a text that is not empty" : "a text";
  wrongType(problems, place, what, expected);
  return undefined;
}

export function readBoolean(
  problems: ProblemList,
  place: Place | undefined,
  what: string,
): boolean {
  if (place === undefined) return false;
  if (typeof place.value === "boolean") return place.value;
  wrongType(problems, place, what, "true or false");
  return false;
}

/** The source text of a CEL expression. */
export function readExpression(
  problems: ProblemList,
  place: Place,
  what: string,
): string | undefined {
  const { value } = place;
  if (typeof value === "number" || typeof value === "boolean" || value === null) {
    const hint = `write "${String(value)}" in quotes`;
    wrongType(problems, place, what, `the text of a CEL expression (${hint})`);
    return undefined;
  }
  return readText(problems, place, `${what} (a CEL expression)`);
}

/** A name out of those that are declared. An unknown one is reported, and the nearest stands in for it: it was meant. */
export function readReference(
  problems: ProblemList,
  place: Place,
  known: {
    readonly code: string;
    readonly what: string;
    readonly names: ReadonlySet<string>;
    /** Where the name stands; the value unless told. */
    readonly spot?: Spot;
  },
): string | undefined {
  const name = readText(problems, place, `the name of ${known.what}`);
  if (name === undefined) return undefined;
  if (known.names.has(name)) return name;
  const { meant, text } = problems.hints.look(name, [...known.names]);
  const message = `there is no ${known.what.replace(/^an? /, "")} "${name}"${text}`;
  problems.error(known.code, place.path, message, known.spot);
  return meant;
}
