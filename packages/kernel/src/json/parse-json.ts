import { DEPTH_MAX } from "../limits.ts";
import { toCanonical } from "./canonical.ts";
import type { Json, JsonObject } from "./json.ts";
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
  if (quick !== undefined) return quick;
  const parsed = parseStrictly(text, { place: options.place, depthMax });
  if (!parsed.ok) return parsed;
  return { ok: true, value: parsed.value, canonical: JSON.stringify(parsed.value) === text };
}

/**
 * undefined: the strict parser must decide. Equal bytes prove that no key was there twice, that no number was
 * written otherwise and that nothing surrounds the value. They do not prove what `formOf` looks at, nor that no
 * lone surrogate was written as an escape, which `JSON.stringify` would write again: `\ud` sends those away too.
 */
function parseQuickly(text: string, depthMax: number): ParsedJson | undefined {
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const form = formOf(parsed, depthMax);
  if (form === NOT_PLAIN || JSON.stringify(parsed) !== text || text.includes("\\ud"))
    return undefined;
  if (form === IN_ORDER) return { ok: true, value: parsed, canonical: true };
  return { ok: true, value: toCanonical(parsed), canonical: false };
}

/**
 * Would this value, read by `JSON.parse`, pass the edge as it stands, in canonical key order? True only where its text is
 * found to be `JSON.stringify` of it as well, and holds no `\\ud`.
 */
export function isPlainInOrder(value: Json, depthMax: number): boolean {
  return formOf(value, depthMax) === IN_ORDER;
}

/** Numbers, so that the least of several parts is the whole's. */
const NOT_PLAIN = 0;
const PLAIN = 1;
const IN_ORDER = 2;

function formOf(value: Json, depthLeft: number): number {
  if (typeof value === "number") return Number.isSafeInteger(value) ? IN_ORDER : NOT_PLAIN;
  if (typeof value !== "object" || value === null) return IN_ORDER;
  if (depthLeft === 0) return NOT_PLAIN;
  if (!isJsonArray(value)) return formOfObject(value, depthLeft - 1);
  let form = IN_ORDER;
  for (const item of value) form = Math.min(form, formOf(item, depthLeft - 1));
  return form;
}

function formOfObject(object: JsonObject, depthLeft: number): number {
  const keys = Object.keys(object);
  // Engines list keys that look like array indexes before all others (ECMA-262 §10.1.11.1): the first one tells.
  let before = keys[0] ?? "";
  if (isArrayIndex(before)) return NOT_PLAIN;
  let form = IN_ORDER;
  for (const key of keys) {
    const member = object[key];
    if (key === "__proto__" || member === undefined) return NOT_PLAIN;
    if (key < before) form = Math.min(form, PLAIN);
    before = key;
    form = Math.min(form, formOf(member, depthLeft));
  }
  return form;
}

function tooLarge(place: string, text: string, bytesMax: number): JsonFailure {
  const size = text.length > bytesMax ? `${text.length} characters` : `${utf8Length(text)} bytes`;
  const problem = `the text has ${size}; at most ${bytesMax} bytes`;
  return { ok: false, place, problem, line: 1, column: 1, offset: 0 };
}
