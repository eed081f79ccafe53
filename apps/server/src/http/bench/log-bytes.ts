import { statSync } from "node:fs";
import { readSegments } from "../../journal/read-log.ts";

/** What a log takes on the disk, in bytes. */
export interface LogBytes {
  /** The records' own texts. */
  readonly texts: number;
  /** Segments and their files of keys. */
  readonly files: number;
}

/** Of the sealed segments of a journal's folder: the last one is preallocated, and says nothing. */
export function logBytes(folder: string): LogBytes {
  let texts = 0;
  let files = 0;
  const segments = [...readSegments(folder)].slice(0, -1);
  for (const { path, scan } of segments) {
    for (const { body } of scan.records) texts += body.length;
    files += statSync(path).size + statSync(path.replace(/\.wal$/u, ".keys")).size;
  }
  return { texts, files };
}
