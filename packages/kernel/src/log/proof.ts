import type { Hasher, LeafHash } from "../hash.ts";
import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { hexBytes } from "./hex-bytes.ts";
import { createNodeHasher } from "./node-hash.ts";
import { foldRight } from "./tree.ts";

/** The root of the perfect subtree over leaves `index * 2^level` … `(index + 1) * 2^level - 1`. */
export interface NodePlace {
  readonly index: number;
  /** 0 is a leaf; at most 52. */
  readonly level: number;
}

/** Where nodes are found (tiles, a list of leaves, …); undefined where it has that node no more, or not yet. */
export type NodeSource = (place: NodePlace) => LeafHash | undefined;

/**
 * The nodes that a proof is made of: one list for each of its hashes, in the proof's order. A hash is the fold over
 * the perfect subtrees of its list; most lists have one.
 */
export type ProofPlan = readonly (readonly NodePlace[])[];

/** PATH(index, D[size]) of RFC 6962 §2.1.1. */
export function planInclusion(about: { readonly index: number; readonly size: number }): ProofPlan {
  const { index, size } = about;
  assert(Number.isSafeInteger(size) && size > 0, `a tree with leaves: ${size}`);
  assert(Number.isSafeInteger(index) && index >= 0 && index < size, `leaf ${index} of ${size}`);
  const plan: (readonly NodePlace[])[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      plan.push(subtreesOf(middle, to));
      to = middle;
    } else {
      plan.push(subtreesOf(from, middle));
      from = middle;
    }
  }
  return plan.toReversed();
}

/**
 * PROOF(from, D[to]) of RFC 6962 §2.1.2: that the tree of `from` leaves is a prefix of the tree of `to`.
 * Empty for the empty tree and for equal sizes.
 */
export function planConsistency(sizes: { readonly from: number; readonly to: number }): ProofPlan {
  assert(Number.isSafeInteger(sizes.to), `a size: ${sizes.to}`);
  assert(Number.isSafeInteger(sizes.from) && sizes.from >= 0, `a size: ${sizes.from}`);
  assert(sizes.from <= sizes.to, `${sizes.from} leaves cannot go on to ${sizes.to}`);
  if (sizes.from === 0) return [];
  const plan: (readonly NodePlace[])[] = [];
  let from = 0;
  let to = sizes.to;
  while (sizes.from !== to) {
    const middle = from + splitOf(to - from);
    if (sizes.from <= middle) {
      plan.push(subtreesOf(middle, to));
      to = middle;
    } else {
      plan.push(subtreesOf(from, middle));
      from = middle;
    }
  }
  // The verifier has the old root already, where the old tree is a whole subtree of the new one.
  if (from > 0) plan.push(subtreesOf(from, to));
  return plan.toReversed();
}

/** The hashes of a plan; undefined where the source lacks one of the nodes. */
export function proofOf(
  hasher: Hasher,
  about: { readonly plan: ProofPlan; readonly nodes: NodeSource },
): readonly LeafHash[] | undefined {
  const nodeHash = createNodeHasher(hasher);
  const proof: LeafHash[] = [];
  for (const places of about.plan) {
    const hashes: Uint8Array[] = [];
    for (const place of places) {
      const hash = about.nodes(place);
      if (hash === undefined) return undefined;
      hashes.push(hexBytes(hash));
    }
    proof.push(hex(foldRight(hashes, nodeHash)));
  }
  return proof;
}

/** The largest power of two below `count`, which is at least 2 (RFC 6962 §2.1's k). */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** The perfect subtrees that leaves `from` … `to - 1` fall into, largest first; `from` is aligned to the first. */
export function subtreesOf(from: number, to: number): readonly NodePlace[] {
  const places: NodePlace[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    let span = 1;
    while (span * 2 <= to - at) {
      span *= 2;
      level += 1;
    }
    assert(at % span === 0, "a range of a Merkle tree begins where its largest subtree begins");
    places.push({ index: at / span, level });
    at += span;
  }
  return places;
}
