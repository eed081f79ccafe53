import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex, leafHash } from "../hash.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { planConsistency, planInclusion, proofOf, subtreesOf } from "./proof.ts";
import type { NodePlace, ProofPlan } from "./proof.ts";
import { textbookConsistency, textbookPath, textbookRoot } from "./test/textbook-tree.ts";
import { rootOf } from "./tree.ts";
import { verifyConsistency, verifyInclusion } from "./verify-proof.ts";

const leaves = Array.from({ length: 1_100 }, (_, at) => leafHash(nodeHasher, `record ${at}`));
const roots = Array.from({ length: 66 }, (_, size) => textbookRoot(leaves.slice(0, size)));

function nodeOf({ level, index }: NodePlace): string {
  return textbookRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

function proofFor(plan: ProofPlan): readonly string[] {
  return proofOf(nodeHasher, { plan, nodes: nodeOf }) ?? [];
}

/** Proofs of the certificate-transparency reference tree (transparency-dev's test vectors). */
const CT_LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((entry) => hex(nodeHasher.sha256(Buffer.from(`00${entry}`, "hex"))));
const A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const F = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
const G = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const H = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f";
const FIRST = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
const THREE = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";

function ctNode({ level, index }: NodePlace): string {
  return rootOf(nodeHasher, CT_LEAVES.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

describe("proofs", () => {
  it("are those of the certificate-transparency reference tree", () => {
    const inclusion: [index: number, size: number, proof: string[]][] = [
      [0, 1, []],
      [0, 8, [A, B, C]],
      [5, 8, [D, E, F]],
      [2, 3, [THREE]],
      [1, 5, [FIRST, B, D]],
    ];
    for (const [index, size, proof] of inclusion) {
      expect(proofOf(nodeHasher, { plan: planInclusion({ index, size }), nodes: ctNode })).toEqual(
        proof,
      );
      const root = rootOf(nodeHasher, CT_LEAVES.slice(0, size));
      expect(
        verifyInclusion(nodeHasher, { leaf: CT_LEAVES[index] ?? "", index, size, proof, root }),
      ).toBe(true);
    }
    const consistency: [from: number, to: number, proof: string[]][] = [
      [1, 1, []],
      [1, 8, [A, B, C]],
      [6, 8, [G, E, F]],
      [2, 5, [B, D]],
      [6, 7, [G, H, F]],
    ];
    for (const [from, to, proof] of consistency) {
      expect(proofOf(nodeHasher, { plan: planConsistency({ from, to }), nodes: ctNode })).toEqual(
        proof,
      );
      const sized = (size: number) => ({
        size,
        root: rootOf(nodeHasher, CT_LEAVES.slice(0, size)),
      });
      expect(verifyConsistency(nodeHasher, { from: sized(from), to: sized(to), proof })).toBe(true);
    }
  });

  it("of inclusion are the textbook's and verify, for every leaf of every size up to 64", () => {
    for (let size = 1; size <= 64; size++) {
      const root = roots[size] ?? "";
      for (let index = 0; index < size; index++) {
        const proof = proofFor(planInclusion({ index, size }));
        expect(proof).toEqual(textbookPath(index, leaves.slice(0, size)));
        const claim = { leaf: leaves[index] ?? "", index, size, proof, root };
        expect(verifyInclusion(nodeHasher, claim)).toBe(true);
      }
    }
  });

  it("of consistency are the textbook's and verify, for every pair of sizes up to 64", () => {
    for (let to = 0; to <= 64; to++) {
      for (let from = 0; from <= to; from++) {
        const proof = proofFor(planConsistency({ from, to }));
        expect(proof).toEqual(from > 0 ? textbookConsistency(from, leaves.slice(0, to)) : []);
        const claim = {
          from: { size: from, root: roots[from] ?? "" },
          to: { size: to, root: roots[to] ?? "" },
          proof,
        };
        expect(verifyConsistency(nodeHasher, claim)).toBe(true);
      }
    }
  });

  it("are the textbook's for random larger trees", () => {
    const sizes = fc
      .integer({ min: 65, max: leaves.length })
      .chain((size) =>
        fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }),
      );
    fc.assert(
      fc.property(sizes, ({ size, index }) => {
        const some = leaves.slice(0, size);
        expect(proofFor(planInclusion({ index, size }))).toEqual(textbookPath(index, some));
        const from = index + 1;
        expect(proofFor(planConsistency({ from, to: size }))).toEqual(
          textbookConsistency(from, some),
        );
      }),
      { numRuns: 25 },
    );
  });

  it("have the length of the tree's height, also far beyond 32 bits", () => {
    const size = 2 ** 52 + 2 ** 33 + 5;
    const plan = planInclusion({ index: 2 ** 40 + 1, size });
    expect(plan).toHaveLength(53);
    expect(plan.at(-1)).toEqual([
      { level: 33, index: 2 ** 19 },
      { level: 2, index: 2 ** 50 + 2 ** 31 },
      { level: 0, index: 2 ** 52 + 2 ** 33 + 4 },
    ]);
    expect(plan[0]).toEqual([{ level: 0, index: 2 ** 40 }]);
    expect(planConsistency({ from: 2 ** 52, to: size })).toEqual([plan.at(-1)]);
  });

  it("cannot be had without a node, or of what is not there", () => {
    const plan = planInclusion({ index: 3, size: 7 });
    for (const missing of plan.flat()) {
      const nodes = (place: NodePlace) =>
        place.level === missing.level && place.index === missing.index ? undefined : nodeOf(place);
      expect(proofOf(nodeHasher, { plan, nodes })).toBeUndefined();
    }
    for (const about of [
      { index: 0, size: 0 },
      { index: 0, size: 1.5 },
      { index: 0.5, size: 2 },
      { index: -1, size: 2 },
      { index: 2, size: 2 },
    ]) {
      expect(() => planInclusion(about)).toThrow("lea");
    }
    for (const about of [
      { from: -1, to: 0 },
      { from: 0.5, to: 1 },
      { from: 0, to: 1.5 },
      { from: 0, to: 2 ** 53 },
    ]) {
      expect(() => planConsistency(about)).toThrow("a size");
    }
    expect(() => planConsistency({ from: 2, to: 1 })).toThrow("cannot go on");
    expect(() => subtreesOf(1, 3)).toThrow("begins");
  });
});
