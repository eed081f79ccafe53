import type { Hasher, LeafHash } from "../hash.ts";
import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { hexBytes, isLeafHash } from "./hex-bytes.ts";
import type { NodeHasher } from "./node-hash.ts";
import { createNodeHasher } from "./node-hash.ts";

/**
 * The log's Merkle tree (RFC 6962 §2.1), grown leaf by leaf. Owns the frontier alone: the roots of the perfect
 * subtrees that the leaves so far fall into, largest first. Does not keep leaves or nodes: whoever serves proofs keeps
 * tiles (`tile.ts`). T1: the frontier has one hash for each bit set in the size.
 */
export interface Tree {
  /** Leaves so far. */
  readonly size: number;
  append(leaf: LeafHash): void;
  /** Merkle tree hash of all leaves; SHA-256 of nothing where there are none. */
  root(): LeafHash;
  /** Plain JSON; `createTree(hasher, frontier)` goes on from it. */
  frontier(): Frontier;
}

export interface Frontier {
  /** Roots of the perfect subtrees, largest (leftmost) first. */
  readonly hashes: readonly LeafHash[];
  readonly size: number;
}

export const EMPTY_FRONTIER: Frontier = { hashes: [], size: 0 };

/** Whether T1 holds of something read from outside. */
export function isFrontier(frontier: Frontier): boolean {
  if (!Number.isSafeInteger(frontier.size) || frontier.size < 0) return false;
  return frontier.hashes.length === onesOf(frontier.size) && frontier.hashes.every(isLeafHash);
}

export function createTree(hasher: Hasher, from: Frontier = EMPTY_FRONTIER): Tree {
  assert(
    isFrontier(from),
    "T1: a tree goes on from a frontier with one hash for each bit of its size",
  );
  const nodeHash = createNodeHasher(hasher);
  const roots = from.hashes.map(hexBytes);
  let size = from.size;
  return {
    get size() {
      return size;
    },
    append(leaf) {
      assert(isLeafHash(leaf), `a leaf is 64 hex digits: "${leaf}"`);
      assert(size < Number.MAX_SAFE_INTEGER, "sizes are safe integers");
      append(roots, { leaf: hexBytes(leaf), size, nodeHash });
      size += 1;
    },
    root() {
      return hex(roots.length === 0 ? hasher.sha256("") : foldRight(roots, nodeHash));
    },
    frontier() {
      return { hashes: roots.map(hex), size };
    },
  };
}

/** Each one that ends the size's binary digits is a subtree that the new leaf completes: carry, as in counting. */
function append(
  roots: Uint8Array[],
  step: { readonly leaf: Uint8Array; readonly size: number; readonly nodeHash: NodeHasher },
): void {
  let node = step.leaf;
  for (let rest = step.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = roots.pop();
    assert(left !== undefined, "T1: one hash for each bit of the size");
    node = step.nodeHash(left, node);
  }
  roots.push(node);
}

/** Hash over perfect subtrees in order: the smallest are hashed first, from the right (RFC 6962 §2.1). */
export function foldRight(nodes: readonly Uint8Array[], nodeHash: NodeHasher): Uint8Array {
  let folded: Uint8Array | undefined;
  for (const node of nodes.toReversed())
    folded = folded === undefined ? node : nodeHash(node, folded);
  assert(folded !== undefined, "at least one node");
  return folded;
}

/** Root of a tree of these leaves. */
export function rootOf(hasher: Hasher, leaves: readonly LeafHash[]): LeafHash {
  const tree = createTree(hasher);
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

function onesOf(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = (rest - (rest % 2)) / 2) ones += rest % 2;
  return ones;
}
