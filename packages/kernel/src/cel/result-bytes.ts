import { isJsonArray } from "../json/json.ts";
import type { Json, JsonArray, JsonObject } from "../json/json.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
/** `\b \t \n \f \r` are written as two bytes; all other control characters as six. */
const SHORT_ESCAPES = new Set([8, 9, 10, 12, 13]);

/**
 * Bytes of the canonical JSON of a value, or anything above `bytesMax` as soon as there are more: expressions can make
 * values that share parts and would be far too long to write out.
 */
export function resultBytes(value: Json, bytesMax: number): number {
  if (typeof value === "string") return textBytes(value, bytesMax);
  if (typeof value === "number") return value >= 0 && value <= 9 ? 1 : String(value).length;
  if (typeof value === "boolean") return value ? 4 : 5;
  if (value === null) return 4;
  return isJsonArray(value) ? listBytes(value, bytesMax) : mapBytes(value, bytesMax);
}

function listBytes(list: JsonArray, bytesMax: number): number {
  let sum = Math.max(2, list.length + 1);
  for (let at = 0; at < list.length && sum <= bytesMax; at += 1) {
    sum += resultBytes(list[at] ?? null, bytesMax - sum);
  }
  return sum;
}

function mapBytes(map: JsonObject, bytesMax: number): number {
  const keys = Object.keys(map);
  let sum = Math.max(2, 2 * keys.length + 1);
  for (let at = 0; at < keys.length && sum <= bytesMax; at += 1) {
    const key = keys[at] ?? "";
    sum += textBytes(key, bytesMax - sum);
    sum += resultBytes(map[key] ?? null, bytesMax - sum);
  }
  return sum;
}

function textBytes(text: string, bytesMax: number): number {
  let sum = text.length + 2;
  for (let at = 0; at < text.length && sum <= bytesMax; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) sum += escapeBytes(unit);
    // Each half of a pair is two of the four bytes of its code point.
    else sum += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
  }
  return sum;
}

/** Bytes of an ASCII character beyond the first. */
function escapeBytes(unit: number): number {
  if (unit >= SPACE) return unit === QUOTE || unit === BACKSLASH ? 1 : 0;
  return SHORT_ESCAPES.has(unit) ? 1 : 5;
}
