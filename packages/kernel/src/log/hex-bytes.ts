import { assert } from "../invariant.ts";
import type { LeafHash } from "../hash.ts";

/** Whether a value is a hash as trees and proofs name it: 64 lower-case hex digits. Takes anything. */
export function isLeafHash(value: unknown): value is LeafHash {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** The bytes of lower-case hex; any other text is our own mistake. */
export function hexBytes(text: string): Uint8Array {
  assert(text.length % 2 === 0, `hex has two digits a byte: "${text}"`);
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const high = valueOf(text.charCodeAt(2 * at));
    const low = valueOf(text.charCodeAt(2 * at + 1));
    assert(high >= 0 && low >= 0, `lower-case hex: "${text}"`);
    bytes[at] = high * 16 + low;
  }
  return bytes;
}

/** Of a digit's character code, or -1. */
function valueOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x61 + 10 : -1;
}
