import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JournalReader, StoredSnapshot, ValueHash } from "@swoosh/kernel";
import { EvidenceStore } from "../journal/evidence-store.ts";
import { SNAPSHOTS_KEPT_MIN } from "../journal/limits.ts";
import { nodeDisk } from "../journal/node-disk.ts";
import { readSegments, type ReadSegment } from "../journal/read-log.ts";
import { SnapshotStore } from "../journal/snapshot-store.ts";
import { SEGMENTS_KEPT } from "./limits.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true });

/**
 * The journal in a folder, as it was when this was made: read without its lock, and nothing in it is changed, so it works
 * beside a server that writes there, and on a medium that cannot be written. Owns the segments that it read last.
 *
 * FJ1 what a server adds later is not in it. FJ2 a batch that is torn or half written is not in it, and stays where it is.
 */
export class FolderJournal implements JournalReader {
  /** Records that were whole at opening. */
  readonly size: number;
  readonly #folder: string;
  readonly #snapshots: SnapshotStore;
  readonly #evidence: EvidenceStore;
  /** Latest first. */
  #segments: readonly ReadSegment[] = [];

  /** Throws `CorruptJournal` where bytes that may have been acknowledged cannot be read. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#snapshots = new SnapshotStore(nodeDisk, {
      folder: join(folder, "snapshots"),
      chunks: join(folder, "chunks"),
      keptMax: SNAPSHOTS_KEPT_MIN,
    });
    this.#evidence = new EvidenceStore(nodeDisk, join(folder, "evidence"));
    const last = this.#segmentWith(Number.MAX_SAFE_INTEGER);
    this.size = last?.scan.nextIndex ?? 0;
  }

  async read(from: number, limit: number): Promise<readonly string[]> {
    const to = Math.min(from + limit, this.size);
    const texts: string[] = [];
    while (from + texts.length < to) {
      const index = from + texts.length;
      const segment = this.#segmentWith(index);
      const records = segment?.scan.records ?? [];
      const first = index - (segment?.firstIndex ?? 0);
      const found = records.slice(first, first + to - index);
      if (found.length === 0) break;
      for (const { body } of found) texts.push(DECODER.decode(body));
    }
    return texts;
  }

  async snapshots(): Promise<readonly StoredSnapshot[]> {
    return existsSync(join(this.#folder, "snapshots")) ? this.#snapshots.list() : [];
  }

  async evidence(hash: ValueHash): Promise<string | undefined> {
    return this.#evidence.read(hash);
  }

  /** The segment that has this record, or the last one where none has. */
  #segmentWith(index: number): ReadSegment | undefined {
    const kept = this.#segments.find(
      ({ firstIndex, scan }) => firstIndex <= index && index < scan.nextIndex,
    );
    if (kept !== undefined) return kept;
    for (const read of readSegments(this.#folder, { from: index })) {
      this.#segments = [read, ...this.#segments].slice(0, SEGMENTS_KEPT);
      return read;
    }
    return undefined;
  }
}
