import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeHasher } from "../testing/node-hasher.ts";
import { IdempotencyIndex } from "./idempotency-index.ts";

describe("IdempotencyIndex", () => {
  it("finds what was added and nothing else, over many doublings", () => {
    const index = new IdempotencyIndex(nodeHasher);
    expect(index.find("a:1:b:0")).toBeUndefined();
    for (let n = 0; n < 20_000; n += 1) index.add(`a:1:b:${n}`, n);
    expect(index.count).toBe(20_000);
    for (let n = 0; n < 20_000; n += 1) expect(index.find(`a:1:b:${n}`)).toBe(n);
    for (let n = 0; n < 1_000; n += 1) expect(index.find(`a:2:b:${n}`)).toBeUndefined();
    // Never fuller than 3/4, never more than twice what is needed.
    expect(index.bytes).toBe(32_768 * 20);
  });

  it("K6: refuses a key that is there", () => {
    const index = new IdempotencyIndex(nodeHasher);
    index.add("a:1:b:c", 0);
    expect(() => index.add("a:1:b:c", 7)).toThrow("K6");
    expect(index.find("a:1:b:c")).toBe(0);
    expect(index.count).toBe(1);
  });

  it("keeps keys apart whose digests share a slot, also where one word is the same", () => {
    // A hasher under which many digests collide in part: two words carry the key, the others are constant.
    const weak = {
      ...nodeHasher,
      sha256: (data: string | Uint8Array) => {
        const digest = new Uint8Array(32);
        const whole = nodeHasher.sha256(data);
        const word = Number(String(data).at(-1)) % 4;
        digest.set(whole.subarray(0, 1), word * 4);
        return digest;
      },
    };
    const model = new Map<string, number>();
    const index = new IdempotencyIndex(weak);
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), (texts) => {
        for (const text of texts) {
          const key = `${text}${model.size % 4}`;
          const digest = weak.sha256(key).join();
          const known = model.get(digest);
          expect(index.find(key)).toBe(known);
          if (known === undefined) {
            index.add(key, model.size);
            model.set(digest, model.size);
          }
        }
      }),
    );
    expect(index.count).toBe(model.size);
  });

  it("holds the largest index that fits and refuses the next", () => {
    const index = new IdempotencyIndex(nodeHasher);
    index.add("a:1:b:c", 4_294_967_294);
    expect(index.find("a:1:b:c")).toBe(4_294_967_294);
    for (const wrong of [4_294_967_295, -1, 0.5])
      expect(() => index.add(`a:1:b:${wrong}`, wrong)).toThrow("I2");
  });
});
