import type { Hasher } from "../hash.ts";
import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";

/** Types of C2SP signed-note that this log makes and reads. */
export const NOTE_ED25519 = 0x01;
/** Timestamped Ed25519 of witnesses (C2SP tlog-cosignature). */
export const NOTE_COSIGNATURE = 0x04;

/** A key that signs notes. The name tells keys apart for people and in signature lines; it is not signed. */
export interface VerifierKey {
  readonly name: string;
  readonly type: typeof NOTE_ED25519 | typeof NOTE_COSIGNATURE;
  /** 32 raw bytes. */
  readonly key: Uint8Array;
}

const TYPES = [NOTE_ED25519, NOTE_COSIGNATURE] as const;
const KEY_BYTES = 32;

/** Not empty, no control characters, no Unicode space, no plus (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}\p{Surrogate}+]+$/u.test(name);
}

/** Eight hex digits: SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4]. */
export function keyIdOf(hasher: Hasher, key: VerifierKey): string {
  assert(key.key.length === KEY_BYTES, "an Ed25519 key has 32 bytes");
  const name = hasher.utf8(`${key.name}\n`);
  const preimage = new Uint8Array(name.length + 1 + KEY_BYTES);
  preimage.set(name);
  preimage[name.length] = key.type;
  preimage.set(key.key, name.length + 1);
  return hex(hasher.sha256(preimage).subarray(0, 4));
}

/** `<name>+<key id>+<base64 of type and key>`: what a stranger pins. */
export function encodeVerifierKey(hasher: Hasher, key: VerifierKey): string {
  assert(isKeyName(key.name), `a key's name has neither spaces nor "+": "${key.name}"`);
  return `${key.name}+${keyIdOf(hasher, key)}+${base64Of(Uint8Array.of(key.type, ...key.key))}`;
}

/** The key that a text names, or undefined: wrong form, a type that is not ours, an id that is not the key's. */
export function parseVerifierKey(hasher: Hasher, text: string): VerifierKey | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([^]+)$/.exec(text);
  if (match === null) return undefined;
  const [, name = "", id, base64 = ""] = match;
  const bytes = bytesOfBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length !== 1 + KEY_BYTES) return undefined;
  const type = TYPES.find((known) => known === bytes[0]);
  if (type === undefined) return undefined;
  const key = { name, type, key: bytes.slice(1) };
  return keyIdOf(hasher, key) === id ? key : undefined;
}
