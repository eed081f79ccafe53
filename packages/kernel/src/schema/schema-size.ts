import type { Schema } from "./schema.ts";

/** (thin slice) Upper bound of the canonical JSON of a value that fits, in UTF-8 bytes; a character counts as 6. */
export function maxCanonicalBytes(_schema: Schema): number {
  return 0;
}
