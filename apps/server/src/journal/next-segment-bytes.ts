import { SEGMENT_BYTES, SEGMENT_BYTES_FIRST, SEGMENT_GROWTH } from "./limits.ts";

/** Bytes of the segment after one of `before` bytes, or of the first one (null), where nobody fixed a size. */
export function nextSegmentBytes(before: number | null): number {
  if (before === null) return SEGMENT_BYTES_FIRST;
  return Math.min(SEGMENT_BYTES, Math.max(SEGMENT_BYTES_FIRST, before * SEGMENT_GROWTH));
}
