import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafHash } from "../hash.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { planConsistency, planInclusion, proofOf } from "./proof.ts";
import { textbookRoot } from "./test/textbook-tree.ts";
import type { Tile } from "./tile.ts";
import {
  nodesOfTiles,
  parseTilePath,
  tileBytes,
  tileOfNode,
  tilePath,
  tileRoot,
  tilesBetween,
  tilesOfPlan,
} from "./tile.ts";
import { createTree, rootOf } from "./tree.ts";
import { verifyConsistency, verifyInclusion } from "./verify-proof.ts";

const SIZE = 70_000;
const leaves = Array.from({ length: SIZE }, (_, at) => leafHash(nodeHasher, String(at)));

/** All tiles of a tree by path, built as a writer does: each level from the full tiles below it. */
function storeOf(size: number): Map<string, Uint8Array> {
  const store = new Map<string, Uint8Array>();
  let row = leaves.slice(0, size);
  for (let level = 0; row.length > 0; level++) {
    const above: string[] = [];
    for (let start = 0; start < row.length; start += 256) {
      const hashes = row.slice(start, start + 256);
      const bytes = tileBytes(hashes);
      store.set(tilePath({ level, index: start / 256, width: hashes.length }), bytes);
      if (hashes.length === 256) above.push(tileRoot(nodeHasher, bytes));
    }
    row = above;
  }
  return store;
}

const whole = storeOf(SIZE);
const wholeRoot = rootOf(nodeHasher, leaves);

describe("tile paths", () => {
  it("are those of the specification", () => {
    const cases: [Tile, string][] = [
      [{ level: 0, index: 0, width: 256 }, "tile/0/000"],
      [{ level: 0, index: 999, width: 1 }, "tile/0/999.p/1"],
      [{ level: 1, index: 1000, width: 255 }, "tile/1/x001/000.p/255"],
      [{ level: 3, index: 1_234_067, width: 256 }, "tile/3/x001/x234/067"],
      [
        { level: 63, index: Number.MAX_SAFE_INTEGER, width: 112 },
        "tile/63/x009/x007/x199/x254/x740/991.p/112",
      ],
    ];
    for (const [tile, path] of cases) {
      expect(tilePath(tile)).toBe(path);
      expect(parseTilePath(path)).toEqual(tile);
    }
  });

  it("come back from every tile", () => {
    const tiles = fc.record({
      level: fc.integer({ min: 0, max: 63 }),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tiles, (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
      }),
    );
  });

  it("have one spelling, and name tiles of hashes alone", () => {
    const wrong = [
      "",
      "tile/0",
      "tile/0/",
      "tile/00/000",
      "tile/64/000",
      "tile/-1/000",
      "tile/100/000",
      "tile/0/0",
      "tile/0/0000",
      "tile/0/001/000",
      "tile/0/x000/001",
      "tile/0/x001",
      "tile/0/x1/000",
      "tile/0/000.p/0",
      "tile/0/000.p/01",
      "tile/0/000.p/256",
      "tile/0/000.p/257",
      "tile/0/000.p/999",
      "tile/0/000.p/",
      "tile/0/000/",
      "/tile/0/000",
      "tile/entries/000",
      "tile/0/x999/x999/x999/x999/x999/999",
      "tile/0/x001/x000/x000/x000/x000/x000/000",
      "tile/0/000.p/1000",
      "xtile/0/000",
      "tile/0/000\n",
    ];
    expect(wrong.filter((path) => parseTilePath(path) !== undefined)).toEqual([]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const tile = parseTilePath(`tile/${text}`);
        expect(tile === undefined ? `tile/${text}` : tilePath(tile)).toBe(`tile/${text}`);
      }),
    );
  });
});

describe("tilesBetween", () => {
  it("gives the specification's tiles of a tree of 70,000", () => {
    const tiles = tilesBetween({ from: 0, to: SIZE });
    expect(tiles.filter((tile) => tile.level === 0)).toHaveLength(274);
    expect(tiles.filter((tile) => tile.width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(tiles).toHaveLength(277);
    expect(tiles.map(tilePath).toSorted()).toEqual([...whole.keys()].toSorted());
    expect(tilesBetween({ from: 0, to: 256 })).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
    expect(tilesBetween({ from: 0, to: 0 })).toEqual([]);
    expect(tilesBetween({ from: 300, to: 300 })).toEqual([]);
    expect(() => tilesBetween({ from: 2, to: 1 })).toThrow("from 2 to 1");
    expect(() => tilesBetween({ from: -1, to: 1 })).toThrow("from -1");
  });

  it("gives what a grown tree has and the one before had not", () => {
    const sizes = fc.tuple(fc.nat({ max: 140_000 }), fc.nat({ max: 140_000 }));
    const pathsOf = (size: number) => tilesBetween({ from: 0, to: size }).map(tilePath);
    fc.assert(
      fc.property(sizes, ([a, b]) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const before = new Set(pathsOf(from));
        const fresh = pathsOf(to).filter((path) => !before.has(path));
        expect(tilesBetween({ from, to }).map(tilePath)).toEqual(fresh);
      }),
      { numRuns: 40 },
    );
  });
});

describe("proofs from tiles alone", () => {
  it("verify, and need no tile but those of the plan", () => {
    const indexes = [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1];
    for (const index of indexes) {
      const plan = planInclusion({ index, size: SIZE });
      const needed = new Map(tilesOfPlan(plan, SIZE).map((tile) => [tilePath(tile), tile]));
      const used = new Set<string>();
      const nodes = nodesOfTiles(nodeHasher, {
        size: SIZE,
        bytesOf: (tile) => {
          used.add(tilePath(tile));
          return needed.has(tilePath(tile)) ? whole.get(tilePath(tile)) : undefined;
        },
      });
      const proof = proofOf(nodeHasher, { plan, nodes }) ?? [];
      const claim = { leaf: leaves[index] ?? "", index, size: SIZE, proof, root: wholeRoot };
      expect(verifyInclusion(nodeHasher, claim)).toBe(true);
      expect([...used].toSorted()).toEqual([...needed.keys()].toSorted());
    }
  });

  it("link every smaller tree to the whole", () => {
    const nodes = nodesOfTiles(nodeHasher, {
      size: SIZE,
      bytesOf: (tile) => whole.get(tilePath(tile)),
    });
    const tree = createTree(nodeHasher);
    const sizes = new Set([1, 2, 255, 256, 257, 511, 4_096, 65_535, 65_536, 65_537, 69_999, SIZE]);
    for (const leaf of leaves) {
      tree.append(leaf);
      if (!sizes.has(tree.size)) continue;
      const plan = planConsistency({ from: tree.size, to: SIZE });
      const claim = {
        from: { size: tree.size, root: tree.root() },
        to: { size: SIZE, root: wholeRoot },
        proof: proofOf(nodeHasher, { plan, nodes }) ?? [],
      };
      expect(verifyConsistency(nodeHasher, claim)).toBe(true);
    }
  });

  it("cannot be had from tiles that are gone or of another length", () => {
    const plan = planInclusion({ index: 300, size: 700 });
    const some = storeOf(700);
    for (const gone of tilesOfPlan(plan, 700).map(tilePath)) {
      for (const instead of [undefined, new Uint8Array(31), some.get(gone)?.subarray(32)]) {
        const bytesOf = (tile: Tile) =>
          tilePath(tile) === gone ? instead : some.get(tilePath(tile));
        const nodes = nodesOfTiles(nodeHasher, { size: 700, bytesOf });
        expect(proofOf(nodeHasher, { plan, nodes })).toBeUndefined();
      }
    }
  });
});

describe("tiles", () => {
  it("show nodes of any level, and only those of the tree", () => {
    expect(tileOfNode({ level: 0, index: 69_999 }, SIZE)).toEqual({
      tile: { level: 0, index: 273, width: 112 },
      from: 111,
      to: 112,
    });
    expect(tileOfNode({ level: 9, index: 3 }, SIZE)).toEqual({
      tile: { level: 1, index: 0, width: 256 },
      from: 6,
      to: 8,
    });
    expect(tileOfNode({ level: 16, index: 0 }, SIZE)).toEqual({
      tile: { level: 2, index: 0, width: 1 },
      from: 0,
      to: 1,
    });
    expect(tileOfNode({ level: 47, index: 5 }, 2 ** 52).tile).toEqual({
      level: 5,
      index: 2,
      width: 256,
    });
    expect(() => tileOfNode({ level: 0, index: SIZE }, SIZE)).toThrow("is in a tree of");
    expect(() => tileOfNode({ level: 17, index: 0 }, SIZE)).toThrow("is in a tree of");
    const nodes = nodesOfTiles(nodeHasher, {
      size: SIZE,
      bytesOf: (tile) => whole.get(tilePath(tile)),
    });
    for (const [level, index] of [
      [0, 7],
      [1, 7],
      [3, 40],
      [7, 3],
      [8, 200],
      [10, 5],
    ] as const) {
      const span = 2 ** level;
      expect(nodes({ level, index })).toBe(
        textbookRoot(leaves.slice(index * span, (index + 1) * span)),
      );
    }
  });

  it("have 1 to 256 hashes, and full ones alone have a root", () => {
    const full = leaves.slice(0, 256);
    expect(tileRoot(nodeHasher, tileBytes(full))).toBe(textbookRoot(full));
    expect(Buffer.from(tileBytes(full.slice(0, 3))).toString("hex")).toBe(
      full.slice(0, 3).join(""),
    );
    expect(() => tileBytes([])).toThrow("1 to 256");
    expect(() => tileBytes(leaves.slice(0, 257))).toThrow("1 to 256");
    expect(() => tileRoot(nodeHasher, tileBytes(full.slice(1)))).toThrow("only full tiles");
    expect(() => tileBytes(["xyz"])).toThrow("hex");
    expect(() => tileBytes([`${"a".repeat(63)}g`])).toThrow("lower-case hex");
    expect(() => tileBytes([`g${"a".repeat(63)}`])).toThrow("lower-case hex");
    expect(() => tileBytes([`é${"a".repeat(63)}`])).toThrow("lower-case hex");
  });
});
