import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "./test/keyed-log.ts";
import { encodeSealedKeys, KeysDamaged, SealedKeys, type SealedSegment } from "./sealed-keys.ts";

function segmentOf(records: number): SealedSegment {
  const marks = Uint32Array.from({ length: Math.ceil(records / 16) }, (_, at) => 64 + at * 1_000);
  const lastLeaf = new Uint8Array(32).fill(5);
  return { firstIndex: 5_000_000_000, records, marks, lastOffset: 900, end: 1_000, lastLeaf };
}

function entriesOf(digests: readonly Uint32Array[]): Uint32Array {
  const entries = new Uint32Array(digests.length * 5);
  for (const [at, digest] of digests.entries()) {
    entries.set(digest, at * 5);
    entries[at * 5 + 4] = at;
  }
  return entries;
}

/** Reads from these words, and counts how often. */
function openWords(words: Uint32Array): { keys: SealedKeys | undefined; reads: () => number } {
  let count = 0;
  const keys = SealedKeys.open((from, length) => {
    count += 1;
    return words.subarray(from, from + length);
  }, words.length);
  return { keys, reads: () => count };
}

describe("SealedKeys", () => {
  it("finds every key of many pages at its place, and says what it was told of the segment", () => {
    const digests = Array.from({ length: 3_000 }, (_, at) => digestOf(`a:1:b:${at}`));
    const segment = segmentOf(3_000);
    const { keys } = openWords(encodeSealedKeys(segment, entriesOf(digests)));
    expect(keys?.segment).toEqual(segment);
    for (const [at, digest] of digests.entries())
      expect(keys?.find(digest)).toBe(5_000_000_000 + at);
  });

  it("reads a page for few of the keys that are not there, and holds less than three bytes a key", () => {
    const digests = Array.from({ length: 20_000 }, (_, at) => digestOf(`a:1:b:${at}`));
    const { keys, reads } = openWords(encodeSealedKeys(segmentOf(20_000), entriesOf(digests)));
    const before = reads();
    for (let at = 0; at < 10_000; at += 1)
      expect(keys?.find(digestOf(`a:2:b:${at}`))).toBeUndefined();
    // 0.15 % of them, by the number of bits; a filter that lets all by would read 10,000 times.
    expect(reads() - before).toBeLessThan(60);
    expect(keys?.bytes ?? 0).toBeLessThan(20_000 * 3);
  });

  it("finds digests that share words, on both sides of the ends of pages", () => {
    const word = fc.constantFrom(0, 1, 2, 4_294_967_295);
    const digest = fc.array(word, { minLength: 4, maxLength: 4 }).map((words) => words.join());
    const many = Array.from({ length: 500 }, (_, at) => `7,${at},${at % 3},9`);
    fc.assert(
      fc.property(fc.uniqueArray(digest, { maxLength: 200 }), (some) => {
        const digests = [...some, ...many].map((text) => Uint32Array.from(text.split(","), Number));
        const { keys } = openWords(encodeSealedKeys(segmentOf(700), entriesOf(digests)));
        for (const [at, one] of digests.entries()) expect(keys?.find(one)).toBe(5_000_000_000 + at);
        expect(keys?.find(Uint32Array.of(7, 501, 0, 9))).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  it("can be empty", () => {
    const { keys } = openWords(encodeSealedKeys(segmentOf(1), new Uint32Array(0)));
    expect(keys?.find(digestOf("a:1:b:1"))).toBeUndefined();
  });

  it("is not opened where a word of its head is another, and throws where one of a page is", () => {
    const digests = Array.from({ length: 300 }, (_, at) => digestOf(`a:1:b:${at}`));
    const sound = encodeSealedKeys(segmentOf(300), entriesOf(digests));
    const pages = sound.length - 300 * 5;
    for (let at = 0; at < sound.length; at += 1) {
      const words = sound.slice();
      words[at] = (words[at] ?? 0) ^ (1 << (at % 32));
      const { keys } = openWords(words);
      if (at < pages) expect([at, keys]).toEqual([at, undefined]);
      else expect(() => digests.map((digest) => keys?.find(digest))).toThrow(KeysDamaged);
    }
  });

  it("is not opened from any junk", () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 60 }), (words) => {
        expect(openWords(words).keys).toBeUndefined();
        const told = Uint32Array.of(0x59_4b_57_53, 2, ...words);
        expect(openWords(told).keys).toBeUndefined();
      }),
    );
  });
});
