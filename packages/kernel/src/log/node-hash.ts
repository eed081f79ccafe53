import type { Hasher } from "../hash.ts";
import { assert } from "../invariant.ts";

/** Bytes of one SHA-256 hash, and of a node's preimage: 0x01 ‖ left ‖ right. */
export const HASH_BYTES = 32;
const PREIMAGE_BYTES = 1 + 2 * HASH_BYTES;

export type NodeHasher = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/**
 * RFC 6962 §2.1 hash of an inner node: SHA-256(0x01 ‖ left ‖ right). The function keeps one scratch buffer, as
 * the preimage is read before it answers; the hashes that it is given are never kept or changed.
 */
export function createNodeHasher(hasher: Hasher): NodeHasher {
  const preimage = new Uint8Array(PREIMAGE_BYTES);
  preimage[0] = 0x01;
  return (left, right) => {
    assert(
      left.length === HASH_BYTES && right.length === HASH_BYTES,
      "a node has two hashes of 32 bytes",
    );
    preimage.set(left, 1);
    preimage.set(right, 1 + HASH_BYTES);
    return hasher.sha256(preimage);
  };
}
