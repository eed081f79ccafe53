import type { Hasher, LeafHash } from "../hash.ts";
import { hex } from "../hash.ts";
import { hexBytes, isLeafHash } from "./hex-bytes.ts";
import { createNodeHasher } from "./node-hash.ts";
import type { NodeHasher } from "./node-hash.ts";

export interface InclusionClaim {
  readonly leaf: LeafHash;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly LeafHash[];
  readonly root: LeafHash;
}

export interface ConsistencyClaim {
  readonly from: { readonly size: number; readonly root: LeafHash };
  readonly to: { readonly size: number; readonly root: LeafHash };
  readonly proof: readonly LeafHash[];
}

/**
 * Whether the leaf is at `index` of the tree of `size` leaves with that root (RFC 9162 §2.1.3.2).
 * Total: what is no hash, no size or no proof gives false.
 * A root does not say of how many leaves it is: trees in which the path has one shape are not told apart (leaf 4 of 7 and
 * of 8). So size and root must come from one signed checkpoint, never one of them from elsewhere.
 */
export function verifyInclusion(hasher: Hasher, claim: InclusionClaim): boolean {
  if (!isSize(claim.size) || !isSize(claim.index) || claim.index >= claim.size) return false;
  if (!areHashes([claim.leaf, claim.root]) || !areHashes(claim.proof)) return false;
  const nodeHash = createNodeHasher(hasher);
  let node = hexBytes(claim.leaf);
  let at = claim.index;
  let last = claim.size - 1;
  for (const step of claim.proof) {
    if (last === 0) return false;
    const sibling = hexBytes(step);
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sibling, node);
      // A node without a right sibling goes up unhashed.
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && hex(node) === claim.root;
}

/**
 * Whether the first tree is a prefix of the second (RFC 9162 §2.1.4.2). The empty tree is a prefix of every one, with an
 * empty proof and the root of nothing. Total, as `verifyInclusion`.
 */
export function verifyConsistency(hasher: Hasher, claim: ConsistencyClaim): boolean {
  const { from, to, proof } = claim;
  if (!isSize(from.size) || !isSize(to.size) || from.size > to.size) return false;
  if (!areHashes([from.root, to.root]) || !areHashes(proof)) return false;
  if (from.size === 0) {
    const isEmpty = proof.length === 0 && from.root === hex(hasher.sha256(""));
    return isEmpty && (to.size > 0 || to.root === from.root);
  }
  if (from.size === to.size) return proof.length === 0 && from.root === to.root;
  return leadsToBoth(createNodeHasher(hasher), claim);
}

/** 0 < from.size < to.size */
function leadsToBoth(nodeHash: NodeHasher, claim: ConsistencyClaim): boolean {
  let at = claim.from.size - 1;
  let last = claim.to.size - 1;
  while (at % 2 === 1) {
    at = half(at);
    last = half(last);
  }
  // `at` is 0 where the old tree is a perfect subtree: then its root is the first hash, and is not sent.
  const [first, ...steps] = at === 0 ? [claim.from.root, ...claim.proof] : claim.proof;
  if (first === undefined) return false;
  let oldNode = hexBytes(first);
  let newNode = oldNode;
  for (const step of steps) {
    if (last === 0) return false;
    const sibling = hexBytes(step);
    if (at % 2 === 1 || at === last) {
      oldNode = nodeHash(sibling, oldNode);
      newNode = nodeHash(sibling, newNode);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      newNode = nodeHash(newNode, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && hex(oldNode) === claim.from.root && hex(newNode) === claim.to.root;
}

/** Half of a safe integer, rounded down; shifts would cut it to 32 bits. */
function half(value: number): number {
  return (value - (value % 2)) / 2;
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function areHashes(values: unknown): boolean {
  return Array.isArray(values) && values.every(isLeafHash);
}
