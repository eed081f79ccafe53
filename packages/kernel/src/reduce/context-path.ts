import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { isArrayIndex, keyProblem } from "../json/key.ts";
import { compareUtf16 } from "../json/text.ts";

/** Why a value made by an expression cannot stand in a document, or undefined. `depthMax`: objects and arrays inside one another. */
export function valueProblem(value: Json, depthMax: number): string | undefined {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? undefined : `${value} is not a safe integer`;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (depthMax <= 0) return "objects and arrays are too deep";
  if (isJsonArray(value)) {
    for (const item of value) {
      const problem = valueProblem(item, depthMax - 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (key === "__proto__" || isArrayIndex(key)) return keyProblem(key);
    const problem = valueProblem(value[key] ?? null, depthMax - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * The object with `value` at `path`, in canonical key order; nothing that was there is changed in place.
 * undefined: something on the way is no object, or the new key cannot be kept.
 */
export function withPath(
  object: JsonObject,
  path: readonly string[],
  value: Json,
): JsonObject | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (rest.length === 0) return withKey(object, key, value);
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  if (inner === undefined || !isJsonObject(inner)) return undefined;
  const changed = withPath(inner, rest, value);
  return changed === undefined ? undefined : withKey(object, key, changed);
}

function withKey(object: JsonObject, key: string, value: Json): JsonObject | undefined {
  if (Object.hasOwn(object, key)) return { ...object, [key]: value };
  if (keyProblem(key) !== undefined) return undefined;
  const members: [string, Json][] = [...Object.entries(object), [key, value]];
  return Object.fromEntries(members.sort(([one], [other]) => compareUtf16(one, other)));
}
