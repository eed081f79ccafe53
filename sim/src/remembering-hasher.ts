import type { Hasher } from "@swoosh/kernel";

/** Texts that are remembered; then all are forgotten. */
const TEXTS_MAX = 4_096;

/** The same hasher, which remembers digests of texts: a log is read, folded and judged again and again. */
export function rememberingHasher(hasher: Hasher): Hasher {
  const { sha256Hex } = hasher;
  if (sha256Hex === undefined) return hasher;
  const digests = new Map<string, string>();
  return {
    ...hasher,
    sha256Hex: (text) => {
      const known = digests.get(text);
      if (known !== undefined) return known;
      const digest = sha256Hex(text);
      if (digests.size >= TEXTS_MAX) digests.clear();
      digests.set(text, digest);
      return digest;
    },
  };
}
