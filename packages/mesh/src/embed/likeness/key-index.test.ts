import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDraws } from "../../seeded-draws.ts";
import { cosine, KEY_DIMENSIONS, keyOfCodes, type VectorKey } from "../../shards/vector-key.ts";
import { createKeyIndex } from "./key-index.ts";
import { buildLikeness } from "./test/build-likeness.ts";
import { likenessHostOver, type WebAssemblyApi } from "../../web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;
const wasmHost = likenessHostOver(WebAssembly);

function keysOf(seed: number, count: number): readonly VectorKey[] {
  const draws = createDraws(seed);
  return Array.from({ length: count }, () =>
    keyOfCodes(Int8Array.from({ length: KEY_DIMENSIONS }, () => draws.below(255) - 127)),
  );
}

describe("an index of keys", () => {
  it("has the kernel that its text gives", async () => {
    const bytes = readFileSync(join(import.meta.dirname, "likeness-bytes.ts"), "utf8");
    expect(bytes.replaceAll(/\s/g, "")).toBe((await buildLikeness()).replaceAll(/\s/g, ""));
  });

  it("finds the same key with and without the kernel, as the definition says, bit for bit", () => {
    for (const size of [1, 2, 7, 100]) {
      const keys = keysOf(size, size);
      const [plain, fast] = [createKeyIndex(size), createKeyIndex(size, wasmHost)];
      for (const [index, key] of keys.entries()) {
        plain.set(index, key);
        fast.set(index, key);
      }
      for (const query of keysOf(99, 20)) {
        const found = plain.nearest(query);
        expect(fast.nearest(query)).toEqual(found);
        const likest = Math.max(...keys.map((key) => cosine(key, query)));
        expect(found?.cosine).toBeCloseTo(likest, 12);
      }
      for (const [index, key] of keys.entries()) expect(fast.nearest(key)?.index).toBe(index);
    }
  });

  it("adds the largest products without overflow, and knows unset places from keys", () => {
    const [low, high] = [-127, 127].map((code) =>
      keyOfCodes(new Int8Array(KEY_DIMENSIONS).fill(code)),
    );
    if (low === undefined || high === undefined) throw new Error("no keys");
    for (const index of [createKeyIndex(3), createKeyIndex(3, wasmHost)]) {
      expect(index.nearest(high)).toBeUndefined();
      index.set(1, low);
      expect(index.nearest(high)?.index).toBe(1);
      expect(index.nearest(high)?.cosine).toBeCloseTo(-1, 12);
      expect(() => index.set(3, low)).toThrow("no place 3");
    }
    expect(() => createKeyIndex(0)).toThrow("an index of 0 keys");
  });
});
