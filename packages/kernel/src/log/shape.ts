import type { Json, JsonObject } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { placeOfPath } from "../json/place.ts";
import { quote } from "../json/quote.ts";

/** What is wrong with a value, where. */
export interface ShapeProblem {
  readonly place: string;
  readonly problem: string;
}

/** The same, with keys and indexes from the value that was looked at down to the one that is wrong. */
interface Misfit {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/**
 * The first thing wrong with a value, or undefined. Values have passed the edge (`json/parse-json.ts`), so numbers are
 * safe integers and strings well-formed already. Paths are made only where something is wrong: replay checks every record.
 */
export type Shape = (value: Json | undefined) => Misfit | undefined;

export interface Field {
  readonly shape: Shape;
  readonly optional?: boolean;
}

/** Holds a value against a shape; `place` is what the value is called. */
export function shapeProblem(value: Json, shape: Shape, place: string): ShapeProblem | undefined {
  const misfit = shape(value);
  if (misfit === undefined) return undefined;
  return { place: placeOfPath(place, misfit.path), problem: misfit.problem };
}

/** What a message shows of a value: short, and on one line. */
function shown(value: Json | undefined): string {
  if (value === undefined) return "missing";
  return typeof value === "string" ? quote(value) : quote(JSON.stringify(value)).slice(1, -1);
}

function expected(what: string, value: Json | undefined): Misfit {
  return { path: [], problem: `must be ${what}; it is ${shown(value)}` };
}

function below(key: string | number, misfit: Misfit): Misfit {
  return { path: [key, ...misfit.path], problem: misfit.problem };
}

/** An object of exactly these fields. */
export function objectOf(fields: { readonly [name: string]: Field | Shape }): Shape {
  const known = new Set(Object.keys(fields));
  const list = Object.entries(fields).map(([name, field]) => {
    const { shape, optional: mayMiss = false } =
      typeof field === "function" ? { shape: field } : field;
    return { name, shape, mayMiss };
  });
  return (value) => {
    if (value === undefined || !isJsonObject(value)) return expected("an object", value);
    for (const { name, shape, mayMiss } of list) {
      // No known field is a name that plain objects inherit.
      const member = value[name];
      if (member === undefined && mayMiss) continue;
      const misfit = shape(member);
      if (misfit !== undefined) return below(name, misfit);
    }
    return extraField(value, known);
  };
}

function extraField(value: JsonObject, known: ReadonlySet<string>): Misfit | undefined {
  for (const key of Object.keys(value)) {
    if (!known.has(key)) return { path: [key], problem: "unknown field" };
  }
  return undefined;
}

export function optional(shape: Shape): Field {
  return { shape, optional: true };
}

export function arrayOf(item: Shape): Shape {
  return (value) => {
    if (value === undefined || !isJsonArray(value)) return expected("a list", value);
    for (const [at, one] of value.entries()) {
      const misfit = item(one);
      if (misfit !== undefined) return below(at, misfit);
    }
    return undefined;
  };
}

/** An object whose keys are free and whose members all have one shape. */
export function mapOf(member: Shape): Shape {
  return (value) => {
    if (value === undefined || !isJsonObject(value)) return expected("an object", value);
    for (const [key, one] of Object.entries(value)) {
      const misfit = member(one);
      if (misfit !== undefined) return below(key, misfit);
    }
    return undefined;
  };
}

/** A list whose items grow strictly, strings by UTF-16 units and numbers by value: a set in its one order. */
export function sortedBy(item: Shape, keyOf: (item: Json) => string | number): Shape {
  const list = arrayOf(item);
  return (value) => {
    const misfit = list(value);
    if (misfit !== undefined || value === undefined || !isJsonArray(value)) return misfit;
    let before: string | number | undefined;
    for (const [at, one] of value.entries()) {
      const key = keyOf(one);
      if (before !== undefined && !(before < key)) {
        return { path: [at], problem: `must come after ${shown(before)}, each once` };
      }
      before = key;
    }
    return undefined;
  };
}

export const aString: Shape = (value) =>
  typeof value === "string" ? undefined : expected("a string", value);

/** A string that `pattern` matches; `what` names the form for people. */
export function stringOf(pattern: RegExp, what: string): Shape {
  return (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : expected(what, value);
}

export const aBoolean: Shape = (value) =>
  typeof value === "boolean" ? undefined : expected("true or false", value);

/** Indexes, times in ms, sequence numbers. */
export const aCount: Shape = (value) =>
  typeof value === "number" && value >= 0 ? undefined : expected("an integer from 0 on", value);

export function exactly(only: string | number): Shape {
  return (value) => (value === only ? undefined : expected(shown(only), value));
}

export const anyJson: Shape = (value) =>
  value === undefined ? expected("there", value) : undefined;

export const anyJsonObject: Shape = (value) =>
  value !== undefined && isJsonObject(value) ? undefined : expected("an object", value);
