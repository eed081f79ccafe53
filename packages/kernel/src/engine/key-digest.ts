import type { Hasher } from "../hash.ts";
import { hasKey, keyOfText } from "./key-of-text.ts";

/**
 * What an index keeps of an idempotency key: the first 16 bytes of its SHA-256 as four words, the first byte highest.
 * Nobody can make two keys with one digest for less than 2^64 work.
 */
export type KeyDigest = Uint32Array;

export const KEY_DIGEST_WORDS = 4;

/** Keys that begin so are the engine's own: no proposal can have one, so nobody ever asks for them. */
const ENGINE_KEY_PREFIX = "@";

/** Digest of a key that a proposal can have; null for the engine's own. */
export function digestOfKey(hasher: Hasher, key: string): KeyDigest | null {
  if (key.startsWith(ENGINE_KEY_PREFIX)) return null;
  const bytes = hasher.sha256(key);
  const words = new Uint32Array(KEY_DIGEST_WORDS);
  for (let at = 0; at < KEY_DIGEST_WORDS * 4; at += 1)
    words[at >> 2] = ((words[at >> 2] ?? 0) << 8) | (bytes[at] ?? 0);
  return words;
}

/** The same of a record's text, or of any end of it that begins before its proposal; null too where it has no key. */
export function digestOfText(hasher: Hasher, text: string): KeyDigest | null {
  return hasKey(text) ? digestOfKey(hasher, keyOfText(text)) : null;
}
