import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafHash } from "../hash.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { textbookConsistency, textbookPath, textbookRoot } from "./test/textbook-tree.ts";
import type { ConsistencyClaim, InclusionClaim } from "./verify-proof.ts";
import { verifyConsistency, verifyInclusion } from "./verify-proof.ts";

const leaves = Array.from({ length: 40 }, (_, at) => leafHash(nodeHasher, `record ${at}`));
const ROOTS = Array.from({ length: 41 }, (_, size) => textbookRoot(leaves.slice(0, size)));
const EMPTY = ROOTS[0] ?? "";

function rootAt(size: number): string {
  return ROOTS[size] ?? "";
}

function flipped(hash: string, at: number): string {
  const digit = (Number.parseInt(hash.charAt(at), 16) ^ 1).toString(16);
  return hash.slice(0, at) + digit + hash.slice(at + 1);
}

/** Every way in which a list of hashes can be damaged a little. */
function damaged(proof: readonly string[]): (readonly string[])[] {
  const other = "5a".repeat(32);
  const results: (readonly string[])[] = [
    [...proof, other],
    [other, ...proof],
    [...proof, EMPTY],
  ];
  for (const [at, hash] of proof.entries()) {
    results.push(
      proof.toSpliced(at, 1),
      proof.toSpliced(at, 1, flipped(hash, at)),
      proof.toSpliced(at, 0, hash),
    );
    if (at > 0) results.push(proof.toSpliced(at - 1, 2, hash, proof[at - 1] ?? ""));
  }
  return results;
}

describe("verifyInclusion", () => {
  it("holds for the one index, size, leaf, proof and root, and for nothing near them", () => {
    for (const size of [1, 2, 3, 7, 8, 21, 33, 40]) {
      for (let index = 0; index < size; index++) {
        const proof = textbookPath(index, leaves.slice(0, size));
        const claim = { leaf: leaves[index] ?? "", index, size, proof, root: rootAt(size) };
        expect(verifyInclusion(nodeHasher, claim)).toBe(true);
        const near: InclusionClaim[] = [
          ...damaged(proof).map((wrong) => ({ ...claim, proof: wrong })),
          { ...claim, leaf: flipped(claim.leaf, 63) },
          { ...claim, root: flipped(claim.root, 0) },
          { ...claim, root: EMPTY },
          { ...claim, index: index + 1 },
          { ...claim, index: index - 1 },
          { ...claim, index: index + size },
          { ...claim, size: 0 },
          { ...claim, size: size * 4 },
        ];
        for (const wrong of near) expect(verifyInclusion(nodeHasher, wrong)).toBe(false);
      }
    }
  });
});

describe("verifyConsistency", () => {
  it("holds for the one pair of trees and proof, and for nothing near them", () => {
    for (const [from, to] of [
      [1, 2],
      [1, 8],
      [2, 5],
      [3, 7],
      [4, 8],
      [6, 8],
      [7, 8],
      [8, 33],
      [13, 40],
      [32, 33],
    ] as const) {
      const proof = textbookConsistency(from, leaves.slice(0, to));
      const claim = {
        from: { size: from, root: rootAt(from) },
        to: { size: to, root: rootAt(to) },
        proof,
      };
      expect(verifyConsistency(nodeHasher, claim)).toBe(true);
      const near: ConsistencyClaim[] = [
        ...damaged(proof).map((wrong) => ({ ...claim, proof: wrong })),
        { ...claim, proof: [] },
        { ...claim, from: { size: from, root: flipped(rootAt(from), 5) } },
        { ...claim, to: { size: to, root: flipped(rootAt(to), 5) } },
        { ...claim, from: claim.to, to: claim.from },
        { ...claim, from: { size: from + 1, root: rootAt(from) } },
        { ...claim, from: { size: from - 1, root: rootAt(from) } },
        { ...claim, to: { size: to * 4, root: rootAt(to) } },
        { ...claim, to: { size: from, root: rootAt(to) } },
      ];
      for (const wrong of near) expect(verifyConsistency(nodeHasher, wrong)).toBe(false);
    }
  });

  it("of equal sizes asks for equal roots and no proof; of the empty tree for its root and no proof", () => {
    const tree = (size: number, root = rootAt(size)) => ({ size, root });
    const verify = (claim: ConsistencyClaim) => verifyConsistency(nodeHasher, claim);
    expect(verify({ from: tree(5), to: tree(5), proof: [] })).toBe(true);
    expect(verify({ from: tree(5), to: tree(5, rootAt(4)), proof: [] })).toBe(false);
    expect(verify({ from: tree(5), to: tree(5), proof: [rootAt(5)] })).toBe(false);
    expect(verify({ from: tree(0), to: tree(5), proof: [] })).toBe(true);
    expect(verify({ from: tree(0), to: tree(0), proof: [] })).toBe(true);
    expect(verify({ from: tree(0), to: tree(0, rootAt(1)), proof: [] })).toBe(false);
    expect(verify({ from: tree(0, rootAt(1)), to: tree(5), proof: [] })).toBe(false);
    expect(verify({ from: tree(0), to: tree(5), proof: [rootAt(5)] })).toBe(false);
  });
});

describe("a size", () => {
  it("is bound by the checkpoint alone: sizes of one shape are not told apart by a proof", () => {
    const proof = textbookPath(4, leaves.slice(0, 7));
    const claim = { leaf: leaves[4] ?? "", index: 4, proof, root: rootAt(7) };
    const sizes = Array.from({ length: 100 }, (_, size) => size);
    expect(sizes.filter((size) => verifyInclusion(nodeHasher, { ...claim, size }))).toEqual([7, 8]);
    const from = { size: 5, root: rootAt(5) };
    const steps = textbookConsistency(5, leaves.slice(0, 7));
    const holds = (size: number) =>
      verifyConsistency(nodeHasher, { from, to: { size, root: rootAt(7) }, proof: steps });
    expect(sizes.filter(holds)).toEqual([7, 8]);
  });
});

describe("both", () => {
  it("are total: whatever is put in their fields, the answer is false", () => {
    const junk = fc.oneof(
      fc.anything(),
      fc.constantFrom(
        -1,
        0.5,
        2 ** 53,
        Number.NaN,
        "A".repeat(64),
        "a".repeat(63),
        [["ab".repeat(32)]],
        {},
      ),
    );
    const leaf = leaves[4] ?? "";
    const inclusion = {
      leaf,
      index: 4,
      size: 7,
      proof: textbookPath(4, leaves.slice(0, 7)),
      root: rootAt(7),
    };
    const consistency = {
      from: { size: 5, root: rootAt(5) },
      to: { size: 7, root: rootAt(7) },
      proof: textbookConsistency(5, leaves.slice(0, 7)),
    };
    fc.assert(
      fc.property(
        fc.constantFrom("leaf", "index", "size", "proof", "root"),
        junk,
        (field, value) => {
          // 8 is the one other size of this shape, see above.
          fc.pre(!(field === "size" && value === 8));
          const wrong = { ...inclusion, [field]: value };
          fc.pre(JSON.stringify(wrong) !== JSON.stringify(inclusion));
          expect(verifyInclusion(nodeHasher, wrong as InclusionClaim)).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom("from", "to"),
        fc.constantFrom("size", "root"),
        junk,
        (side, field, value) => {
          fc.pre(!(side === "to" && field === "size" && value === 8));
          const wrong = {
            ...consistency,
            [side]: { ...consistency[side as "from"], [field]: value },
          };
          fc.pre(JSON.stringify(wrong) !== JSON.stringify(consistency));
          expect(verifyConsistency(nodeHasher, wrong as ConsistencyClaim)).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.oneof(junk, fc.array(junk)), (proof) => {
        expect(verifyConsistency(nodeHasher, { ...consistency, proof } as ConsistencyClaim)).toBe(
          false,
        );
        expect(verifyInclusion(nodeHasher, { ...inclusion, proof } as InclusionClaim)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
