import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { assert, type SnapshotFiles, type StoredSnapshot } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import {
  discard,
  isThere,
  keepTemp,
  readWhole,
  removeIfThere,
  storeFileApart,
  TEMP_END,
  writeTemp,
} from "./whole-file.ts";

const MANIFEST_NAME = /^([0-9]{16})\.json$/u;
const CHUNK_NAME = /^(sha256-[0-9a-f]{64})\.json$/u;
const CHUNK_HASH = /^sha256-[0-9a-f]{64}$/u;
const CHUNK_HASHES = /sha256-[0-9a-f]{64}/gu;
/** Chunks that are made and written in one turn of the loop: about a millisecond. */
const CHUNKS_A_TURN = 8;

/**
 * Snapshots as files: manifests by index, chunks by content. A manifest gets its name only after every chunk that it
 * names is durable, so whatever manifest can be seen is whole; one that rotted is still listed, and found by reading it.
 */
export class SnapshotStore {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #chunks: string;
  readonly #keptMax: number;

  constructor(
    disk: Disk,
    about: { readonly folder: string; readonly chunks: string; readonly keptMax: number },
  ) {
    this.#disk = disk;
    this.#folder = about.folder;
    this.#chunks = about.chunks;
    this.#keptMax = about.keptMax;
  }

  /** Newest first. */
  list(): readonly StoredSnapshot[] {
    return this.#indexes().map((index) => ({
      manifest: this.#readText(this.#manifestPath(index)) ?? "",
      chunk: async (hash) =>
        CHUNK_HASH.test(hash) ? this.#readText(this.#chunkPath(hash)) : undefined,
    }));
  }

  /**
   * Resolves when the snapshot is durable. Chunks first, all of them, then the manifest. They are written before any is synced:
   * as long as a chunk waits to be made, the documents in it are held, also those that were replaced since.
   */
  async save(snapshot: SnapshotFiles): Promise<void> {
    const written: string[] = [];
    const fresh: string[] = [];
    try {
      let made = 0;
      for (const [hash, text] of snapshot.chunks) {
        if (this.#writeChunk(hash, text)) written.push(hash);
        made += 1;
        if (made % CHUNKS_A_TURN === 0) await nextTurn();
      }
      for (const hash of written) {
        const path = this.#chunkPath(hash);
        const isNew = !isThere(this.#disk, path);
        await keepTemp(this.#disk, path);
        if (isNew) fresh.push(hash);
      }
      this.#disk.syncFolder(this.#chunks);
      const manifest = Buffer.from(snapshot.manifest);
      await storeFileApart(this.#disk, this.#manifestPath(snapshot.index), manifest);
    } catch (error) {
      // A full disk is tried again and again, each time with other chunks.
      for (const hash of fresh) discard(this.#disk, this.#chunkPath(hash));
      for (const hash of written) discard(this.#disk, `${this.#chunkPath(hash)}${TEMP_END}`);
      throw error;
    }
    this.#disk.syncFolder(this.#folder);
  }

  /** Takes away all manifests but the newest few, then what nothing names any more. */
  prune(): void {
    const dropped = this.#indexes().slice(this.#keptMax);
    if (dropped.length === 0) return;
    for (const index of dropped) removeIfThere(this.#disk, this.#manifestPath(index));
    // Durable before any chunk goes: a manifest that can be seen has its chunks.
    this.#disk.syncFolder(this.#folder);
    this.sweep();
  }

  /**
   * Takes away chunks that no manifest names: those of dropped snapshots, and of one that a crash ended. Nothing goes while
   * a manifest cannot be read, or where none names any. What cannot be taken away stays, and does no harm.
   */
  sweep(): void {
    const texts = this.#indexes().map((index) => this.#readText(this.#manifestPath(index)));
    if (texts.includes(undefined)) return;
    const named = new Set(texts.flatMap((text) => text?.match(CHUNK_HASHES) ?? []));
    if (named.size === 0) return;
    for (const name of this.#disk.list(this.#chunks)) {
      const hash = CHUNK_NAME.exec(name)?.[1];
      if (hash !== undefined && !named.has(hash)) discard(this.#disk, this.#chunkPath(hash));
    }
  }

  /** True where it was written: a chunk that is there is written again only if it rotted. */
  #writeChunk(hash: string, text: string): boolean {
    assert(CHUNK_HASH.test(hash), `a chunk's name is a value hash: ${hash}`);
    const path = this.#chunkPath(hash);
    if (this.#readText(path) === text) return false;
    writeTemp(this.#disk, path, Buffer.from(text));
    return true;
  }

  #chunkPath(hash: string): string {
    return join(this.#chunks, `${hash}.json`);
  }

  #indexes(): readonly number[] {
    return this.#disk
      .list(this.#folder)
      .flatMap((name) => MANIFEST_NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((left, right) => right - left);
  }

  #manifestPath(index: number): string {
    return join(this.#folder, `${String(index).padStart(16, "0")}.json`);
  }

  /** Undefined where it is missing or the disk cannot read it. */
  #readText(path: string): string | undefined {
    try {
      const bytes = readWhole(this.#disk, path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
    } catch {
      return undefined;
    }
  }
}
