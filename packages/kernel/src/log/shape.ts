import type { Json, JsonObject } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { placeOfItem, placeOfKey } from "../json/place.ts";
import { quote } from "../json/quote.ts";

/** What is wrong with a value, where. */
export interface ShapeProblem {
  readonly place: string;
  readonly problem: string;
}

/**
 * The first thing wrong with a value that lies at `place`, or undefined. Values have passed the edge
 * (`json/parse-json.ts`), so numbers are safe integers and strings well-formed already.
 */
export type Shape = (value: Json | undefined, place: string) => ShapeProblem | undefined;

export interface Field {
  readonly shape: Shape;
  readonly optional?: boolean;
}

/** What a message shows of a value: short, and on one line. */
function shown(value: Json | undefined): string {
  if (value === undefined) return "missing";
  return typeof value === "string" ? quote(value) : quote(JSON.stringify(value)).slice(1, -1);
}

function expected(what: string, value: Json | undefined, place: string): ShapeProblem {
  return { place, problem: `must be ${what}; it is ${shown(value)}` };
}

/** An object of exactly these fields. */
export function objectOf(fields: { readonly [name: string]: Field | Shape }): Shape {
  const known = new Map<string, Required<Field>>();
  for (const [name, field] of Object.entries(fields)) {
    const { shape, optional = false } = typeof field === "function" ? { shape: field } : field;
    known.set(name, { shape, optional });
  }
  return (value, place) => {
    if (value === undefined || !isJsonObject(value)) return expected("an object", value, place);
    for (const [name, { shape, optional }] of known) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (member === undefined && optional) continue;
      const found = shape(member, placeOfKey(place, name));
      if (found !== undefined) return found;
    }
    return extraField(value, known, place);
  };
}

function extraField(
  value: JsonObject,
  known: ReadonlyMap<string, unknown>,
  place: string,
): ShapeProblem | undefined {
  const extra = Object.keys(value).find((key) => !known.has(key));
  return extra === undefined
    ? undefined
    : { place: placeOfKey(place, extra), problem: "unknown field" };
}

export function optional(shape: Shape): Field {
  return { shape, optional: true };
}

export function arrayOf(item: Shape): Shape {
  return (value, place) => {
    if (value === undefined || !isJsonArray(value)) return expected("a list", value, place);
    for (const [at, one] of value.entries()) {
      const found = item(one, placeOfItem(place, at));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** An object whose keys are free and whose members all have one shape. */
export function mapOf(member: Shape): Shape {
  return (value, place) => {
    if (value === undefined || !isJsonObject(value)) return expected("an object", value, place);
    for (const [key, one] of Object.entries(value)) {
      const found = member(one, placeOfKey(place, key));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** A list whose items grow strictly, strings by UTF-16 units and numbers by value: a set in its one order. */
export function sortedBy(item: Shape, keyOf: (item: Json) => string | number): Shape {
  const list = arrayOf(item);
  return (value, place) => {
    const found = list(value, place);
    if (found !== undefined || value === undefined || !isJsonArray(value)) return found;
    let before: string | number | undefined;
    for (const [at, one] of value.entries()) {
      const key = keyOf(one);
      if (before !== undefined && !(before < key)) {
        return {
          place: placeOfItem(place, at),
          problem: `must come after ${shown(before)}, each once`,
        };
      }
      before = key;
    }
    return undefined;
  };
}

export const aString: Shape = (value, place) =>
  typeof value === "string" ? undefined : expected("a string", value, place);

/** A string that `pattern` matches; `what` names the form for people. */
export function stringOf(pattern: RegExp, what: string): Shape {
  return (value, place) =>
    typeof value === "string" && pattern.test(value) ? undefined : expected(what, value, place);
}

export const aBoolean: Shape = (value, place) =>
  typeof value === "boolean" ? undefined : expected("true or false", value, place);

/** Indexes, times in ms, sequence numbers. */
export const aCount: Shape = (value, place) =>
  typeof value === "number" && value >= 0
    ? undefined
    : expected("an integer from 0 on", value, place);

export function exactly(only: string | number): Shape {
  return (value, place) => (value === only ? undefined : expected(shown(only), value, place));
}

/** Null, or the shape. */
export function nullOr(shape: Shape): Shape {
  return (value, place) => (value === null ? undefined : shape(value, place));
}

export const anyJson: Shape = (value, place) =>
  value === undefined ? expected("there", value, place) : undefined;

export const anyJsonObject: Shape = (value, place) =>
  value !== undefined && isJsonObject(value) ? undefined : expected("an object", value, place);
