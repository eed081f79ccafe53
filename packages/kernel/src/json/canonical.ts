import { assert } from "../invariant.ts";
import type { Json, JsonArray, JsonObject } from "./json.ts";
import { isJsonArray } from "./json.ts";
import { isArrayIndex } from "./key.ts";
import { compareUtf16 } from "./text.ts";

/**
 * RFC 8785 text of a value. A value whose keys stand in canonical order at every level (every kernel document)
 * costs one walk over its keys and `JSON.stringify`; any other is written key by key.
 * Numbers are safe integers and strings well-formed (the edge refuses all else), so ECMAScript's serialisation
 * of both is the canonical one (RFC 8785 §3.2.2).
 */
export function canonicalize(value: Json): string {
  return isCanonicalOrder(value) ? JSON.stringify(value) : write(value);
}

/** Keys in order of UTF-16 units at every level. */
export function isCanonicalOrder(value: Json): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (isJsonArray(value)) {
    for (const item of value) {
      if (typeof item === "object" && !isCanonicalOrder(item)) return false;
    }
    return true;
  }
  let before: string | undefined;
  for (const key of Object.keys(value)) {
    if (before !== undefined && key < before) return false;
    before = key;
    const member = value[key];
    if (typeof member === "object" && !isCanonicalOrder(member)) return false;
  }
  return true;
}

/**
 * The same value with keys in canonical order at every level; the same object where it is so already, and parts
 * that are in order are shared. Keys that look like array indexes must have been refused: no object can hold them in order.
 */
export function toCanonical(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  return isJsonArray(value) ? arrayToCanonical(value) : objectToCanonical(value);
}

/** An object made of these members in canonical order; `keys` may stand in any order and is sorted in place. */
export function objectInOrder(keys: string[], valueOf: (key: string) => Json): JsonObject {
  keys.sort(compareUtf16);
  const target: Record<string, Json> = {};
  for (const key of keys) {
    assert(key !== "__proto__" && !isArrayIndex(key), "keys were checked at the edge");
    target[key] = valueOf(key);
  }
  return target;
}

function arrayToCanonical(array: JsonArray): Json {
  let copy: Json[] | undefined;
  for (const [index, item] of array.entries()) {
    const ordered = toCanonical(item);
    if (ordered !== item && copy === undefined) copy = array.slice(0, index);
    copy?.push(ordered);
  }
  return copy ?? array;
}

function objectToCanonical(object: JsonObject): Json {
  const members = new Map<string, Json>();
  let before = "";
  let isSame = true;
  for (const [key, member] of Object.entries(object)) {
    const ordered = toCanonical(member);
    if (ordered !== member || key < before) isSame = false;
    before = key;
    members.set(key, ordered);
  }
  if (isSame) return object;
  return objectInOrder([...members.keys()], (key) => members.get(key) ?? null);
}

function write(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(write).join(",")}]`;
  const members = Object.entries(value).sort(([a], [b]) => compareUtf16(a, b));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(",")}}`;
}
