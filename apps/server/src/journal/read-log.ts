import { closeSync, existsSync, openSync, readSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  IDENTITY_BYTES,
  NO_INDEX,
  readIdentity,
  scanSegment,
  SEGMENT_HEADER_BYTES,
  JournalError,
  type JournalIdentity,
  type SegmentExpectation,
  type SegmentScan,
} from "@swoosh/kernel";
import { CorruptJournal } from "./corrupt-journal.ts";
import { READ_AGAIN_MAX } from "./limits.ts";
import { nodeDisk } from "./node-disk.ts";
import { readTrimmed } from "./read-trimmed.ts";
import { firstIndexOf, segmentPath } from "./segment-name.ts";
import { hasSuperblock, mustHaveSegment, readSuperblock } from "./superblock-files.ts";

/** Where a segment's header has the identity: behind magic and format (`segment-header.ts` of the kernel). */
const AT_IDENTITY = 8;

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** A segment as it was read: its bytes, and what of them are whole batches. */
export interface ReadSegment {
  readonly firstIndex: number;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly scan: SegmentScan;
}

/**
 * Texts of all records in a journal's folder, in order, without its lock and without changing anything: also while a
 * server writes there. What that server is writing at this moment, and what was torn by a crash, is left out; any other
 * damage is a `CorruptJournal` with file, offset and index. One segment is in memory at a time. `from`: segments that end
 * before this record are not read.
 */
export function* readLog(
  folder: string,
  { from = 0 }: { readonly from?: number } = {},
): Generator<string, void, undefined> {
  for (const { scan } of readSegments(folder, { from }))
    for (const { body, index } of scan.records) if (index >= from) yield DECODER.decode(body);
}

/** The segments of a journal, in order, each scanned, under the same terms as `readLog`. */
export function* readSegments(
  folder: string,
  { from = 0 }: { readonly from?: number } = {},
): Generator<ReadSegment, void, undefined> {
  const log = join(folder, "log");
  if (existsSync(join(folder, "level")))
    throw new JournalError(
      "failed",
      `the journal in ${folder} is kept in LevelDB, which its server alone can read; ask that one (--url), or follow it`,
    );
  const hadSuperblock = hasSuperblock(nodeDisk, folder);
  const [first] = segmentsIn(log);
  if (first === undefined) {
    if (hadSuperblock)
      throw lost(segmentPath(log, 0), "the log is missing, but there is a superblock");
    return;
  }
  if (first !== 0)
    throw lost(
      segmentPath(log, 0),
      `the segment is missing: the log begins at record ${String(first)}`,
    );
  const identity = identityOf(segmentPath(log, first));
  // Before the segments: a server that writes meanwhile makes the log longer, never shorter than this.
  const superblock = readSuperblock(nodeDisk, folder, identity);
  const firsts = segmentsIn(log);
  mustHaveSegment(log, firsts, superblock);
  let term = 0;
  for (const [place, firstIndex] of firsts.entries()) {
    const next = firsts[place + 1] ?? null;
    if (next !== null && next <= from) continue;
    const path = segmentPath(log, firstIndex);
    const { bytes, scan } = readSettled(path, {
      ...identity,
      firstIndex,
      // A segment that is followed by another holds what comes before that one, whatever is durable behind it.
      knownDurable: next === null ? (superblock?.durable ?? NO_INDEX) : NO_INDEX,
      nextFirstIndex: next,
      term,
    });
    if (
      superblock === null &&
      (scan.header?.generation ?? 0) > 0 &&
      !hasSuperblock(nodeDisk, folder)
    )
      throw new CorruptJournal(
        { file: folder, offset: 0, index: null },
        "both superblocks are missing, but the log says that there were some",
      );
    term = scan.term;
    yield { firstIndex, path, bytes, scan };
  }
}

function segmentsIn(log: string): readonly number[] {
  return readdirSync(log)
    .flatMap((name) => firstIndexOf(name) ?? [])
    .toSorted((one, other) => one - other);
}

function lost(file: string, problem: string): CorruptJournal {
  return new CorruptJournal({ file, offset: 0, index: 0 }, problem);
}

function identityOf(path: string): JournalIdentity {
  const header = new Uint8Array(SEGMENT_HEADER_BYTES);
  const file = openSync(path, "r");
  try {
    if (readSync(file, header, 0, header.length, 0) < header.length)
      throw lost(path, "it is no segment");
  } finally {
    closeSync(file);
  }
  return readIdentity(header.subarray(0, AT_IDENTITY + IDENTITY_BYTES), AT_IDENTITY);
}

/**
 * A reading takes some ms, in which a server may write one batch before the place that is being read and one behind it. That
 * looks like damage, and is gone at the next look; what is still there then is damage.
 */
function readSettled(
  path: string,
  expected: SegmentExpectation,
): { readonly bytes: Uint8Array; readonly scan: SegmentScan } {
  for (let tries = 1; ; tries += 1) {
    const before = statSync(path, { bigint: true }).mtimeNs;
    const bytes = readTrimmed(path);
    const scan = scanSegment(bytes, expected);
    if (scan.end.kind !== "corrupt") return { bytes, scan };
    const isStill = tries > 1 && statSync(path, { bigint: true }).mtimeNs === before;
    if (!isStill && tries < READ_AGAIN_MAX) continue;
    const { index, offset, problem } = scan.end;
    throw new CorruptJournal({ file: path, offset, index }, problem);
  }
}
