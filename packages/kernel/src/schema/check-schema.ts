import type { Json } from "../json/json.ts";
import type { Schema } from "./schema.ts";

/** What is wrong with a schema, and where in it. */
export interface SchemaProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** (thin slice) Every problem of a schema of the subset; `path` is where the schema stands in its file. */
export function checkSchema(
  _schema: Json,
  _path: readonly (string | number)[] = [],
): readonly SchemaProblem[] {
  return [];
}

/** A value as a schema, where `checkSchema` finds no problem with it. */
export function isSchema(value: Json): value is Json & Schema {
  return checkSchema(value).length === 0;
}
