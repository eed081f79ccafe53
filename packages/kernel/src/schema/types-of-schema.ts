import { typeOfJson } from "./describe-value.ts";
import type { Schema, SchemaType } from "./schema.ts";

export const SCHEMA_TYPES: readonly SchemaType[] = [
  "object",
  "array",
  "string",
  "integer",
  "boolean",
  "null",
];

/** The types that a value may have: as `type` lists them, else those of the values that `const` or `enum` allow. */
export function typesOfSchema(schema: Schema): readonly SchemaType[] {
  if (typeof schema.type === "string") return [schema.type];
  if (schema.type !== undefined) return schema.type;
  const allowed = schema.const === undefined ? (schema.enum ?? []) : [schema.const];
  const types = new Set(allowed.map(typeOfJson));
  return SCHEMA_TYPES.filter((type) => types.has(type));
}
