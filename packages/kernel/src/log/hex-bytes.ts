import { assert } from "../invariant.ts";
import type { LeafHash } from "../hash.ts";

/** Whether a value is a hash as trees and proofs name it: 64 lower-case hex digits. Takes anything. */
export function isLeafHash(value: unknown): value is LeafHash {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** Value of a hex digit by its character code; 16 or more where it is none. */
const NIBBLE = new Uint8Array(128).fill(0xff);
for (let digit = 0; digit < 16; digit++) NIBBLE[digit.toString(16).charCodeAt(0)] = digit;

/** The bytes of lower-case hex; any other text is our own mistake. */
export function hexBytes(text: string): Uint8Array {
  assert(text.length % 2 === 0, `hex has two digits a byte: "${text}"`);
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const high = NIBBLE[text.charCodeAt(2 * at)] ?? 0xff;
    const low = NIBBLE[text.charCodeAt(2 * at + 1)] ?? 0xff;
    assert(high < 16 && low < 16, `lower-case hex: "${text}"`);
    bytes[at] = high * 16 + low;
  }
  return bytes;
}
