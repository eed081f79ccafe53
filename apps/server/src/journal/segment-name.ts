import { join } from "node:path";

const SEGMENT_NAME = /^([0-9]{16})\.wal$/u;

/** A segment is named after its first record, so that a folder's listing is the order of the log. */
export function segmentPath(folder: string, firstIndex: number): string {
  return join(folder, `${String(firstIndex).padStart(16, "0")}.wal`);
}

/** Index of the first record of the segment of this name, or undefined where it is none. */
export function firstIndexOf(name: string): number | undefined {
  const digits = SEGMENT_NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The file with the keys of the segment at this path. */
export function keysPath(segment: string): string {
  return `${segment.slice(0, -".wal".length)}.keys`;
}
