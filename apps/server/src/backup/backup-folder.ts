import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { canonicalize } from "@swoosh/kernel";
import { SEGMENT_BYTES_UNIT } from "../journal/limits.ts";
import { readSegments } from "../journal/read-log.ts";
import { dataFolder } from "../node/data-folder.ts";
import { NodeProblem } from "../node/node-problem.ts";
import type { VerifiedLog } from "../verify/verify-log.ts";
import { verifyFolder } from "../verify/verify-folder.ts";
import { BACKUP_NOTE, BACKUP_SCHEMA } from "./backup-note.ts";
import { copyMemories } from "./copy-memories.ts";
import {
  buildFolder,
  copyFile,
  copyTree,
  makeFolder,
  syncPath,
  writeDurably,
} from "./copy-durably.ts";
import { UnsoundBackup } from "./unsound-backup.ts";

/** What is under way: records so far, of which step. */
export interface BackupProgress {
  readonly step: "copying" | "verifying";
  readonly records: number;
}

/**
 * Copies a data folder as of one index, also while a server runs on it, and replays the copy, signatures included, before it
 * gets its name. The keys are in it: it is as secret as the folder itself. Snapshots are copied before the log and
 * evidence after it, so no snapshot knows more than the log of the copy, and no record names evidence that is not there.
 * Throws `UnsoundBackup` where the log is not what it must be, `CorruptJournal` and `NodeProblem` as they say.
 */
export async function backupFolder(
  about: { readonly from: string; readonly to: string },
  onProgress: (progress: BackupProgress) => void = () => {},
): Promise<VerifiedLog> {
  const source = dataFolder(about.from);
  if (!existsSync(source.nodeKey) || !existsSync(join(source.journal, "log")))
    throw new NodeProblem(`${about.from} is no data folder of Swoosh; name one with --data`);
  return buildFolder(about.to, async (building) => {
    const copy = dataFolder(building);
    makeFolder(copy.journal);
    copySnapshots(source.journal, copy.journal);
    for (const slot of ["superblock-0", "superblock-1"])
      copyFile(join(source.journal, slot), join(copy.journal, slot));
    copyLog(source.journal, copy.journal, (records) => onProgress({ step: "copying", records }));
    copyTree(join(source.journal, "evidence"), join(copy.journal, "evidence"));
    copyTree(source.blobs, copy.blobs);
    copyMemories(source.folder, copy.folder);
    copyTree(source.keys, copy.keys);
    if (existsSync(source.testMark)) copyFile(source.testMark, copy.testMark);
    syncPath(copy.journal);
    const report = await verifyFolder(building, {
      signatures: true,
      onProgress: (records) => onProgress({ step: "verifying", records }),
    });
    if (!report.ok) throw new UnsoundBackup(about.from, report);
    const { firstLeaf, node, origin, root, size } = report;
    const note = { first_leaf: firstLeaf, node, origin, root, schema: BACKUP_SCHEMA, size };
    writeDurably(join(building, BACKUP_NOTE), `${canonicalize(note)}\n`);
    return report;
  });
}

/** Chunks that a server prunes meanwhile may be missing: then that snapshot is one that recovery passes over. */
function copySnapshots(from: string, to: string): void {
  const manifests = join(from, "snapshots");
  makeFolder(join(to, "snapshots"));
  if (existsSync(manifests))
    for (const name of readdirSync(manifests).filter((one) => one.endsWith(".json")))
      copyFile(join(manifests, name), join(to, "snapshots", name));
  syncPath(join(to, "snapshots"));
  copyTree(join(from, "chunks"), join(to, "chunks"));
}

/**
 * Whole batches alone, and no more room behind them than a segment must have: the copy ends cleanly where the original was
 * being written, and a journal that is opened on it begins its next segment.
 */
function copyLog(from: string, to: string, onRecords: (records: number) => void): void {
  makeFolder(join(to, "log"));
  for (const { bytes, path, scan } of readSegments(from)) {
    const whole = new Uint8Array(
      Math.ceil(scan.end.offset / SEGMENT_BYTES_UNIT) * SEGMENT_BYTES_UNIT,
    );
    whole.set(bytes.subarray(0, scan.end.offset));
    writeDurably(join(to, "log", basename(path)), whole);
    onRecords(scan.nextIndex);
  }
  syncPath(join(to, "log"));
}
