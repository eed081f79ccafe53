import { dirname, isAbsolute, join } from "node:path";
import { assert } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { discard, TEMP_END } from "./whole-file.ts";

/** Where the files of a journal lie; all absolute paths. */
export interface JournalFolders {
  /** Superblocks and lock. */
  readonly root: string;
  readonly log: string;
  readonly snapshots: string;
  readonly chunks: string;
  readonly evidence: string;
}

/** Makes what is missing of a journal's folders, durably. The parent of `root` must be there. */
export function makeFolders(disk: Disk, root: string): JournalFolders {
  assert(isAbsolute(root), `a journal's folder is an absolute path: "${root}"`);
  const folders = {
    root,
    log: join(root, "log"),
    snapshots: join(root, "snapshots"),
    chunks: join(root, "chunks"),
    evidence: join(root, "evidence"),
  };
  disk.makeFolder(root);
  disk.syncFolder(dirname(root));
  for (const folder of [folders.log, folders.snapshots, folders.chunks, folders.evidence])
    disk.makeFolder(folder);
  return folders;
}

/**
 * Takes away what a crash left half-written, and makes durable every name that can be seen: a process may have been
 * killed between giving a name and syncing its folder. For the writer alone.
 */
export function tidyFolders(disk: Disk, folders: JournalFolders): void {
  for (const folder of Object.values(folders)) {
    for (const name of disk.list(folder))
      if (name.endsWith(TEMP_END)) discard(disk, join(folder, name));
    disk.syncFolder(folder);
  }
}
