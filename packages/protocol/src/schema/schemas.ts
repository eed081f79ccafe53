import type { JsonSchema } from "./json-schema.ts";
import { MEMORY_SCHEMAS } from "./memory-schemas.ts";
import { READ_SCHEMAS } from "./read-schemas.ts";
import { RECORD_SCHEMAS } from "./record-schemas.ts";
import { TRANSITION_SCHEMAS } from "./transition-schemas.ts";
import { TRUST_SCHEMAS } from "./trust-schemas.ts";
import { shapeProblem } from "./shape-problem.ts";
import { WORD_SCHEMAS } from "./word-schemas.ts";

const ALL = {
  ...WORD_SCHEMAS,
  ...TRANSITION_SCHEMAS,
  ...RECORD_SCHEMAS,
  ...READ_SCHEMAS,
  ...TRUST_SCHEMAS,
  ...MEMORY_SCHEMAS,
} as const;

export type SchemaName = keyof typeof ALL;

/** Every schema of the wire by its name; they refer to one another as `#/components/schemas/<name>`. */
export const SCHEMAS: Readonly<Record<SchemaName, JsonSchema>> = ALL;

/**
 * One schema that stands by itself, for validators that take one: the whole set travels along under the place that the
 * references name.
 */
export function standalone(name: SchemaName): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $ref: `#/components/schemas/${name}`,
    components: { schemas: SCHEMAS },
  };
}

/** What is wrong with a value of the wire, the first place of it, or undefined. Total. */
export function wireProblem(name: SchemaName, value: unknown): string | undefined {
  return shapeProblem(SCHEMAS[name], value, name, SCHEMAS);
}
