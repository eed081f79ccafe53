/**
 * A running sum over lines: 64 bits in two lanes, each line's from its text and the sum before it. It finds accidents
 * (a line changed, swapped, cut out); against an adversary a log's hash belongs into the journal.
 */
export interface LineSum {
  /** Adds a line's text and gives the 11 letters (64 bits, base64url) that stand at its end. */
  add(text: string): string;
}

/** A sum over no line yet. */
export function createLineSum(): LineSum {
  let high = 0x811c9dc5 | 0;
  let low = 0x9747b28c | 0;
  return {
    add(text) {
      for (let index = 0; index < text.length; index += 1) {
        const unit = text.charCodeAt(index);
        high = Math.imul(high ^ unit, 0x01000193);
        low = Math.imul(low ^ unit, 0x5bd1e995) + 1;
      }
      // Without this the last letters of a line would reach the low bits alone.
      high = Math.imul(high ^ (high >>> 15), 0x85ebca6b) ^ low;
      low = Math.imul(low ^ (low >>> 13), 0xc2b2ae35) ^ (high >>> 7);
      return lettersOf(high, low);
    },
  };
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Twelve bits as two letters. */
const PAIRS = Array.from(
  { length: 4_096 },
  (_, value) => `${LETTERS[value >>> 6] ?? ""}${LETTERS[value & 63] ?? ""}`,
);

/** Six bits a letter, the highest first; the last letter has four. */
function lettersOf(high: number, low: number): string {
  const middle = ((high & 0xff) << 4) | (low >>> 28);
  const pairs = [
    high >>> 20,
    (high >>> 8) & 0xfff,
    middle,
    (low >>> 16) & 0xfff,
    (low >>> 4) & 0xfff,
  ];
  let text = "";
  for (const pair of pairs) text += PAIRS[pair] ?? "";
  return text + (LETTERS[(low & 0xf) << 2] ?? "");
}

/** What a sum looks like. */
export const SUM_PATTERN = "^[A-Za-z0-9_-]{11}$";
