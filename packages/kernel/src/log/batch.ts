import { assert } from "../invariant.ts";
import { RECORD_BYTES_MAX } from "../limits.ts";
import { crc32c } from "./crc32c.ts";
import { readCount, readU64, writeU64 } from "./u64.ts";

/**
 * A batch of records as it lies in a segment (kernel design §4): written in one piece, synced once.
 *
 * | at | bytes | field of the batch's header |
 * |---|---|---|
 * | 0 | 4 | magic: FF 73 77 FE; no UTF-8 text holds FF or FE, so no record can look like a batch |
 * | 4 | 4 | u32 bytes of the frames that follow, this header not counted |
 * | 8 | 4 | u32 count of records, at least 1 |
 * | 12 | 8 | u64 index of the first record |
 * | 20 | 8 | u64 durable: highest index that was durable when this was written; all bits set = none |
 * | 28 | 8 | u64 term of the writer |
 * | 36 | 4 | u32 CRC-32C of bytes 0 … 35 |
 *
 * | at | bytes | field of a record's frame |
 * |---|---|---|
 * | 0 | 4 | u32 length of the body, 1 … 65,535 |
 * | 4 | 4 | u32 CRC-32C of the four bytes of length, then the body |
 * | 8 | length | body: the record's canonical text in UTF-8 |
 * | 8 + length | 1 | 0A, so that `less` shows a record a line |
 *
 * Integers are little-endian. The last byte is never zero, so what follows in a preallocated file can be told from it.
 */
export interface BatchHeader {
  readonly bytes: number;
  readonly count: number;
  readonly durable: number;
  readonly firstIndex: number;
  readonly term: number;
}

export const BATCH_HEADER_BYTES = 40;
/** Length and checksum before a body. */
export const FRAME_HEADER_BYTES = 8;
const FRAME_BYTES = FRAME_HEADER_BYTES + 1;
export const FRAME_END = 0x0a;

/** FF 73 77 FE as they lie on disk. */
export const BATCH_MAGIC = 0xfe_77_73_ff;
const AT_BYTES = 4;
const AT_COUNT = 8;
const AT_FIRST_INDEX = 12;
const AT_DURABLE = 20;
const AT_TERM = 28;
const AT_CRC = 36;
const U32_MAX = 0xffff_ffff;

/** Bytes that `encodeBatch` will write. */
export function batchLength(records: readonly Uint8Array[]): number {
  let length = BATCH_HEADER_BYTES;
  for (const record of records) length += FRAME_BYTES + record.length;
  return length;
}

export interface BatchPlace {
  readonly firstIndex: number;
  /** Highest index that is durable now, `NO_INDEX` where nothing is; below `firstIndex`. */
  readonly durable: number;
  readonly term: number;
}

/**
 * Writes a batch into `target` from `offset` on and gives the offset behind it. `records` are UTF-8 texts of
 * 1 … 65,535 bytes. One pass; allocates one view.
 */
export function encodeBatch(
  records: readonly Uint8Array[],
  place: BatchPlace,
  into: { readonly target: Uint8Array; readonly offset: number },
): number {
  const { target, offset } = into;
  const end = offset + batchLength(records);
  assert(records.length > 0, "a batch has at least one record");
  assert(place.durable < place.firstIndex, "what is being written is not durable yet");
  assert(end <= target.length, `a batch of ${end - offset} bytes fits its segment`);
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  let at = offset + BATCH_HEADER_BYTES;
  for (const record of records) {
    assert(
      record.length > 0 && record.length <= RECORD_BYTES_MAX,
      `a record of ${record.length} bytes`,
    );
    view.setUint32(at, record.length, true);
    target.set(record, at + FRAME_HEADER_BYTES);
    view.setUint32(at + 4, frameChecksum(view, at, record.length), true);
    at += FRAME_HEADER_BYTES + record.length;
    target[at] = FRAME_END;
    at += 1;
  }
  writeHeader(view, offset, {
    ...place,
    bytes: at - offset - BATCH_HEADER_BYTES,
    count: records.length,
  });
  return at;
}

function writeHeader(view: DataView, at: number, header: BatchHeader): void {
  assert(header.bytes <= U32_MAX, "a batch's length is 32 bits");
  view.setUint32(at, BATCH_MAGIC, true);
  view.setUint32(at + AT_BYTES, header.bytes, true);
  view.setUint32(at + AT_COUNT, header.count, true);
  writeU64(view, at + AT_FIRST_INDEX, header.firstIndex);
  writeU64(view, at + AT_DURABLE, header.durable);
  writeU64(view, at + AT_TERM, header.term);
  view.setUint32(at + AT_CRC, crc32c(view, at, at + AT_CRC), true);
}

/** Checksum of the frame that begins at `at`, with a body of `length` bytes. */
export function frameChecksum(view: DataView, at: number, length: number): number {
  const body = at + FRAME_HEADER_BYTES;
  return crc32c(view, body, body + length, crc32c(view, at, at + 4));
}

/** The header at `at`, or undefined where none is, or none whose checksum holds. Total over any bytes. */
export function decodeBatchHeader(view: DataView, at: number): BatchHeader | undefined {
  if (at + BATCH_HEADER_BYTES > view.byteLength || view.getUint32(at, true) !== BATCH_MAGIC)
    return undefined;
  if (view.getUint32(at + AT_CRC, true) !== crc32c(view, at, at + AT_CRC)) return undefined;
  const firstIndex = readCount(view, at + AT_FIRST_INDEX);
  const durable = readU64(view, at + AT_DURABLE);
  const term = readCount(view, at + AT_TERM);
  if (firstIndex === undefined || durable === undefined || term === undefined) return undefined;
  const bytes = view.getUint32(at + AT_BYTES, true);
  return { bytes, count: view.getUint32(at + AT_COUNT, true), durable, firstIndex, term };
}
