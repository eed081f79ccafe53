import {
  assert,
  NO_INDEX,
  scanSegment,
  type JournalIdentity,
  type SegmentScan,
} from "@swoosh/kernel";
import { CorruptJournal } from "./corrupt-journal.ts";
import type { Disk } from "./disk.ts";
import { readFrames } from "./read-frames.ts";
import { RecordMarks } from "./record-marks.ts";
import { readAll, readWhole } from "./whole-file.ts";

/** One segment of the log, as far as reading it goes. */
interface LogSegment {
  readonly path: string;
  readonly firstIndex: number;
  /** Null while nobody needed them: a segment that is not the last is scanned when it is first read. */
  marks: RecordMarks | null;
  /** The marks come from a key file, not from these bytes: what goes wrong with them says nothing of the segment yet. */
  areTold: boolean;
  /** Offset behind its last batch; known where `marks` is. */
  end: number;
}

/** A segment that nothing is appended to any more. */
export interface Sealed {
  readonly path: string;
  readonly firstIndex: number;
  /** First index of the segment after it. */
  readonly nextIndex: number;
}

/** Where the records of a segment lie. */
export interface Layout {
  /** Offsets of the frames of every sixteenth record. */
  readonly marks: readonly number[];
  /** Offset behind the last batch. */
  readonly end: number;
}

/**
 * Where every durable record lies, and the way to its text. G1: segments are in order and leave no gap; all but the last
 * are complete. Not in here: writing, and what the last one holds beyond its good batches.
 */
export class LogSegments {
  readonly #disk: Disk;
  readonly #identity: JournalIdentity;
  readonly #segments: LogSegment[] = [];

  constructor(disk: Disk, identity: JournalIdentity) {
    this.#disk = disk;
    this.#identity = identity;
  }

  /** A segment behind all others; `scan` where it was scanned already. */
  add(path: string, firstIndex: number, scan: SegmentScan | null): void {
    assert((this.#segments.at(-1)?.firstIndex ?? -1) < firstIndex, "G1: segments are in order");
    const segment: LogSegment = { path, firstIndex, marks: null, areTold: false, end: 0 };
    this.#segments.push(segment);
    if (scan !== null) take(segment, scan);
  }

  /** A new segment behind all others, with nothing in it; in the place of the last one where that was empty too. */
  addEmpty(path: string, firstIndex: number): void {
    if (this.#segments.at(-1)?.firstIndex === firstIndex) this.#segments.pop();
    this.add(path, firstIndex, null);
    const segment = this.#segments.at(-1);
    if (segment !== undefined) segment.marks = new RecordMarks(firstIndex);
  }

  /** A batch was appended to the last segment: offsets of its frames, and the offset behind it. */
  grow(firstIndex: number, offsets: readonly number[], end: number): void {
    const segment = this.#segments.at(-1);
    assert(segment !== undefined && segment.marks !== null, "G1: the last segment was scanned");
    for (const [position, offset] of offsets.entries())
      segment.marks.note(firstIndex + position, offset);
    segment.end = end;
  }

  /** Texts of records `from` … `to` − 1, which are there. Throws `CorruptJournal` where they no longer are. */
  read(from: number, to: number): readonly string[] {
    const texts: string[] = [];
    for (const [position, segment] of this.#segments.entries()) {
      const next = this.#segments[position + 1];
      const first = Math.max(from, segment.firstIndex);
      const last = Math.min(to, next?.firstIndex ?? to);
      if (first < last) texts.push(...this.#readFrom(segment, next, { from: first, to: last }));
    }
    assert(texts.length === to - from, "G1: no record between two others is missing");
    return texts;
  }

  /** All segments but the last, in order. */
  sealed(): readonly Sealed[] {
    return this.#segments.flatMap(({ path, firstIndex }, position) => {
      const next = this.#segments[position + 1];
      return next === undefined ? [] : [{ path, firstIndex, nextIndex: next.firstIndex }];
    });
  }

  /** Where the records of a segment lie, from somewhere else than its bytes. What was scanned stays as it is. */
  tell(
    firstIndex: number,
    layout: { readonly marks: Iterable<number>; readonly end: number },
  ): void {
    const segment = this.#segments.find((one) => one.firstIndex === firstIndex);
    if (segment === undefined || segment.marks !== null) return;
    segment.marks = new RecordMarks(firstIndex, layout.marks);
    segment.areTold = true;
    segment.end = layout.end;
  }

  /** Scans a segment from its first byte to its last. Throws `CorruptJournal`. */
  scan(firstIndex: number): SegmentScan {
    const position = this.#segments.findIndex((one) => one.firstIndex === firstIndex);
    const segment = this.#segments[position];
    assert(segment !== undefined, `G1: a segment begins at record ${firstIndex}`);
    return this.#scan(segment, this.#segments[position + 1]);
  }

  layout(firstIndex: number): Layout {
    const segment = this.#segments.find((one) => one.firstIndex === firstIndex);
    assert(segment !== undefined && segment.marks !== null, "G1: the segment was scanned");
    return { marks: segment.marks.offsets, end: segment.end };
  }

  #readFrom(
    segment: LogSegment,
    next: LogSegment | undefined,
    want: { readonly from: number; readonly to: number },
  ): readonly string[] {
    try {
      return this.#readMarked(segment, next, want);
    } catch (error) {
      if (!segment.areTold || !(error instanceof CorruptJournal)) throw error;
      this.#scan(segment, next);
      return this.#readMarked(segment, next, want);
    }
  }

  #readMarked(
    segment: LogSegment,
    next: LogSegment | undefined,
    want: { readonly from: number; readonly to: number },
  ): readonly string[] {
    const marks = segment.marks ?? this.#scanForMarks(segment, next);
    const { index, start, stop } = marks.range(want.from, want.to, segment.end);
    const bytes = Buffer.allocUnsafe(stop - start);
    const file = this.#disk.open(segment.path, "read");
    try {
      // Where the file is shorter than it was, zeros stand for the rest, and are no record.
      bytes.fill(0, readAll(this.#disk, file, { into: bytes, offset: start }));
    } finally {
      this.#disk.close(file);
    }
    const read = readFrames(bytes, { index, ...want });
    if (read.ok) return read.texts;
    const place = { file: segment.path, offset: start + read.offset, index: read.index };
    throw new CorruptJournal(place, read.problem);
  }

  #scanForMarks(segment: LogSegment, next: LogSegment | undefined): RecordMarks {
    this.#scan(segment, next);
    assert(segment.marks !== null, "G1: a scan leaves marks");
    return segment.marks;
  }

  #scan(segment: LogSegment, next: LogSegment | undefined): SegmentScan {
    const bytes = readWhole(this.#disk, segment.path) ?? new Uint8Array(0);
    const scan = scanSegment(bytes, {
      ...this.#identity,
      firstIndex: segment.firstIndex,
      knownDurable: NO_INDEX,
      nextFirstIndex: next?.firstIndex ?? null,
      term: 0,
    });
    throwIfCorrupt(segment.path, scan);
    take(segment, scan);
    return scan;
  }
}

export function throwIfCorrupt(path: string, { end }: SegmentScan): void {
  if (end.kind === "corrupt")
    throw new CorruptJournal({ file: path, offset: end.offset, index: end.index }, end.problem);
}

function take(segment: LogSegment, scan: SegmentScan): void {
  const marks = new RecordMarks(segment.firstIndex);
  for (const { index, offset } of scan.records) marks.note(index, offset);
  segment.marks = marks;
  segment.areTold = false;
  segment.end = scan.end.offset;
}
