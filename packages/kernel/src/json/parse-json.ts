import { DEPTH_MAX } from "../limits.ts";
import { isCanonicalOrder, toCanonical } from "./canonical.ts";
import type { Json } from "./json.ts";
import { isJsonArray } from "./json.ts";
import { isArrayIndex } from "./key.ts";
import type { JsonFailure } from "./strict-parser.ts";
import { parseStrictly } from "./strict-parser.ts";
import { utf8Length } from "./text.ts";

export interface ParseJsonOptions {
  /** What the text is called in messages, e.g. `inputs`; the empty text names members alone. */
  readonly place: string;
  /** Objects and arrays inside one another; `DEPTH_MAX` unless given. */
  readonly depthMax?: number;
  /** UTF-8 bytes of the text; unbounded unless given. */
  readonly bytesMax?: number;
}

export type ParsedJson =
  | {
      readonly ok: true;
      /** In canonical key order at every level. */
      readonly value: Json;
      /** The text was the canonical one, byte for byte. */
      readonly canonical: boolean;
    }
  | JsonFailure;

/**
 * The edge for JSON text, strict as the transition API wants it: number tokens `-?(0|[1-9][0-9]*)` in the safe range,
 * no −0, well-formed strings, no duplicate keys, nothing after the value, no byte order mark.
 * A text without spaces, whatever the order of its keys, takes the engine's parser and one comparison; where the bytes
 * differ, a hand-written parser decides and names the place. Linear in the length of the text.
 */
export function parseStrictJson(text: string, options: ParseJsonOptions): ParsedJson {
  const depthMax = options.depthMax ?? DEPTH_MAX;
  const bytesMax = options.bytesMax ?? Number.MAX_SAFE_INTEGER;
  if (text.length > bytesMax || (text.length * 3 > bytesMax && utf8Length(text) > bytesMax)) {
    return tooLarge(options.place, text, bytesMax);
  }
  const quick = parseQuickly(text, depthMax);
  if (quick !== undefined) {
    const canonical = isCanonicalOrder(quick);
    return { ok: true, value: canonical ? quick : toCanonical(quick), canonical };
  }
  const parsed = parseStrictly(text, { place: options.place, depthMax });
  if (!parsed.ok) return parsed;
  return { ok: true, value: parsed.value, canonical: JSON.stringify(parsed.value) === text };
}

/**
 * undefined: the strict parser must decide. Equal bytes prove that no key was there twice, that no number was
 * written otherwise and that nothing surrounds the value. They do not prove what `isPlain` looks at, nor that no
 * lone surrogate was written as an escape, which `JSON.stringify` would write again: `\ud` sends those away too.
 */
function parseQuickly(text: string, depthMax: number): Json | undefined {
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isPlain(parsed, depthMax)) return undefined;
  if (JSON.stringify(parsed) !== text) return undefined;
  return text.includes("\\ud") ? undefined : parsed;
}

function isPlain(value: Json, depthLeft: number): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  if (depthLeft === 0) return false;
  if (isJsonArray(value)) {
    for (const item of value) if (!isPlain(item, depthLeft - 1)) return false;
    return true;
  }
  const keys = Object.keys(value);
  // Engines list keys that look like array indexes before all others (ECMA-262 §10.1.11.1): the first one tells.
  const first = keys[0];
  if (first !== undefined && isArrayIndex(first)) return false;
  for (const key of keys) {
    const member = value[key];
    if (key === "__proto__" || member === undefined || !isPlain(member, depthLeft - 1))
      return false;
  }
  return true;
}

function tooLarge(place: string, text: string, bytesMax: number): JsonFailure {
  const size = text.length > bytesMax ? `${text.length} characters` : `${utf8Length(text)} bytes`;
  const problem = `the text has ${size}; at most ${bytesMax} bytes`;
  return { ok: false, place, problem, line: 1, column: 1, offset: 0 };
}
