import {
  BATCH_HEADER_BYTES,
  decodeSegmentHeader,
  FRAME_HEADER_BYTES,
  NO_INDEX,
  readIdentity,
  RECORD_BYTES_MAX,
  scanSegment,
  SEGMENT_HEADER_BYTES,
  type JournalIdentity,
  type ScannedRecord,
  type SegmentScan,
  type Superblock,
} from "@swoosh/kernel";
import { clusterIdOf } from "./cluster-id.ts";
import { CorruptJournal } from "./corrupt-journal.ts";
import type { Disk } from "./disk.ts";
import type { CutTail, JournalStart, OpenSegment } from "./file-journal.ts";
import type { JournalFolders } from "./journal-folders.ts";
import { SEGMENT_BYTES_UNIT } from "./limits.ts";
import { LogSegments, throwIfCorrupt } from "./log-segments.ts";
import { endOfBatch, mendTail } from "./mend-tail.ts";
import { readFrames } from "./read-frames.ts";
import { firstIndexOf, segmentPath } from "./segment-name.ts";
import {
  hasSuperblock,
  mustHaveSegment,
  readSuperblock,
  removeSuperblocks,
  timesNamed,
  writeSuperblock,
} from "./superblock-files.ts";
import { readAll, readWhole } from "./whole-file.ts";

export interface RecoveredLog {
  readonly log: JournalStart["log"];
  readonly segment: OpenSegment | null;
  readonly size: number;
  readonly superblock: Superblock | null;
  /** In how many superblocks the segment of that one is named. */
  readonly namings: number;
  /** Highest term in the log and the superblock, 0 where there is none. */
  readonly term: number;
  readonly cut: CutTail | null;
  /** Records of the last segment. */
  readonly tail: readonly ScannedRecord[];
}

/** The last segment, read whole. */
interface Last {
  readonly path: string;
  readonly firstIndex: number;
  readonly bytes: Uint8Array;
  readonly scan: SegmentScan;
}

/** Where a segment's header has the identity: behind magic and format (`segment-header.ts` of the kernel). */
const AT_IDENTITY = 8;

/**
 * Finds the end of the log and makes it fit to be written on (kernel design §4). Only the last segment is read whole: those
 * before were complete and durable when it was made, and are checked when they are read. A torn tail is overwritten with
 * zeros; the last batch and the newest superblock are written once more and synced, for the bytes that were read may be the
 * system's copy of what never reached the disk. Nothing is changed where anything is corrupt.
 */
export function recoverLog(disk: Disk, folders: JournalFolders, nodeId: Uint8Array): RecoveredLog {
  const firsts = segmentsIn(disk, folders.log);
  const [first] = firsts;
  const lastFirst = firsts.at(-1);
  if (first === undefined || lastFirst === undefined) return recoverEmpty(disk, folders);
  const identity = readLogIdentity(disk, {
    path: segmentPath(folders.log, first),
    firstIndex: first,
    nodeId,
  });
  if (first !== 0)
    throw new CorruptJournal(
      { file: segmentPath(folders.log, 0), offset: 0, index: 0 },
      `the segment is missing: the log begins at record ${first}`,
    );
  const superblock = readSuperblock(disk, folders.root, identity);
  mustHaveSegment(folders.log, firsts, superblock);
  const knownDurable = superblock?.durable ?? NO_INDEX;
  const last = scanLast(disk, { folders, identity, firstIndex: lastFirst, knownDurable });
  if (superblock === null && (last.scan.header?.generation ?? 0) > 0)
    throw new CorruptJournal(
      { file: folders.root, offset: 0, index: null },
      "both superblocks are missing, but the log says that there were some",
    );
  if (last.scan.nextIndex === 0) return forget(disk, folders, last);
  const segments = new LogSegments(disk, identity);
  for (const firstIndex of firsts)
    segments.add(
      segmentPath(folders.log, firstIndex),
      firstIndex,
      firstIndex === lastFirst ? last.scan : null,
    );
  checkCluster(disk, segments, {
    path: segmentPath(folders.log, 0),
    identity,
    size: last.scan.nextIndex,
  });
  const file = disk.open(last.path, "update");
  try {
    mendTail(disk, file, last);
    // The other one is written next, and until then this one must be whole whatever happens.
    if (superblock !== null) writeSuperblock(disk, folders.root, superblock);
  } catch (error) {
    disk.close(file);
    throw error;
  }
  const { end, nextIndex } = last.scan;
  return {
    log: { identity, segments },
    segment: { file, firstIndex: lastFirst, bytes: last.bytes.length, offset: end.offset },
    size: nextIndex,
    superblock,
    namings: superblock === null ? 0 : timesNamed(disk, folders.root, superblock),
    term: Math.max(last.scan.term, superblock?.term ?? 0),
    cut: cutOf(last),
    tail: last.scan.records,
  };
}

/** First indexes of all segments, ascending. */
function segmentsIn(disk: Disk, folder: string): readonly number[] {
  return disk
    .list(folder)
    .flatMap((name) => firstIndexOf(name) ?? [])
    .toSorted((left, right) => left - right);
}

function recoverEmpty(disk: Disk, { root, log }: JournalFolders): RecoveredLog {
  // A superblock is written only where there are records.
  if (hasSuperblock(disk, root))
    throw new CorruptJournal(
      { file: segmentPath(log, 0), offset: 0, index: 0 },
      "the log is missing, but there is a superblock",
    );
  return unbegun(null);
}

function unbegun(cut: CutTail | null): RecoveredLog {
  return {
    ...{ log: null, segment: null, size: 0, superblock: null, namings: 0 },
    ...{ term: 0, cut, tail: [] },
  };
}

/**
 * Takes away a log that was begun and has no record: what comes first may be another cluster's, and a segment names its own.
 * The superblocks go first, for without a log they would say that one is missing.
 */
function forget(disk: Disk, { root, log }: JournalFolders, last: Last): RecoveredLog {
  removeSuperblocks(disk, root);
  disk.remove(last.path);
  disk.syncFolder(log);
  return unbegun(cutOf(last));
}

function cutOf({ path, scan: { end } }: Last): CutTail | null {
  return end.kind === "torn" ? { file: path, ...end } : null;
}

/** The cluster is what the first segment says, and is compared with record 0 afterwards; the node is given. */
function readLogIdentity(
  disk: Disk,
  { firstIndex, nodeId, path }: Pick<Last, "firstIndex" | "path"> & { readonly nodeId: Uint8Array },
): JournalIdentity {
  const head = new Uint8Array(SEGMENT_HEADER_BYTES);
  const file = disk.open(path, "read");
  let length: number;
  try {
    length = readAll(disk, file, { into: head, offset: 0 });
  } finally {
    disk.close(file);
  }
  const identity = { clusterId: readIdentity(head, AT_IDENTITY).clusterId, nodeId };
  // A name that rot has changed would make the superblocks a stranger's.
  const decoded = decodeSegmentHeader(head.subarray(0, length), { ...identity, firstIndex });
  if (!decoded.ok)
    throw new CorruptJournal({ file: path, offset: 0, index: firstIndex }, decoded.problem);
  return identity;
}

function scanLast(
  disk: Disk,
  about: {
    readonly folders: JournalFolders;
    readonly identity: JournalIdentity;
    readonly firstIndex: number;
    readonly knownDurable: number;
  },
): Last {
  const { folders, identity, firstIndex, knownDurable } = about;
  const path = segmentPath(folders.log, firstIndex);
  const bytes = readWhole(disk, path) ?? new Uint8Array(0);
  const scan = scanSegment(bytes, {
    ...identity,
    firstIndex,
    knownDurable,
    nextFirstIndex: null,
    term: 0,
  });
  throwIfCorrupt(path, scan);
  // A segment has its whole length before it has its name, and no batch is begun that does not fit.
  const isCutShort =
    bytes.length % SEGMENT_BYTES_UNIT !== 0 ||
    (scan.end.kind === "torn" && (endOfBatch(bytes, scan.end.offset) ?? 0) > bytes.length);
  if (isCutShort)
    throw new CorruptJournal(
      { file: path, offset: bytes.length, index: scan.nextIndex },
      "the file was cut short",
    );
  return { path, firstIndex, bytes, scan };
}

/** Record 0 without reading its whole segment; undefined where that is not as easy as it should be. */
function firstRecord(disk: Disk, path: string): readonly string[] | undefined {
  // Not filled with zeros: nothing behind what was read is looked at.
  const bytes = Buffer.allocUnsafe(BATCH_HEADER_BYTES + FRAME_HEADER_BYTES + RECORD_BYTES_MAX);
  const file = disk.open(path, "read");
  try {
    const length = readAll(disk, file, { into: bytes, offset: SEGMENT_HEADER_BYTES });
    const read = readFrames(bytes.subarray(0, length), { index: 0, from: 0, to: 1 });
    return read.ok ? read.texts : undefined;
  } finally {
    disk.close(file);
  }
}

function checkCluster(
  disk: Disk,
  segments: LogSegments,
  about: { readonly path: string; readonly identity: JournalIdentity; readonly size: number },
): void {
  if (about.size === 0) return;
  const [record = ""] = firstRecord(disk, about.path) ?? segments.read(0, 1);
  const clusterId = Buffer.from(clusterIdOf(record));
  if (clusterId.equals(about.identity.clusterId)) return;
  throw new CorruptJournal(
    { file: about.path, offset: SEGMENT_HEADER_BYTES, index: 0 },
    "record 0 belongs to another cluster than its segment",
  );
}
