import { assert } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { journalErrorOf } from "./disk-error.ts";
import { EvidenceStore } from "./evidence-store.ts";
import { FileJournal } from "./file-journal.ts";
import type { JournalNote } from "./file-key-index.ts";
import { makeFolders, tidyFolders, type JournalFolders } from "./journal-folders.ts";
import { acquireLock, type JournalLock } from "./journal-lock.ts";
import { JournalLocked } from "./journal-locked.ts";
import { SNAPSHOTS_KEPT_MIN } from "./limits.ts";
import { nodeDisk } from "./node-disk.ts";
import { nodeProcesses, type Processes } from "./processes.ts";
import { recoverLog, type RecoveredLog } from "./recover-log.ts";
import { SnapshotStore } from "./snapshot-store.ts";

export interface FileJournalOptions {
  /** Absolute path; made if it is missing, its parent must be there. */
  readonly folder: string;
  /** The node's raw Ed25519 public key: files of another node are refused. */
  readonly nodeId: Uint8Array;
  /** Size of new segments; unless given, they grow with the log (`next-segment-bytes.ts`). */
  readonly segmentBytes?: number;
  /** Snapshots that are kept, two at least. */
  readonly snapshotsKeptMax?: number;
  readonly disk?: Disk;
  readonly processes?: Processes;
  /** Told what a person may want to know of: key files that had to be made again. */
  readonly onNote?: JournalNote;
}

/**
 * Opens the journal in a folder as its one writer: takes the lock, finds the end of the log, cuts a torn tail, and syncs
 * what it is about to call durable. Rejects with `JournalLocked` where another process has it, `CorruptJournal` where
 * bytes that may have been acknowledged cannot be read (the log is as it was then), else with a `JournalError`.
 */
export async function openFileJournal(options: FileJournalOptions): Promise<FileJournal> {
  const { disk = nodeDisk, processes = nodeProcesses, folder, nodeId } = options;
  const { segmentBytes = null, snapshotsKeptMax: keptMax = SNAPSHOTS_KEPT_MIN } = options;
  assert(keptMax >= SNAPSHOTS_KEPT_MIN, `${SNAPSHOTS_KEPT_MIN} snapshots at least are kept`);
  let lock: JournalLock | undefined;
  try {
    const folders = makeFolders(disk, folder);
    lock = acquireLock(disk, { folder, floor: 0, processes });
    tidyFolders(disk, folders);
    const recovered = recoverLog(disk, folders, nodeId);
    // Locks may have been lost with a folder that was put back from a copy: the log remembers its terms too.
    if (lock.term <= recovered.term) {
      const former = lock;
      lock = acquireLock(disk, { folder, floor: recovered.term, processes });
      former.release();
    }
    const note = options.onNote ?? (() => {});
    return createJournal({ disk, folders, lock, nodeId, segmentBytes, keptMax, recovered, note });
  } catch (error) {
    releaseQuietly(lock);
    if (error instanceof JournalLocked) throw error;
    throw journalErrorOf(error, `open the journal in ${folder}`);
  }
}

function createJournal(about: {
  readonly disk: Disk;
  readonly folders: JournalFolders;
  readonly lock: JournalLock;
  readonly nodeId: Uint8Array;
  readonly segmentBytes: number | null;
  readonly keptMax: number;
  readonly recovered: RecoveredLog;
  readonly note: JournalNote;
}): FileJournal {
  const { disk, folders, lock, nodeId, segmentBytes, keptMax, recovered, note } = about;
  const { log, segment, size, superblock, namings, cut, tail } = recovered;
  const { snapshots: manifests, chunks } = folders;
  const snapshots = new SnapshotStore(disk, { folder: manifests, chunks, keptMax });
  snapshots.sweep();
  return new FileJournal({
    disk,
    folders,
    lock,
    nodeId,
    segmentBytes,
    log,
    segment,
    size,
    superblock,
    namings,
    snapshots,
    evidence: new EvidenceStore(disk, folders.evidence),
    cut,
    tail,
    note,
  });
}

/** The lock of a process that could not open the journal is worth nothing: the next one takes it over in any case. */
function releaseQuietly(lock: JournalLock | undefined): void {
  try {
    lock?.release();
  } catch {
    // What is wrong with the disk is being told already.
  }
}
