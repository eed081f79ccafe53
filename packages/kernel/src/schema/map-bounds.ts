import { MAP_ENTRIES_MAX, MAP_KEY_LENGTH_MAX } from "../limits.ts";
import type { Schema } from "./schema.ts";

/** Keys that a map can have at once beside those in `properties` which must be there. */
export function entriesMaxOf(schema: Schema): number {
  const { required = [], properties = {} } = schema;
  const needed = required.filter((name) => Object.hasOwn(properties, name)).length;
  return Math.max(0, keysMaxOf(schema) - needed);
}

/** Keys of every kind. */
export function keysMaxOf(schema: Schema): number {
  return schema.maxProperties ?? MAP_ENTRIES_MAX + Object.keys(schema.properties ?? {}).length;
}

/** Code points of a map's keys. */
export function keyLengthMaxOf(schema: Schema): number {
  return schema.propertyNames?.maxLength ?? MAP_KEY_LENGTH_MAX;
}
