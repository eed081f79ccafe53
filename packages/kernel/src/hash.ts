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
}

/** Hash of the canonical JSON of a value, or of raw evidence bytes: `sha256-` and 64 lower-case hex digits. */
export type ValueHash = `sha256-${string}`;

/** Hash of an instance that does not exist yet. */
export const ABSENT_HASH: ValueHash = `sha256-${"0".repeat(64)}`;

/** 64 hex digits: RFC 6962 leaf hash of a record, `prev` of the next one. */
export type LeafHash = string;

/** `prev` of record 0. */
export const NO_LEAF: LeafHash = "0".repeat(64);

const HEX_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX_OF_BYTE[byte];
  return text;
}

/** Value hash of a text that is already canonical JSON (kernel documents are: see `json/canonical.ts`). */
export function hashOfCanonical(hasher: Hasher, text: string): ValueHash {
  return `sha256-${hex(hasher.sha256(text))}`;
}

/** Value hash of any JSON value: RFC 8785, then SHA-256. */
export function valueHash(hasher: Hasher, value: Json): ValueHash {
  return hashOfCanonical(hasher, canonicalize(value));
}

/** RFC 6962 leaf hash of a record's canonical text: SHA-256(0x00 ‖ bytes). */
export function leafHash(hasher: Hasher, recordText: string): LeafHash {
  return hex(hasher.sha256(`\u0000${recordText}`));
}

export function isValueHash(text: string): text is ValueHash {
  return /^sha256-[0-9a-f]{64}$/.test(text);
}
