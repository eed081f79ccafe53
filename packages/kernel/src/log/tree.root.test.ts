import { describe, expect, it } from "vitest";
import { hex, leafHash } from "../hash.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { textbookRoot } from "./test/textbook-tree.ts";
import { createTree, EMPTY_FRONTIER, foldRight, isFrontier, rootOf } from "./tree.ts";

const leaves = Array.from({ length: 300 }, (_, at) => leafHash(nodeHasher, `record ${at}`));

/** The eight entries and nine roots of the certificate-transparency reference tree (RFC 6962 test vectors). */
const CT_ENTRIES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const CT_ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("tree", () => {
  it("gives the roots of the certificate-transparency reference tree", () => {
    const tree = createTree(nodeHasher);
    expect(tree.root()).toBe(CT_ROOTS[0]);
    CT_ENTRIES.forEach((entry, at) => {
      tree.append(hex(nodeHasher.sha256(Buffer.from(`00${entry}`, "hex"))));
      expect(tree.size).toBe(at + 1);
      expect(tree.root()).toBe(CT_ROOTS[at + 1]);
    });
  });

  it("has the textbook's root at every size, and goes on from every frontier", () => {
    const tree = createTree(nodeHasher);
    for (const [at, leaf] of leaves.entries()) {
      const frontier = tree.frontier();
      expect(isFrontier(frontier)).toBe(true);
      const resumed = createTree(nodeHasher, structuredClone(frontier));
      tree.append(leaf);
      resumed.append(leaf);
      expect(resumed.frontier()).toEqual(tree.frontier());
      expect(tree.root()).toBe(textbookRoot(leaves.slice(0, at + 1)));
    }
    expect(rootOf(nodeHasher, leaves)).toBe(tree.root());
    expect(rootOf(nodeHasher, [])).toBe(CT_ROOTS[0]);
  });

  it("keeps what it was given: later leaves change no frontier handed out before", () => {
    const tree = createTree(nodeHasher);
    tree.append(leaves[0] ?? "");
    const before = structuredClone(tree.frontier());
    const held = tree.frontier();
    tree.append(leaves[1] ?? "");
    expect(held).toEqual(before);
  });

  it("T1: takes no frontier that a tree cannot have", () => {
    const good = { hashes: leaves.slice(0, 2), size: 3 };
    expect(isFrontier(good)).toBe(true);
    const bad = [
      { hashes: leaves.slice(0, 1), size: 3 },
      { hashes: leaves.slice(0, 3), size: 3 },
      { hashes: [leaves[0] ?? "", "AB".repeat(32)], size: 3 },
      { hashes: [leaves[0] ?? "", 7], size: 3 },
      { hashes: [], size: -1 },
      { hashes: leaves.slice(0, 1), size: 0.5 },
      { hashes: leaves.slice(0, 1), size: 2 ** 53 },
    ];
    for (const frontier of bad) {
      expect(isFrontier(frontier as typeof good)).toBe(false);
      expect(() => createTree(nodeHasher, frontier as typeof good)).toThrow("T1");
    }
  });

  it("counts beyond 32 bits, up to the last safe size", () => {
    const size = 2 ** 40 + 1;
    const tree = createTree(nodeHasher, { hashes: leaves.slice(0, 2), size });
    tree.append(leaves[2] ?? "");
    expect(tree.size).toBe(size + 1);
    expect(tree.frontier().hashes).toHaveLength(2);
    expect(tree.frontier().hashes[0]).toBe(leaves[0]);
    const full = createTree(nodeHasher, {
      hashes: leaves.slice(0, 53),
      size: Number.MAX_SAFE_INTEGER,
    });
    expect(() => full.append(leaves[0] ?? "")).toThrow("sizes are safe integers");
  });

  it("takes leaf hashes alone", () => {
    const tree = createTree(nodeHasher);
    expect(() => tree.append("ab")).toThrow("64 hex digits");
    expect(() => tree.append("AB".repeat(32))).toThrow("64 hex digits");
    expect(tree.size).toBe(0);
    expect(EMPTY_FRONTIER).toEqual({ hashes: [], size: 0 });
    expect(() => foldRight([], (left) => left)).toThrow("at least one node");
  });
});
