import type { Json } from "./json/json.ts";
import { canonicalize } from "./json/canonical.ts";

/**
 * The two functions that the kernel cannot express in plain ECMAScript at speed. Node hands in
 * `crypto.hash`, browsers a bundled implementation; one contract test holds both to the same bytes.
 */
export interface Hasher {
  /** SHA-256 (FIPS 180-4); a string is hashed as its UTF-8 bytes. Gives 32 bytes. */
  sha256(data: string | Uint8Array): Uint8Array;
  utf8(text: string): Uint8Array;
  /**
   * The same digest as 64 lower-case hex digits, where a platform gives it faster than bytes: Node does, and two of
   * them are in every record. May be left out.
   */
  sha256Hex?(text: string): string;
}

/** Hash of the canonical JSON of a value, or of raw evidence bytes: `sha256-` and 64 lower-case hex digits. */
export type ValueHash = `sha256-${string}`;

/** Hash of an instance that does not exist yet. */
export const ABSENT_HASH: ValueHash = `sha256-${"0".repeat(64)}`;

/** 64 hex digits: RFC 6962 leaf hash of a record, `prev` of the next one. */
export type LeafHash = string;

/** `prev` of record 0. */
export const NO_LEAF: LeafHash = "0".repeat(64);

const HEX_DIGITS: readonly number[] = [..."0123456789abcdef"].map((digit) => digit.charCodeAt(0));
/** Bytes turned at once: their digits travel as arguments of one call. */
const HEX_BYTES_MAX = 1_024;

/** Lower-case hex digits. One flat string a call: digits added one by one would be a chain that every reader flattens. */
export function hex(bytes: Uint8Array): string {
  if (bytes.length > HEX_BYTES_MAX) {
    return hex(bytes.subarray(0, HEX_BYTES_MAX)) + hex(bytes.subarray(HEX_BYTES_MAX));
  }
  const codes: number[] = [];
  for (const byte of bytes) codes.push(HEX_DIGITS[byte >> 4] ?? 0, HEX_DIGITS[byte & 15] ?? 0);
  return String.fromCharCode(...codes);
}

/** SHA-256 of a text, 64 lower-case hex digits. */
export function hexDigest(hasher: Hasher, text: string): string {
  return hasher.sha256Hex?.(text) ?? hex(hasher.sha256(text));
}

/** Value hash of a text that is already canonical JSON (kernel documents are: see `json/canonical.ts`). */
export function hashOfCanonical(hasher: Hasher, text: string): ValueHash {
  return `sha256-${hexDigest(hasher, text)}`;
}

/** Value hash of any JSON value: RFC 8785, then SHA-256. */
export function valueHash(hasher: Hasher, value: Json): ValueHash {
  return hashOfCanonical(hasher, canonicalize(value));
}

/** RFC 6962 leaf hash of a record's canonical text: SHA-256(0x00 ‖ bytes). */
export function leafHash(hasher: Hasher, recordText: string): LeafHash {
  return hexDigest(hasher, `\u0000${recordText}`);
}

export function isValueHash(text: string): text is ValueHash {
  return /^sha256-[0-9a-f]{64}$/.test(text);
}
