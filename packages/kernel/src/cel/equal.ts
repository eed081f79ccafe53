import type { Json, JsonArray, JsonObject } from "../json/json.ts";
import { isJsonArray } from "../json/json.ts";
import type { Frame } from "./evaluator.ts";
import { isSpent } from "./evaluator.ts";
import { stepsOfCharacters, stepsOfKeys } from "./step-size.ts";

/**
 * Deep equality; values of different kinds are unequal, never an error. Where sizes are not known at load `frame`
 * counts the steps, and a comparison that spends the last one ends there: ask `isSpent` before trusting the answer.
 */
export function isEqual(a: Json, b: Json, frame: Frame | undefined): boolean {
  if (frame !== undefined && isSpent(frame, 1 + stepsOfTexts(a, b))) return false;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  // Where steps are counted, one object twice must cost as much as its copy: replayed documents share less.
  if (a === b && frame === undefined) return true;
  if (isJsonArray(a)) return isJsonArray(b) && areListsEqual(a, b, frame);
  return !isJsonArray(b) && areMapsEqual(a, b, frame);
}

function areListsEqual(a: JsonArray, b: JsonArray, frame: Frame | undefined): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) {
    if (!isEqual(a[at] ?? null, b[at] ?? null, frame)) return false;
  }
  return true;
}

function areMapsEqual(a: JsonObject, b: JsonObject, frame: Frame | undefined): boolean {
  const keys = Object.keys(a);
  const others = Object.keys(b).length;
  if (frame !== undefined && isSpent(frame, stepsOfKeys(keys.length + others))) return false;
  if (keys.length !== others) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !isEqual(a[key] ?? null, b[key] ?? null, frame)) return false;
  }
  return true;
}

function stepsOfTexts(a: Json, b: Json): number {
  return typeof a === "string" && typeof b === "string"
    ? stepsOfCharacters(Math.min(a.length, b.length))
    : 0;
}
