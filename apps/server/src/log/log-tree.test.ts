import { createTree, leafHash, verifyConsistency, verifyInclusion } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { LogTree } from "./log-tree.ts";

const texts = Array.from({ length: 1_300 }, (_, index) => `record ${index}`);
const leaves = texts.map((text) => leafHash(hasher, text));
const roots = (() => {
  const tree = createTree(hasher);
  return leaves.map((leaf) => {
    tree.append(leaf);
    return tree.root();
  });
})();
const rootAt = (size: number): string => roots[size - 1] ?? "";

function source(size: number) {
  return {
    hasher,
    size,
    records: async (from: number, limit: number) => texts.slice(from, Math.min(from + limit, size)),
  };
}

describe("the tree of a log", () => {
  it("proves every record in trees of many sizes, and each tree as the beginning of another", async () => {
    const tree = new LogTree(source(1_300));
    await tree.caughtUp();
    expect(tree.size).toBe(1_300);
    for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 1_000, 1_300]) {
      for (const index of [0, 1, size >> 1, size - 1].filter((one) => one < size)) {
        const proof = tree.inclusion(index, size);
        const about = {
          index,
          size,
          leaf: leaves[index] ?? "",
          root: rootAt(size),
          proof: proof ?? [],
        };
        expect([index, size, verifyInclusion(hasher, about)]).toEqual([index, size, true]);
      }
      const proof = tree.consistency(size, 1_300) ?? [];
      const about = {
        from: { size, root: rootAt(size) },
        to: { size: 1_300, root: rootAt(1_300) },
        proof,
      };
      expect([size, verifyConsistency(hasher, about)]).toEqual([size, true]);
    }
  });

  it("has no proof of what is not there", async () => {
    const tree = new LogTree(source(10));
    await tree.caughtUp();
    expect(tree.inclusion(3, 11)).toBeUndefined();
    expect(tree.inclusion(10, 10)).toBeUndefined();
    expect(tree.consistency(5, 11)).toBeUndefined();
    expect(tree.consistency(6, 5)).toBeUndefined();
  });

  it("gives tiles: whole ones, partial ones, those of the next level, and no others", async () => {
    const tree = new LogTree(source(600));
    await tree.caughtUp();
    const bytesOf = (from: number, to: number) =>
      Buffer.concat(leaves.slice(from, to).map((leaf) => Buffer.from(leaf, "hex")));
    expect(Buffer.from(tree.tile("0/000") ?? [])).toEqual(bytesOf(0, 256));
    expect(Buffer.from(tree.tile("0/002.p/88") ?? [])).toEqual(bytesOf(512, 600));
    expect(
      Buffer.from(tree.tile("1/000.p/2") ?? [])
        .subarray(0, 32)
        .toString("hex"),
    ).toBe(rootAt(256));
    for (const path of ["0/002", "0/002.p/89", "2/000.p/1", "0/003", "x", "0/0"])
      expect([path, tree.tile(path)]).toEqual([path, undefined]);
  });
});
