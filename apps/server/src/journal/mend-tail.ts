import { BATCH_HEADER_BYTES, decodeBatchHeader, type SegmentScan } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { ZEROS_AGAIN_BYTES } from "./limits.ts";
import { takeBack, writeZeros } from "./take-back.ts";
import { writeAll } from "./whole-file.ts";

/** The last segment as it was read, and what the scan says of it. */
export interface Tail {
  readonly bytes: Uint8Array;
  readonly firstIndex: number;
  /** Of these bytes; not corrupt. */
  readonly scan: SegmentScan;
}

/**
 * Makes the end of the log fit to be written on: a torn tail is taken back, and what may be nothing but the system's copy
 * of what never reached the disk, since a sync before failed, is written once more: the zeros behind the end, and the
 * batches that no batch after them calls durable. Durable when it returns.
 */
export function mendTail(disk: Pick<Disk, "write" | "sync">, file: number, tail: Tail): void {
  const { bytes, firstIndex } = tail;
  const { durable, end, records } = tail.scan;
  const { offset } = end;
  if (end.kind === "torn") {
    const says = endOfBatch(bytes, offset);
    const to = Math.max(offset + end.bytes, says ?? 0);
    takeBack(disk, file, { offset, bytes: to - offset, hasHeader: says !== undefined });
  }
  const to = Math.min(bytes.length, offset + ZEROS_AGAIN_BYTES);
  writeZeros(disk, file, { from: offset, to });
  const unsure = records[Math.max(0, durable + 1 - firstIndex)];
  if (unsure !== undefined) {
    const from = unsure.offset - BATCH_HEADER_BYTES;
    writeAll(disk, file, { bytes: bytes.subarray(from, offset), offset: from });
  }
  disk.sync(file);
}

/** Offset where the batch at `offset` would end by its own words; undefined where its header cannot be read. */
export function endOfBatch(bytes: Uint8Array, offset: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = decodeBatchHeader(view, offset);
  return header && offset + BATCH_HEADER_BYTES + header.bytes;
}
