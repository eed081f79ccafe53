import { embedHashedNgrams } from "../embed/hashed-ngrams.ts";
import { createDraws, type Draws } from "../seeded-draws.ts";
import { cosine, quantise, type VectorKey } from "../shards/vector-key.ts";

const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split(" ");

/** A word of three syllables out of `draws`. */
export function wordOf(draws: Draws): string {
  return Array.from({ length: 3 }, () => SYLLABLES[draws.below(SYLLABLES.length)] ?? "").join("");
}

/** So many sentences, `count`, of twelve words, or of `words`, out of a vocabulary of 400, by seed. */
export function textsOf(seed: number, count: number, words = 12): readonly string[] {
  const draws = createDraws(seed);
  const vocabulary = Array.from({ length: 400 }, () => wordOf(draws));
  return Array.from({ length: count }, () =>
    Array.from({ length: words }, () => vocabulary[draws.below(vocabulary.length)] ?? "").join(" "),
  );
}

/** The key of `text`, as the embedder that is built in makes it; MeshError `bad_vector` where it has no word. */
export function keyOf(text: string): VectorKey {
  return quantise(embedHashedNgrams(text));
}

/** Place of the one of `keys` that is most like `key`; −1 of none. */
export function bestOf(key: VectorKey, keys: readonly VectorKey[]): number {
  let [best, likeness] = [-1, -2];
  for (const [index, other] of keys.entries()) {
    const found = cosine(key, other);
    if (found > likeness) [best, likeness] = [index, found];
  }
  return best;
}

/** Cosine of `left` and `right`, −1 … 1; of nothing, 0. */
export function likeness(left: VectorKey, right: VectorKey | undefined): number {
  return right === undefined ? 0 : cosine(left, right);
}
