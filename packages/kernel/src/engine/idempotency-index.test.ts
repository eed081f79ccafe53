import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeHasher } from "../testing/node-hasher.ts";
import { IdempotencyIndex } from "./idempotency-index.ts";
import { digestOfKey, type KeyDigest } from "./key-digest.ts";

function digestOf(key: string): KeyDigest {
  return digestOfKey(nodeHasher, key) ?? new Uint32Array(4);
}

describe("IdempotencyIndex", () => {
  it("finds what was added and nothing else, over many doublings", () => {
    const index = new IdempotencyIndex();
    expect(index.find(digestOf("a:1:b:0"))).toBeUndefined();
    for (let n = 0; n < 20_000; n += 1) index.add(digestOf(`a:1:b:${n}`));
    expect([index.count, index.size]).toEqual([20_000, 20_000]);
    for (let n = 0; n < 20_000; n += 1) expect(index.find(digestOf(`a:1:b:${n}`))).toBe(n);
    for (let n = 0; n < 1_000; n += 1) expect(index.find(digestOf(`a:2:b:${n}`))).toBeUndefined();
    // Never fuller than 3/4, never more than twice what is needed.
    expect(index.bytes).toBe(32_768 * 20);
  });

  it("counts records whose keys nobody can ask for, and begins where it is told to", () => {
    const index = new IdempotencyIndex(70);
    index.add(digestOfKey(nodeHasher, "@:70:@timer:0"));
    index.add(digestOf("a:1:b:0"));
    expect([index.count, index.size, index.find(digestOf("a:1:b:0"))]).toEqual([1, 72, 71]);
    const seen: [string, number][] = [];
    index.forEach((digest, at) => seen.push([digest.join(), at]));
    expect(seen).toEqual([[digestOf("a:1:b:0").join(), 71]]);
  });

  it("K6: refuses a key that is there", () => {
    const index = new IdempotencyIndex();
    index.add(digestOf("a:1:b:c"));
    expect(() => index.add(digestOf("a:1:b:c"))).toThrow("K6: records 0 and 1");
    expect(index.find(digestOf("a:1:b:c"))).toBe(0);
    expect(index.count).toBe(1);
  });

  it("keeps digests apart that share a slot, also where all words but one are the same", () => {
    // One word of four is not zero, and holds a small number: most of them want the same slot.
    const crowded = fc
      .tuple(fc.nat(3), fc.nat(255))
      .map(([word, value]) =>
        Uint32Array.from({ length: 4 }, (_, at) => (at === word ? value : 0)),
      );
    const model = new Map<string, number>();
    const index = new IdempotencyIndex();
    fc.assert(
      fc.property(fc.array(crowded, { maxLength: 5 }), (digests) => {
        for (const digest of digests) {
          const known = model.get(digest.join());
          expect(index.find(digest)).toBe(known);
          if (known === undefined) {
            model.set(digest.join(), index.size);
            index.add(digest);
          }
        }
      }),
    );
    expect(index.count).toBe(model.size);
    expect(model.size).toBeGreaterThan(50);
  });

  it("holds the largest index that fits and refuses the next", () => {
    const index = new IdempotencyIndex(4_294_967_294);
    index.add(digestOf("a:1:b:c"));
    expect(index.find(digestOf("a:1:b:c"))).toBe(4_294_967_294);
    expect(() => index.add(digestOf("a:1:b:d"))).toThrow("I2");
  });
});
