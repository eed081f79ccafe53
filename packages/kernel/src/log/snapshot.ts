import type { Hasher, ValueHash } from "../hash.ts";
import { hashOfCanonical } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { ChunkRef, SnapshotHead } from "./snapshot-chunk.ts";
import { encodeChunk, groupHeads, headsHash } from "./snapshot-chunk.ts";
import type { SnapshotFacts, SnapshotManifest } from "./snapshot-manifest.ts";
import { createManifest, encodeManifest } from "./snapshot-manifest.ts";

/** A snapshot as it is written: `manifest` and `chunks` are texts, `chunks` by hash and only those that are new. */
export interface TakenSnapshot {
  readonly index: number;
  readonly manifest: string;
  readonly chunks: ReadonlyMap<ValueHash, string>;
  /** What `manifest` decodes to; the next snapshot's `previous`. */
  readonly decoded: SnapshotManifest;
}

/**
 * Takes a snapshot of immutable documents, in whatever order they come. Chunks that `previous`, a snapshot that is
 * durable, has already are neither written out nor hashed again: sequence numbers grow in each record that touches an
 * instance, so equal document hashes are equal documents. The bytes do not depend on `previous`.
 */
export function takeSnapshot(
  hasher: Hasher,
  world: { readonly facts: SnapshotFacts; readonly heads: Iterable<SnapshotHead> },
  previous: SnapshotManifest | null,
): TakenSnapshot {
  const { facts } = world;
  assert(
    facts.frontier.size === facts.lastAppliedIndex + 1,
    "K4: the tree has a leaf for each record applied",
  );
  const known = new Map(previous?.chunks.map((chunk) => [chunk.prefix, chunk]));
  const chunks = new Map<ValueHash, string>();
  const refs: ChunkRef[] = [];
  for (const group of groupHeads(hasher, world.heads)) {
    const heads = headsHash(hasher, group);
    const before = known.get(group.prefix);
    if (before?.heads === heads) {
      refs.push(before);
      continue;
    }
    const text = encodeChunk(group);
    const hash = hashOfCanonical(hasher, text);
    chunks.set(hash, text);
    refs.push({ count: group.heads.length, hash, heads, prefix: group.prefix });
  }
  const decoded = createManifest(hasher, facts, refs);
  return { index: facts.lastAppliedIndex, manifest: encodeManifest(decoded), chunks, decoded };
}

export interface ChunkDiff {
  /** In `next` alone: to be written before its manifest is. */
  readonly added: readonly ChunkRef[];
  readonly kept: readonly ChunkRef[];
  /** In `previous` alone: to be deleted once no manifest that is kept names them. */
  readonly removed: readonly ChunkRef[];
}

export function diffChunks(previous: SnapshotManifest | null, next: SnapshotManifest): ChunkDiff {
  const before = previous?.chunks ?? [];
  const old = new Set(before.map((chunk) => chunk.hash));
  const fresh = new Set(next.chunks.map((chunk) => chunk.hash));
  return {
    added: next.chunks.filter((chunk) => !old.has(chunk.hash)),
    kept: next.chunks.filter((chunk) => old.has(chunk.hash)),
    removed: before.filter((chunk) => !fresh.has(chunk.hash)),
  };
}
