import type { Hasher, ValueHash } from "../../hash.ts";
import { beginSnapshot } from "../snapshot.ts";
import type { SnapshotManifest } from "../snapshot-manifest.ts";

/** A snapshot that was written to its end. */
export interface TakenSnapshot {
  readonly index: number;
  readonly manifest: string;
  readonly chunks: ReadonlyMap<ValueHash, string>;
  readonly decoded: SnapshotManifest;
}

/** Begins one and walks its chunks. */
export function takeSnapshot(
  hasher: Hasher,
  world: Parameters<typeof beginSnapshot>[1],
  previous: SnapshotManifest | null,
): TakenSnapshot {
  const begun = beginSnapshot(hasher, world, previous);
  const chunks = new Map(begun.chunks);
  return { index: begun.index, manifest: begun.manifest, chunks, decoded: begun.decoded };
}
