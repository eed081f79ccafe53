import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Journal } from "@swoosh/kernel";
import type { Disk } from "../journal/disk.ts";
import { LevelJournal } from "../journal/level-journal.ts";
import { openLevelStore } from "../journal/level-store.ts";
import { SNAPSHOTS_KEPT_MIN } from "../journal/limits.ts";
import { openFileJournal } from "../journal/open-file-journal.ts";
import { NodeProblem } from "./node-problem.ts";

/** What a data folder's journal is kept in. `file` is made for it; `level` is LevelDB, with fewer promises: see `LevelJournal`. */
export type JournalKind = "file" | "level";

export const JOURNAL_KINDS: readonly JournalKind[] = ["file", "level"];

/** A journal that can be given back. */
export interface ClosableJournal extends Journal {
  close(): Promise<void>;
}

export interface JournalOptions {
  /** Folder of the journal. */
  readonly folder: string;
  readonly kind: JournalKind;
  readonly nodeId: Uint8Array;
  readonly disk: Disk;
  readonly segmentBytes: number | undefined;
  readonly onNote: (message: string) => void;
}

/** Opens the journal of this kind. Throws `NodeProblem` where the folder has one of the other kind. */
export async function openJournal(options: JournalOptions): Promise<ClosableJournal> {
  const { disk, folder, kind, nodeId, onNote, segmentBytes } = options;
  const other = kind === "file" ? "level" : "file";
  if (existsSync(join(folder, other === "level" ? "level" : "log")))
    throw new NodeProblem(
      `the journal in ${folder} is of the kind ${other}; start with --journal-kind ${other}, or with a new data folder`,
    );
  if (kind === "level")
    return LevelJournal.over(await openLevelStore(join(folder, "level")), SNAPSHOTS_KEPT_MIN);
  return openFileJournal({
    folder,
    nodeId,
    disk,
    onNote,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  });
}
