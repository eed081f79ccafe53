import { batchLength, encodeBatch } from "../batch.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "../segment-header.ts";
import type { SegmentExpectation } from "../scan-segment.ts";

export const IDENTITY = {
  clusterId: Uint8Array.from({ length: 16 }, (_, at) => at + 1),
  nodeId: Uint8Array.from({ length: 32 }, (_, at) => 255 - at),
};

/** Record texts of lengths that differ, with UTF-8 of every width. */
export function bodyOf(index: number): Uint8Array {
  return Buffer.from(`{"index":${index},"text":"${"é😀x".repeat(index % 11)}"}`);
}

export interface SampleBatch {
  readonly offset: number;
  readonly end: number;
  readonly firstIndex: number;
  readonly count: number;
}

export interface SampleSegment {
  /** Preallocated: zeros follow the last batch. */
  readonly bytes: Uint8Array;
  readonly batches: readonly SampleBatch[];
  /** Offset behind the last batch. */
  readonly end: number;
}

/** A segment as its writer leaves it: each batch names as durable all that came before it. */
export function sampleSegment(about: {
  readonly counts: readonly number[];
  readonly firstIndex?: number;
  readonly zeros?: number;
  readonly bodies?: (index: number) => Uint8Array;
}): SampleSegment {
  const { counts, firstIndex = 0, zeros = 700, bodies = bodyOf } = about;
  const groups = counts.reduce<Uint8Array[][]>((all, count) => {
    const before = firstIndex + all.flat().length;
    return [...all, Array.from({ length: count }, (_, at) => bodies(before + at))];
  }, []);
  const length = groups.reduce((sum, group) => sum + batchLength(group), SEGMENT_HEADER_BYTES);
  const bytes = new Uint8Array(length + zeros);
  bytes.set(encodeSegmentHeader({ ...IDENTITY, firstIndex, generation: 3 }));
  const batches: SampleBatch[] = [];
  let offset = SEGMENT_HEADER_BYTES;
  let index = firstIndex;
  for (const group of groups) {
    const place = { firstIndex: index, durable: index - 1, term: 7 };
    const end = encodeBatch(group, place, { target: bytes, offset });
    batches.push({ offset, end, firstIndex: index, count: group.length });
    index += group.length;
    offset = end;
  }
  return { bytes, batches, end: offset };
}

export function expecting(over: Partial<SegmentExpectation> = {}): SegmentExpectation {
  return { ...IDENTITY, firstIndex: 0, knownDurable: -1, nextFirstIndex: null, term: 0, ...over };
}
