import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readKeyFile } from "../keys/key-file.ts";
import { dataFolder } from "../node/data-folder.ts";
import { NodeProblem } from "../node/node-problem.ts";
import type { VerifiedLog } from "../verify/verify-log.ts";
import { verifyFolder } from "../verify/verify-folder.ts";
import { BACKUP_NOTE, BACKUP_SCHEMA } from "./backup-note.ts";
import type { BackupProgress } from "./backup-folder.ts";
import { copyMemories } from "./copy-memories.ts";
import { buildFolder, copyFile, copyTree } from "./copy-durably.ts";
import { UnsoundBackup } from "./unsound-backup.ts";

/**
 * Makes a data folder from a backup: copied under another name, replayed with every signature, compared with the backup's
 * note and with its node's key, and only then given its name. Never overwrites anything.
 *
 * The folder goes on as the same node with the same key. Whatever that node acknowledged after the backup is not in it; so the
 * old folder must never run again, or there are two logs of one origin: followers and clients with a checkpoint refuse
 * the shorter one as a fork.
 */
export async function restoreFolder(
  about: { readonly from: string; readonly to: string },
  onProgress: (progress: BackupProgress) => void = () => {},
): Promise<VerifiedLog> {
  const noted = readNote(about.from);
  return buildFolder(about.to, async (building) => {
    const [source, copy] = [dataFolder(about.from), dataFolder(building)];
    copyTree(source.journal, copy.journal);
    copyTree(source.blobs, copy.blobs);
    copyMemories(source.folder, copy.folder);
    copyTree(source.keys, copy.keys);
    if (existsSync(source.testMark)) copyFile(source.testMark, copy.testMark);
    onProgress({ step: "copying", records: noted.size });
    const report = await verifyFolder(building, {
      signatures: true,
      onProgress: (records) => onProgress({ step: "verifying", records }),
    });
    if (!report.ok) throw new UnsoundBackup(about.from, report);
    if (report.size !== noted.size || report.root !== noted.root)
      throw new UnsoundBackup(about.from, {
        index: null,
        problem: `${BACKUP_NOTE} says ${noted.size} records with root ${noted.root}; there are ${report.size} with ${report.root}`,
      });
    const { identity } = readKeyFile(copy.nodeKey);
    if (identity !== report.node)
      throw new NodeProblem(
        `${source.nodeKey} is the key of ${identity}, but the log is of ${report.node}; put that node's key there`,
      );
    return report;
  });
}

function readNote(folder: string): { readonly size: number; readonly root: string } {
  const path = join(folder, BACKUP_NOTE);
  const note: unknown = existsSync(path) ? parsed(readFileSync(path, "utf8")) : undefined;
  if (
    typeof note === "object" &&
    note !== null &&
    "schema" in note &&
    note.schema === BACKUP_SCHEMA
  )
    if ("size" in note && "root" in note)
      if (typeof note.size === "number" && typeof note.root === "string")
        return { size: note.size, root: note.root };
  throw new NodeProblem(
    `${folder} is no backup: ${path} is missing or cannot be read; name a folder that swoosh backup made`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
