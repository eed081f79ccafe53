import type { Json } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { isSchema } from "./check-schema.ts";
import type { Schema } from "./schema.ts";

/** Stands for a schema that is refused as a whole. */
const ANYTHING: Schema = {};

/**
 * What of a refused schema can be gone on with, so that one wrong keyword is not told again at every use of the object:
 * the properties by name, each refused one as anything.
 */
export function salvageSchema(value: Json): Schema {
  if (isSchema(value)) return value;
  if (!isJsonObject(value)) return ANYTHING;
  const { properties, required, additionalProperties } = value;
  if (properties === undefined || !isJsonObject(properties)) return ANYTHING;
  const names = Object.keys(properties);
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, salvageSchema(property)]),
    ),
    required: salvageRequired(required, names),
    ...(additionalProperties !== undefined && isJsonObject(additionalProperties)
      ? { additionalProperties: salvageSchema(additionalProperties) }
      : {}),
  };
}

/** A name that is no property was meant to be one of them: which, nobody knows, so all may be there. */
function salvageRequired(required: Json | undefined, names: readonly string[]): readonly string[] {
  if (required === undefined) return [];
  if (typeof required !== "object" || required === null || !isJsonArray(required)) return names;
  const known = required.filter((name) => typeof name === "string");
  return known.every((name) => names.includes(name)) ? [...new Set(known)] : names;
}
