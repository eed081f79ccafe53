import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { encodeSegmentHeader, type SegmentHeader } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { SEGMENT_BYTES_UNIT, ZEROS_BYTES } from "./limits.ts";
import { segmentPath } from "./segment-name.ts";
import { discard, removeIfThere, TEMP_END, writeAll } from "./whole-file.ts";

/** An open segment that nothing was appended to. */
export interface FreshSegment {
  readonly path: string;
  readonly file: number;
  readonly bytes: number;
}

interface Prepared {
  readonly file: number;
  readonly bytes: number;
}

/**
 * The next segment, filled with zeros while the one before is being written: overwriting what was written and synced once
 * needs no change of the file's length, which halves the cost of a sync. P1: a spare is whole and synced, or is not there. Its
 * name has the writer's term: one that was replaced and does not know it yet touches only its own.
 */
export class SpareSegment {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #temp: string;
  #spare: Prepared | null = null;
  #preparing: Promise<void> | null = null;

  constructor(disk: Disk, folder: string, term: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#temp = join(folder, `spare-${term}${TEMP_END}`);
  }

  /** Begins to prepare one beside the caller's work. What fails here fails again, and is told, when it is needed. */
  prepare(bytes: number): void {
    if (this.#spare !== null || this.#preparing !== null) return;
    this.#preparing = this.#fill(bytes)
      .catch(() => {})
      .finally(() => {
        this.#preparing = null;
      });
  }

  /**
   * A segment of at least so many bytes under its own name: header, sync, rename, sync of the folder. Where it throws
   * for want of room, nothing has changed. `mustHold` throws where another writer took over while it waited: the name is
   * no longer this writer's to give.
   */
  async take(bytes: number, header: SegmentHeader, mustHold: () => void): Promise<FreshSegment> {
    await this.#preparing;
    if (this.#spare !== null && this.#spare.bytes < bytes) this.drop();
    if (this.#spare === null) await this.#fill(bytes);
    mustHold();
    const spare = this.#spare;
    if (spare === null) throw new Error("P1: a spare that was filled is there");
    const path = segmentPath(this.#folder, header.firstIndex);
    writeAll(this.#disk, spare.file, { bytes: encodeSegmentHeader(header), offset: 0 });
    this.#disk.sync(spare.file);
    this.#disk.rename(this.#temp, path);
    this.#spare = null;
    this.#disk.syncFolder(this.#folder);
    return { path, file: spare.file, bytes: spare.bytes };
  }

  /** Waits until nothing is being prepared, and gives back the room. */
  async close(): Promise<void> {
    await this.#preparing;
    this.drop();
  }

  drop(): void {
    if (this.#spare === null) return;
    const { file } = this.#spare;
    this.#spare = null;
    this.#disk.close(file);
    discard(this.#disk, this.#temp);
  }

  async #fill(least: number): Promise<void> {
    const disk = this.#disk;
    const bytes = Math.ceil(least / SEGMENT_BYTES_UNIT) * SEGMENT_BYTES_UNIT;
    const zeros = new Uint8Array(Math.min(bytes, ZEROS_BYTES));
    removeIfThere(disk, this.#temp);
    const file = disk.open(this.#temp, "create");
    try {
      for (let offset = 0; offset < bytes; offset += zeros.length) {
        writeAll(disk, file, { bytes: zeros.subarray(0, bytes - offset), offset });
        await disk.flush(file);
        await nextTurn();
      }
    } catch (error) {
      disk.close(file);
      discard(disk, this.#temp);
      throw error;
    }
    this.#spare = { file, bytes };
  }
}
