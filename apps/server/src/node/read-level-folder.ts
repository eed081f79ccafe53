import { join } from "node:path";
import type { ValueHash } from "@swoosh/kernel";
import { LevelJournal } from "../journal/level-journal.ts";
import { openLevelStore } from "../journal/level-store.ts";
import { SNAPSHOTS_KEPT_MIN } from "../journal/limits.ts";
import { dataFolder } from "./data-folder.ts";

export interface LevelFolder {
  /** Texts of all records. */
  readonly log: readonly string[];
  evidence(hash: ValueHash): string | undefined;
}

/** Where records name charts. */
const CHARTS = /"(?:chart_hash|identity_chart)":"sha256-(?<hex>[0-9a-f]{64})"/gu;

/**
 * Reads a data folder whose journal is in LevelDB, and the charts in it, by the journal itself: so as its next writer, while no
 * server runs on it. Rejects with a `JournalError`.
 */
export async function readLevelFolder(folder: string): Promise<LevelFolder> {
  const store = await openLevelStore(join(dataFolder(folder).journal, "level"));
  const journal = await LevelJournal.over(store, SNAPSHOTS_KEPT_MIN);
  try {
    const log = await journal.read(0, journal.size);
    const texts = new Map<string, string>();
    for (const record of log)
      for (const { groups } of record.matchAll(CHARTS)) {
        const hash: ValueHash = `sha256-${groups?.["hex"] ?? ""}`;
        if (texts.has(hash)) continue;
        const text = await journal.evidence(hash);
        if (text !== undefined) texts.set(hash, text);
      }
    return { log, evidence: (hash) => texts.get(hash) };
  } finally {
    await journal.close();
  }
}
