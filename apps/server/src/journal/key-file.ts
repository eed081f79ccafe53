import {
  digestOfText,
  FRAME_HEADER_BYTES,
  hexBytes,
  leafHash,
  type ScannedRecord,
} from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { Disk } from "./disk.ts";
import { isMissing } from "./disk-error.ts";
import type { Layout, LogSegments, Sealed } from "./log-segments.ts";
import { readFrames } from "./read-frames.ts";
import {
  bytesOf,
  encodeSealedKeys,
  SealedKeys,
  type ReadWords,
  type SealedSegment,
} from "./sealed-keys.ts";
import { keysPath } from "./segment-name.ts";
import { readAll } from "./whole-file.ts";

const WORD_BYTES = 4;
const ENTRY_WORDS = 5;
const OPENING = '"idem_key":"';

/** Keys of a segment from its file; `problem` where there is none, or none that can be believed. */
export type KeyFileReading =
  | { readonly ok: true; readonly keys: SealedKeys }
  | { readonly ok: false; readonly problem: string; readonly isMissing: boolean };

/**
 * Opens the key file of a segment. It is believed where its head has its checksum and its last record is the one that lies
 * in the segment: by `prev` that record names all before it, so a file of another log, or of another time, is found out.
 * Pages are checked when they are read.
 */
export function openKeyFile(disk: Disk, sealed: Sealed): KeyFileReading {
  const path = keysPath(sealed.path);
  try {
    const keys = SealedKeys.open(...wordsOf(disk, path));
    if (keys === undefined) return no("its head is not whole");
    const problem = problemOf(disk, sealed, keys.segment);
    return problem === undefined ? { ok: true, keys } : no(problem);
  } catch (error) {
    if (isMissing(error)) return { ok: false, problem: "it is missing", isMissing: true };
    return no(error instanceof Error ? error.message : String(error));
  }
}

function no(problem: string): KeyFileReading {
  return { ok: false, problem, isMissing: false };
}

/** Keys of a segment that was scanned just now, as they stand in a file. */
export function keysOfRecords(
  records: readonly ScannedRecord[],
  sealed: Sealed,
  layout: Layout,
): Uint32Array {
  const entries = new Uint32Array(records.length * ENTRY_WORDS);
  let to = 0;
  for (const record of records) {
    const digest = digestOfBody(record.body);
    if (digest === null) continue;
    entries.set(digest, to);
    entries[to + 4] = record.index - sealed.firstIndex;
    to += ENTRY_WORDS;
  }
  const last = textOf(records.at(-1)?.body ?? new Uint8Array(0));
  return encodeSealedKeys(segmentOf(sealed, layout, last), entries.subarray(0, to));
}

/** What a key file says of its segment. `last`: text of the segment's last record. */
export function segmentOf(sealed: Sealed, { marks, end }: Layout, last: string): SealedSegment {
  const { firstIndex, nextIndex } = sealed;
  return {
    firstIndex,
    records: nextIndex - firstIndex,
    marks: Uint32Array.from(marks),
    lastOffset: end - 1 - Buffer.byteLength(last) - FRAME_HEADER_BYTES,
    end,
    lastLeaf: hexBytes(leafHash(hasher, last)) ?? new Uint8Array(32),
  };
}

/** Digest of a record's key. What stands before its proposal is not even decoded. */
export function digestOfBody(body: Uint8Array): Uint32Array | null {
  const bytes = bufferOf(body);
  const at = bytes.lastIndexOf(OPENING);
  return at < 0 ? null : digestOfText(hasher, bytes.toString("utf8", at));
}

function textOf(body: Uint8Array): string {
  return bufferOf(body).toString("utf8");
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A key file in memory, for where the disk did not take it. */
export function keysInMemory(words: Uint32Array): SealedKeys {
  const keys = SealedKeys.open((from, count) => words.subarray(from, from + count), words.length);
  if (keys === undefined) throw new Error("a key file that was made just now can be read");
  return keys;
}

/** A key file on disk that was written just now from these words. */
export function keysOnDisk(disk: Disk, path: string, words: Uint32Array): SealedKeys {
  const [read] = wordsOf(disk, path);
  const keys = SealedKeys.open(
    (from, count) =>
      from + count <= words.length && from === 0 ? words.subarray(0, count) : read(from, count),
    words.length,
  );
  if (keys === undefined) throw new Error("a key file that was made just now can be read");
  return keys;
}

/** What reads a file by words, opening it each time, and how many it has. */
function wordsOf(disk: Disk, path: string): [read: ReadWords, fileWords: number] {
  const using = <Result>(work: (file: number) => Result): Result => {
    const file = disk.open(path, "read");
    try {
      return work(file);
    } finally {
      disk.close(file);
    }
  };
  const read: ReadWords = (from, count) =>
    using((file) => {
      const words = new Uint32Array(count);
      const into = bytesOf(words);
      const done = readAll(disk, file, { into, offset: from * WORD_BYTES });
      return words.subarray(0, Math.floor(done / WORD_BYTES));
    });
  return [read, using((file) => disk.size(file)) / WORD_BYTES];
}

/** Does the segment end with the record that the file was made of? */
function problemOf(disk: Disk, sealed: Sealed, told: SealedSegment): string | undefined {
  const { firstIndex, nextIndex } = sealed;
  if (told.firstIndex !== firstIndex || told.records !== nextIndex - firstIndex)
    return `it is about records ${told.firstIndex} to ${told.firstIndex + told.records - 1}`;
  const length = told.end - told.lastOffset;
  if (length <= FRAME_HEADER_BYTES) return "it names no last record";
  const bytes = Buffer.alloc(length);
  const file = disk.open(sealed.path, "read");
  let done: number;
  try {
    done = readAll(disk, file, { into: bytes, offset: told.lastOffset });
  } finally {
    disk.close(file);
  }
  // A byte of room that is gone would read as a zero; what is left is looked at record by record then.
  if (done < length) return "its segment ends before its last record does";
  const index = nextIndex - 1;
  const read = readFrames(bytes, { index, from: index, to: nextIndex });
  const leaf = read.ok ? leafHash(hasher, read.texts[0] ?? "") : "";
  return leaf === Buffer.from(told.lastLeaf).toString("hex")
    ? undefined
    : "it was made of another log";
}

/** Scans the segment and gives its keys. Throws `CorruptJournal`. */
export function keysFromLog(segments: LogSegments, sealed: Sealed): Uint32Array {
  const scan = segments.scan(sealed.firstIndex);
  return keysOfRecords(scan.records, sealed, segments.layout(sealed.firstIndex));
}
