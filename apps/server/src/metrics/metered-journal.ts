import { performance } from "node:perf_hooks";
import type { Journal } from "@swoosh/kernel";
import type { Disk } from "../journal/disk.ts";

/** What is told of the journal's work. */
export interface JournalMeter {
  noteBatch(records: number): void;
  noteSync(seconds: number): void;
  /** `error`: why it failed. */
  noteSnapshot(result: "stored" | "failed", error?: unknown): void;
}

/** The same journal; what it writes is counted. */
export function meteredJournal(journal: Journal, meter: JournalMeter): Journal {
  return {
    get size() {
      return journal.size;
    },
    get term() {
      return journal.term;
    },
    append: async (batch) => {
      await journal.append(batch);
      meter.noteBatch(batch.records.length);
    },
    read: (from, limit) => journal.read(from, limit),
    snapshots: () => journal.snapshots(),
    saveSnapshot: async (snapshot) => {
      try {
        await journal.saveSnapshot(snapshot);
      } catch (error) {
        meter.noteSnapshot("failed", error);
        throw error;
      }
      meter.noteSnapshot("stored");
    },
    evidence: (hash) => journal.evidence(hash),
    saveEvidence: (hash, text) => journal.saveEvidence(hash, text),
    keys: () => journal.keys(),
  };
}

/** The same disk; blocking syncs are timed. */
export function timedDisk(disk: Disk, meter: JournalMeter): Disk {
  return {
    ...disk,
    sync: (file) => {
      const begun = performance.now();
      disk.sync(file);
      meter.noteSync((performance.now() - begun) / 1000);
    },
  };
}
