import { crc32c } from "./crc32c.ts";
import type { JournalIdentity } from "./journal-identity.ts";
import {
  IDENTITY_BYTES,
  identityProblem,
  readIdentity,
  writeIdentity,
} from "./journal-identity.ts";
import { readCount, writeU64 } from "./u64.ts";

/**
 * Head of a segment file (kernel design §4). A segment is created under another name, its header synced, then renamed,
 * so a segment that can be seen has a whole header: a bad one is corruption, never a torn write.
 *
 * | at | bytes | field |
 * |---|---|---|
 * | 0 | 4 | magic: `SWSG` in ASCII |
 * | 4 | 4 | u32 format: 1 |
 * | 8 | 16 | cluster id |
 * | 24 | 32 | node id |
 * | 56 | 8 | u64 index of the first record |
 * | 64 | 8 | u64 generation: of the newest superblock when the segment was created |
 * | 72 | 4 | u32 CRC-32C of bytes 0 … 71 |
 *
 * Integers are little-endian. Batches follow at once (`batch.ts`); the rest of the file is zeros.
 */
export interface SegmentHeader extends JournalIdentity {
  readonly firstIndex: number;
  readonly generation: number;
}

export const SEGMENT_HEADER_BYTES = 76;
/** `SWSG` as the four bytes lie on disk. */
const MAGIC = 0x47_53_57_53;
const FORMAT = 1;

const AT_FORMAT = 4;
const AT_IDENTITY = 8;
const AT_FIRST_INDEX = AT_IDENTITY + IDENTITY_BYTES;
const AT_GENERATION = AT_FIRST_INDEX + 8;
const AT_CRC = AT_GENERATION + 8;

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(AT_FORMAT, FORMAT, true);
  writeIdentity(bytes, AT_IDENTITY, header);
  writeU64(view, AT_FIRST_INDEX, header.firstIndex);
  writeU64(view, AT_GENERATION, header.generation);
  view.setUint32(AT_CRC, crc32c(view, 0, AT_CRC), true);
  return bytes;
}

export type DecodedSegmentHeader =
  | { readonly ok: true; readonly header: SegmentHeader }
  | { readonly ok: false; readonly problem: string };

/** Reads the head of a segment; `expected` is what the journal says that it must be. Total over any bytes. */
export function decodeSegmentHeader(
  bytes: Uint8Array,
  expected: JournalIdentity & { readonly firstIndex: number },
): DecodedSegmentHeader {
  if (bytes.length < SEGMENT_HEADER_BYTES) {
    return refuse(`the file has ${bytes.length} bytes, fewer than a segment's header`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse("it does not begin as a segment does");
  if (view.getUint32(AT_CRC, true) !== crc32c(view, 0, AT_CRC)) {
    return refuse("the checksum of the segment's header is wrong");
  }
  const format = view.getUint32(AT_FORMAT, true);
  if (format !== FORMAT)
    return refuse(`it has format ${format}; this build reads format ${FORMAT}`);
  const identity = readIdentity(bytes, AT_IDENTITY);
  const foreign = identityProblem(identity, expected);
  if (foreign !== undefined) return refuse(foreign);
  const firstIndex = readCount(view, AT_FIRST_INDEX);
  const generation = readCount(view, AT_GENERATION);
  if (firstIndex !== expected.firstIndex) {
    return refuse(`it begins at record ${firstIndex}, not at ${expected.firstIndex}`);
  }
  if (generation === undefined) return refuse("its generation is no safe integer");
  return { ok: true, header: { ...identity, firstIndex, generation } };
}

function refuse(problem: string): DecodedSegmentHeader {
  return { ok: false, problem };
}
