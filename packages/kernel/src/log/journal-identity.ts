import { assert } from "../invariant.ts";

/** Whose bytes these are: it stands in every file of a journal, so that a foreign file is found before it is believed. */
export interface JournalIdentity {
  /** The 16 bytes of the origin's 32 hex digits. */
  readonly clusterId: Uint8Array;
  /** The node's raw Ed25519 public key. */
  readonly nodeId: Uint8Array;
}

const CLUSTER_ID_BYTES = 16;
const NODE_ID_BYTES = 32;
export const IDENTITY_BYTES = CLUSTER_ID_BYTES + NODE_ID_BYTES;

export function writeIdentity(bytes: Uint8Array, at: number, identity: JournalIdentity): void {
  assert(identity.clusterId.length === CLUSTER_ID_BYTES, "a cluster id has 16 bytes");
  assert(identity.nodeId.length === NODE_ID_BYTES, "a node id has 32 bytes");
  bytes.set(identity.clusterId, at);
  bytes.set(identity.nodeId, at + CLUSTER_ID_BYTES);
}

/** Copies, so that the identity outlives the buffer. */
export function readIdentity(bytes: Uint8Array, at: number): JournalIdentity {
  return {
    clusterId: bytes.slice(at, at + CLUSTER_ID_BYTES),
    nodeId: bytes.slice(at + CLUSTER_ID_BYTES, at + IDENTITY_BYTES),
  };
}

/** What differs between two identities, for people; undefined where they are the same. */
export function identityProblem(
  found: JournalIdentity,
  expected: JournalIdentity,
): string | undefined {
  if (!areEqual(found.clusterId, expected.clusterId)) return "it belongs to another cluster";
  if (!areEqual(found.nodeId, expected.nodeId)) return "it belongs to another node of this cluster";
  return undefined;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
