import { BATCH_HEADER_BYTES } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { SECTOR_BYTES, ZEROS_BYTES } from "./limits.ts";
import { writeAll } from "./whole-file.ts";

/** A batch that was begun in a segment, and is to be as if it never had been. */
export interface BegunBatch {
  readonly offset: number;
  /** From there to behind the last byte that it may have, by its own words too. */
  readonly bytes: number;
  /** Whether its header can be read, or could be when its taking back was begun. */
  readonly hasHeader: boolean;
}

type Writable = Pick<Disk, "write" | "sync">;

/**
 * Zeros over a begun batch, durably, in an order such that the next start finds a torn tail again, or a clean end, wherever this
 * one ends: after any byte of a write, with any of the sectors on the disk that were not synced, after a sync that failed.
 * Zeros from the front would leave a batch without its beginning, which nobody can tell from damage.
 *
 * With a header the batch first loses its last byte: from then on it is shorter than its header says. Then goes what is
 * behind the header, and the header last: less than a header is torn, and so are the 40 bytes of one. Without a header a
 * sector was never written; the part in the first sector goes first, so that it is the one: it begins the span.
 */
export function takeBack(disk: Writable, file: number, batch: BegunBatch): void {
  const { offset, hasHeader } = batch;
  const end = offset + batch.bytes;
  const behindHeader = Math.min(end, offset + BATCH_HEADER_BYTES);
  const nextSector = Math.min(end, offset + SECTOR_BYTES - (offset % SECTOR_BYTES));
  const steps: readonly (readonly [from: number, to: number])[] = hasHeader
    ? [
        [Math.max(behindHeader, end - 1), end],
        [behindHeader, end],
        [offset, behindHeader],
      ]
    : [
        [offset, nextSector],
        [nextSector, end],
      ];
  for (const [from, to] of steps) {
    if (from === to) continue;
    writeZeros(disk, file, { from, to });
    disk.sync(file);
  }
}

export function writeZeros(
  disk: Pick<Disk, "write">,
  file: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const zeros = new Uint8Array(Math.min(ZEROS_BYTES, to - from));
  for (let offset = from; offset < to; offset += zeros.length)
    writeAll(disk, file, { bytes: zeros.subarray(0, to - offset), offset });
}
