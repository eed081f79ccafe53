import { KEY_DIMENSIONS } from "../shards/vector-key.ts";
import type { Embedder } from "./embedder.ts";
import { TOKENS_MAX } from "./truncate.ts";

/** Changes whenever the same text would give another vector. */
export const HASHED_NGRAMS_MODEL = "hashed-ngrams-1";

const WORD_WEIGHT = 3;
const PAIR_WEIGHT = 2;
const TRIGRAM_WEIGHT = 1;

/**
 * The embedder that is built in: words, pairs of words and runs of three letters, hashed with a sign into 768 sums
 * (Weinberger et al. 2009, feature hashing). Integers only, so every engine gives the same bytes. It is lexical: it knows
 * words, not what they mean, and a paraphrase in other words looks unrelated to it. Gives the 768 sums of `text`, not yet a
 * key; all zeros where it has no word.
 */
export function embedHashedNgrams(text: string): Int32Array {
  const sums = new Int32Array(KEY_DIMENSIONS);
  let [word, before, tokens] = [SEED, 0, 0];
  let [older, old] = [0, 0];
  for (let index = 0; index <= text.length; index += 1) {
    const unit = letterOf(text, index);
    if (unit !== 0) {
      word = Math.imul(word ^ unit, FNV_PRIME);
      if (older !== 0) add(sums, mix(older, old, unit), TRIGRAM_WEIGHT);
      older = old;
      old = unit;
    } else if (word !== SEED) {
      add(sums, finish(word), WORD_WEIGHT);
      if (before !== 0) add(sums, finish(Math.imul(before, FNV_PRIME) ^ word), PAIR_WEIGHT);
      before = word;
      word = SEED;
      [older, old] = [0, BOUNDARY];
      tokens += 1;
      if (tokens === TOKENS_MAX) return sums;
    }
  }
  return sums;
}

/** The built-in embedder, lexical: it finds the same words, not the same meaning. */
export function hashedNgrams(): Embedder {
  return {
    name: "hashed n-grams (lexical)",
    kind: "lexical",
    modelHash: HASHED_NGRAMS_MODEL,
    dimensions: KEY_DIMENSIONS,
    embed: (texts) => Promise.resolve(texts.map(embedHashedNgrams)),
  };
}

const SEED = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** Stands for the beginning of a word in its first run of three. */
const BOUNDARY = 1;

/** Letters and digits, in lower case if ASCII; 0 for what separates words, and at the end. */
function letterOf(text: string, index: number): number {
  if (index >= text.length) return 0;
  const unit = text.charCodeAt(index);
  if (unit >= 97 && unit <= 122) return unit;
  if (unit >= 65 && unit <= 90) return unit + 32;
  if (unit >= 48 && unit <= 57) return unit;
  // No-break space and general punctuation separate; all other letters of the world are letters.
  return unit > 160 && (unit < 0x2000 || unit > 0x206f) ? unit : 0;
}

function mix(older: number, old: number, unit: number): number {
  return finish(Math.imul(Math.imul(older ^ 0x5bd1e995, FNV_PRIME) ^ old, FNV_PRIME) ^ unit);
}

function finish(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
}

function add(sums: Int32Array, hash: number, weight: number): void {
  // The upper bits choose the place without a division, the lowest one the sign.
  const place = Math.imul(hash >>> 16, KEY_DIMENSIONS) >>> 16;
  sums[place] = (sums[place] ?? 0) + (hash & 1 ? weight : -weight);
}
