import { dirname, join } from "node:path";
import type { Disk } from "../journal/disk.ts";
import { storeFile } from "../journal/whole-file.ts";

/** What proves that a log is not the one that was followed: records as their exact bytes, heads as signed notes. */
export interface ForkEvidence {
  readonly index: number;
  readonly ours?: string;
  readonly theirs?: string;
  /** The head that was signed for the other log. */
  readonly checkpoint: string;
  /** The last head that this follower had cosigned. */
  readonly cosigned?: string;
}

/** Keeps the evidence durably in a folder of its own under `forks`; gives the folder. The same again replaces it. */
export function keepFork(disk: Disk, forks: string, { index, ...texts }: ForkEvidence): string {
  const folder = join(forks, String(index).padStart(16, "0"));
  for (const made of [forks, folder]) disk.makeFolder(made);
  for (const [name, text] of Object.entries(texts))
    storeFile(disk, join(folder, name), Buffer.from(text));
  for (const made of [folder, forks, dirname(forks)]) disk.syncFolder(made);
  return folder;
}
