import { canonicalize } from "../json/canonical.ts";
import { utf8Length } from "../json/text.ts";
import { ITEMS_MAX_DEFAULT, LENGTH_MAX_DEFAULT } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import { characterSizeMax } from "./character-bytes.ts";
import { entriesMaxOf, keyLengthMaxOf } from "./map-bounds.ts";
import type { Schema, SchemaType } from "./schema.ts";
import { typesOfSchema } from "./types-of-schema.ts";

const QUOTES = 2;
const BRACKETS = 2;

/**
 * Upper bound of the canonical JSON of a value that fits, in UTF-8 bytes; what is beyond the safe integers is cut
 * to the largest of them. A character counts as 6 bytes, or as what an anchored `pattern` leaves (`character-bytes.ts`).
 */
export function maxCanonicalBytes(schema: Schema): number {
  const allowed = schema.const === undefined ? schema.enum : [schema.const];
  if (allowed !== undefined)
    return largest(allowed.map((value) => utf8Length(canonicalize(value))));
  return largest(typesOfSchema(schema).map((type) => bytesOfType(schema, type)));
}

function bytesOfType(schema: Schema, type: SchemaType): number {
  switch (type) {
    case "null":
      return "null".length;
    case "boolean":
      return "false".length;
    case "integer":
      return largest([
        String(schema.minimum ?? Number.MIN_SAFE_INTEGER).length,
        String(schema.maximum ?? Number.MAX_SAFE_INTEGER).length,
      ]);
    case "string":
      return plus(
        QUOTES,
        times(characterSizeMax(schema.pattern), schema.maxLength ?? LENGTH_MAX_DEFAULT),
      );
    case "array":
      return bytesOfArray(schema);
    case "object":
      return bytesOfObject(schema);
    default:
      return unreachable(type);
  }
}

/** Each item has a comma behind it, and the last one's is one too many: the bound stays a bound. */
function bytesOfArray(schema: Schema): number {
  if (schema.items === undefined) return BRACKETS;
  return plus(
    BRACKETS,
    times(schema.maxItems ?? ITEMS_MAX_DEFAULT, plus(maxCanonicalBytes(schema.items), 1)),
  );
}

function bytesOfObject(schema: Schema): number {
  let bytes = BRACKETS;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    bytes = plus(
      bytes,
      plus(utf8Length(JSON.stringify(name)) + ":,".length, maxCanonicalBytes(property)),
    );
  }
  if (!schema.additionalProperties) return bytes;
  const character = characterSizeMax(schema.propertyNames?.pattern);
  const key = QUOTES + character * keyLengthMaxOf(schema) + ":,".length;
  return plus(
    bytes,
    times(entriesMaxOf(schema), plus(key, maxCanonicalBytes(schema.additionalProperties))),
  );
}

function largest(sizes: readonly number[]): number {
  return Math.max(0, ...sizes);
}

function plus(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

function times(a: number, b: number): number {
  return Math.min(a * b, Number.MAX_SAFE_INTEGER);
}
