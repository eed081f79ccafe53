import { assert } from "../invariant.ts";
import { RECORD_BYTES_MAX } from "../limits.ts";
import {
  BATCH_HEADER_BYTES,
  BATCH_MAGIC,
  decodeBatchHeader,
  FRAME_END,
  FRAME_HEADER_BYTES,
  frameChecksum,
} from "./batch.ts";
import type { BatchHeader } from "./batch.ts";
import type { JournalIdentity } from "./journal-identity.ts";
import type { SegmentHeader } from "./segment-header.ts";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./segment-header.ts";
import { NO_INDEX } from "./u64.ts";

/** What the rest of the journal says about a segment before it is read. */
export interface SegmentExpectation extends JournalIdentity {
  readonly firstIndex: number;
  /** Highest index known to be durable from elsewhere (superblock, other segments); `NO_INDEX` where none is. */
  readonly knownDurable: number;
  /** First index of the next segment, which was created only when all before it was durable; null for the last one. */
  readonly nextFirstIndex: number | null;
  /** Term of the last batch before this segment, 0 where there is none: terms never go back (K8). */
  readonly term: number;
}

export interface ScannedRecord {
  readonly index: number;
  /** Of the frame in the file. */
  readonly offset: number;
  /** UTF-8 text; a view into the bytes that were scanned, not a copy. */
  readonly body: Uint8Array;
}

/**
 * How the good batches of a segment end. `offset` is where the next batch would begin.
 * `clean`: nothing but zeros follows. `torn`: what follows is a batch that was being written when the power failed
 * and cannot have been acknowledged; it is cut, which means overwritten with zeros before anything is appended.
 * `corrupt`: what follows may have been acknowledged; the journal must not be opened.
 */
export type SegmentEnd =
  | { readonly kind: "clean"; readonly offset: number }
  | {
      readonly kind: "torn";
      readonly offset: number;
      readonly bytes: number;
      readonly reason: string;
    }
  | {
      readonly kind: "corrupt";
      readonly offset: number;
      readonly index: number;
      readonly problem: string;
    };

export interface SegmentScan {
  /** Undefined where the head of the file is bad. */
  readonly header: SegmentHeader | undefined;
  /** Of whole batches only. */
  readonly records: readonly ScannedRecord[];
  /** Highest index that a good batch says was durable before it. */
  readonly durable: number;
  readonly nextIndex: number;
  readonly term: number;
  readonly end: SegmentEnd;
}

/** Smallest unit that a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

/** S1: `nextIndex` = first index + records. S2: `offset` is behind a whole batch or the header. */
interface Progress {
  readonly records: ScannedRecord[];
  durable: number;
  nextIndex: number;
  offset: number;
  term: number;
}

/**
 * Reads a segment and tells a torn tail from corruption by the rule of kernel design §4: after the last good batch,
 * the *span* is the bytes up to the last one that is not zero. No span: a clean end. Torn: the first index is above
 * every known durable one, and the span is no longer than a header, or shorter than its valid header says, or shows
 * a sector that was never written. Anything else is corruption.
 *
 * Two points are stricter or wider than these words, for reasons. "Known durable" also counts what a valid header further
 * down in the span says, so that a lost sector before good batches is never cut. The sector in which the span begins
 * counts as never written if its part in the span is zeros: before it stands the batch before, so it can never be
 * zeros as a whole, and a disk that wrote the second sector first leaves exactly that.
 * An end before what is known to be durable is corruption too, however clean.
 */
export function scanSegment(bytes: Uint8Array, expected: SegmentExpectation): SegmentScan {
  const progress: Progress = {
    records: [],
    durable: NO_INDEX,
    nextIndex: expected.firstIndex,
    offset: SEGMENT_HEADER_BYTES,
    term: expected.term,
  };
  const decoded = decodeSegmentHeader(bytes, expected);
  if (!decoded.ok)
    return finish(progress, undefined, corruptAt(0, expected.firstIndex, decoded.problem));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (;;) {
    const fault = readBatch(bytes, view, progress);
    assert(progress.nextIndex === expected.firstIndex + progress.records.length, "S1");
    if (fault !== undefined) {
      return finish(progress, decoded.header, judge(view, { progress, fault, expected }));
    }
  }
}

function finish(
  progress: Progress,
  header: SegmentHeader | undefined,
  end: SegmentEnd,
): SegmentScan {
  const { records, durable, nextIndex, term } = progress;
  return { header, records, durable, nextIndex, term, end };
}

function corruptAt(offset: number, index: number, problem: string): SegmentEnd {
  return { kind: "corrupt", offset, index, problem };
}

/** Why the bytes at the offset are no good batch. */
interface Fault {
  readonly header: BatchHeader | undefined;
  readonly offset: number;
  readonly index: number;
  readonly problem: string;
  /** The header is whole but says what no writer of this journal can have written there. */
  readonly isForeign: boolean;
}

/** Takes the batch at the offset into `progress`, or says why it cannot and leaves all as it was. */
function readBatch(bytes: Uint8Array, view: DataView, progress: Progress): Fault | undefined {
  const { offset, nextIndex } = progress;
  const header = decodeBatchHeader(view, offset);
  if (header === undefined) {
    const problem = "no batch with a valid header begins here";
    return { header, offset, index: nextIndex, problem, isForeign: false };
  }
  const foreign = foreignProblem(header, progress);
  if (foreign !== undefined)
    return { header, offset, index: nextIndex, problem: foreign, isForeign: true };
  const start = offset + BATCH_HEADER_BYTES;
  const end = start + header.bytes;
  let at = start;
  for (let index = nextIndex; index < nextIndex + header.count; index++) {
    const problem = frameProblem(view, at, end);
    if (problem !== undefined) {
      progress.records.length -= index - nextIndex;
      return { header, offset: at, index, problem, isForeign: false };
    }
    const body = at + FRAME_HEADER_BYTES;
    const length = view.getUint32(at, true);
    progress.records.push({ index, offset: at, body: bytes.subarray(body, body + length) });
    at = body + length + 1;
  }
  if (at !== end) {
    progress.records.length -= header.count;
    const problem = `${end - at} bytes more than its ${header.count} records`;
    return { header, offset: at, index: nextIndex, problem, isForeign: true };
  }
  progress.durable = header.durable;
  progress.nextIndex += header.count;
  progress.offset = end;
  progress.term = header.term;
  return undefined;
}

function foreignProblem(header: BatchHeader, progress: Progress): string | undefined {
  if (header.firstIndex !== progress.nextIndex) {
    return `a batch that begins at record ${header.firstIndex}, not at ${progress.nextIndex}`;
  }
  if (header.count === 0) return "a batch of no records";
  if (header.durable >= header.firstIndex || header.durable < progress.durable) {
    return `a batch that calls record ${header.durable} durable, after ${progress.durable}`;
  }
  if (header.term < progress.term)
    return `a batch of term ${header.term} after term ${progress.term}`;
  return undefined;
}

/** What is wrong with the frame at `at` of a batch that ends at `end`. */
function frameProblem(view: DataView, at: number, end: number): string | undefined {
  if (end > view.byteLength) return `the batch ends at ${end}, behind the end of the file`;
  if (at + FRAME_HEADER_BYTES > end) return "the batch ends before all of its records";
  const length = view.getUint32(at, true);
  if (length === 0 || length > RECORD_BYTES_MAX) return `a record of ${length} bytes`;
  const last = at + FRAME_HEADER_BYTES + length;
  if (last >= end) return "the batch ends within the record";
  if (view.getUint32(at + 4, true) !== frameChecksum(view, at, length))
    return "the record's checksum is wrong";
  if (view.getUint8(last) !== FRAME_END) return "no line ends behind the record";
  return undefined;
}

/** The rule: what stands behind the last good batch. */
function judge(
  view: DataView,
  about: {
    readonly progress: Progress;
    readonly fault: Fault;
    readonly expected: SegmentExpectation;
  },
): SegmentEnd {
  const { progress, fault, expected } = about;
  const { offset, nextIndex } = progress;
  const known = Math.max(
    expected.knownDurable,
    progress.durable,
    (expected.nextFirstIndex ?? 0) - 1,
  );
  const end = endOfData(view, offset);
  if (end === offset)
    return judgeCleanEnd(progress, { known, nextFirstIndex: expected.nextFirstIndex });
  const corrupt = corruptAt(fault.offset, fault.index, fault.problem);
  if (fault.isForeign || nextIndex <= known) return corrupt;
  const reason = tornReason(view, { offset, end, header: fault.header });
  if (reason === undefined || nextIndex <= durableWithin(view, offset, end)) return corrupt;
  return { kind: "torn", offset, bytes: end - offset, reason };
}

function judgeCleanEnd(
  progress: Progress,
  about: { readonly known: number; readonly nextFirstIndex: number | null },
): SegmentEnd {
  const { offset, nextIndex } = progress;
  if (nextIndex <= about.known) {
    return corruptAt(
      offset,
      nextIndex,
      `the segment ends here, but record ${about.known} was durable`,
    );
  }
  if (about.nextFirstIndex !== null && nextIndex > about.nextFirstIndex) {
    const problem = `the next segment begins at record ${about.nextFirstIndex} already`;
    return corruptAt(offset, about.nextFirstIndex, problem);
  }
  return { kind: "clean", offset };
}

/** Offset behind the last byte that is not zero, at least `from`. */
function endOfData(view: DataView, from: number): number {
  let end = view.byteLength;
  while (end - 4 >= from && view.getUint32(end - 4, true) === 0) end -= 4;
  while (end > from && view.getUint8(end - 1) === 0) end -= 1;
  return end;
}

function tornReason(
  view: DataView,
  span: { readonly offset: number; readonly end: number; readonly header: BatchHeader | undefined },
): string | undefined {
  const length = span.end - span.offset;
  if (length <= BATCH_HEADER_BYTES)
    return `${length} bytes of a batch's header of ${BATCH_HEADER_BYTES}`;
  const says = BATCH_HEADER_BYTES + (span.header?.bytes ?? 0);
  if (length < says) return `${length} bytes of a batch of ${says}`;
  const sector = unwrittenSector(view, span.offset, span.end);
  return sector === undefined ? undefined : `the sector at ${sector} was never written`;
}

/** Offset of the first sector of the span whose bytes in it are all zeros; the last one never is. */
function unwrittenSector(view: DataView, from: number, end: number): number | undefined {
  for (
    let sector = from - (from % SECTOR_BYTES);
    sector + SECTOR_BYTES <= end;
    sector += SECTOR_BYTES
  ) {
    if (isZero(view, Math.max(sector, from), sector + SECTOR_BYTES)) return sector;
  }
  return undefined;
}

function isZero(view: DataView, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (view.getUint8(at) !== 0) return false;
  return true;
}

/** Highest index that a valid batch header anywhere in the span calls durable. */
function durableWithin(view: DataView, from: number, end: number): number {
  let durable = NO_INDEX;
  for (let at = from; at + BATCH_HEADER_BYTES <= end; at++) {
    if (view.getUint32(at, true) !== BATCH_MAGIC) continue;
    durable = Math.max(durable, decodeBatchHeader(view, at)?.durable ?? NO_INDEX);
  }
  return durable;
}
