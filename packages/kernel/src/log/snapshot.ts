import type { Hasher, ValueHash } from "../hash.ts";
import { hashOfCanonical } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { IndexedHead } from "../reduce/document.ts";
import type { ChunkRef } from "./snapshot-chunk.ts";
import { encodeChunk, groupHeads, headsHash } from "./snapshot-chunk.ts";
import type { SnapshotFacts, SnapshotManifest } from "./snapshot-manifest.ts";
import { createManifest, encodeManifest } from "./snapshot-manifest.ts";

/** A snapshot on its way to a journal; `manifest` and `decoded` are known once `chunks` was walked to its end. */
export interface BegunSnapshot {
  readonly index: number;
  /** Hashes and texts of the chunks that are new. Made as they are walked, once: what was given out is not held here. */
  readonly chunks: Iterable<readonly [hash: ValueHash, text: string]>;
  readonly manifest: string;
  /** What `manifest` decodes to; the next snapshot's `previous`. */
  readonly decoded: SnapshotManifest;
}

/**
 * Begins a snapshot of immutable documents, in whatever order they come. Chunks that `previous`, a snapshot that is
 * durable, has already are neither written out nor hashed again: sequence numbers grow in each record that touches an
 * instance, so equal document hashes are equal documents. The bytes do not depend on `previous`.
 */
export function beginSnapshot(
  hasher: Hasher,
  world: { readonly facts: SnapshotFacts; readonly heads: Iterable<IndexedHead> },
  previous: SnapshotManifest | null,
): BegunSnapshot {
  const { facts } = world;
  assert(
    facts.frontier.size === facts.lastAppliedIndex + 1,
    "K4: the tree has a leaf for each record applied",
  );
  const known = new Map(previous?.chunks.map((chunk) => [chunk.prefix, chunk]));
  // Taken from the end: a document that was replaced is let go as soon as its chunk is written.
  const groups = groupHeads(hasher, world.heads).toReversed();
  const refs: ChunkRef[] = [];
  let end: Pick<BegunSnapshot, "manifest" | "decoded"> | null = null;

  function* walk(): Generator<readonly [ValueHash, string], void, undefined> {
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      const heads = headsHash(hasher, group);
      const before = known.get(group.prefix);
      if (before?.heads === heads) {
        refs.push(before);
        continue;
      }
      const text = encodeChunk(group);
      const hash = hashOfCanonical(hasher, text);
      refs.push({ count: group.heads.length, hash, heads, prefix: group.prefix });
      yield [hash, text];
    }
    const decoded = createManifest(hasher, facts, refs);
    end = { manifest: encodeManifest(decoded), decoded };
  }

  const atEnd = (): Pick<BegunSnapshot, "manifest" | "decoded"> => {
    assert(end !== null, "a manifest is known once all chunks were made");
    return end;
  };
  return {
    index: facts.lastAppliedIndex,
    chunks: walk(),
    get manifest() {
      return atEnd().manifest;
    },
    get decoded() {
      return atEnd().decoded;
    },
  };
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
