import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeJournalContract, type JournalUnderTest } from "@swoosh/kernel/contracts";
import { nodeDisk } from "./node-disk.ts";
import { openFileJournal } from "./open-file-journal.ts";
import { FaultyDisk } from "./test/faulty-disk.ts";
import { SimulatedDisk, drawFrom } from "./test/simulated-disk.ts";
import type { Disk } from "./disk.ts";

const nodeId = new Uint8Array(32).fill(9);

/** A journal over any disk; each writer has its own way to it, so that one can be cut off. */
function journalOver(
  disk: Disk,
  about: { readonly folder: string; readonly segmentBytes: number; readonly close: () => void },
): JournalUnderTest {
  const writers = new Map<unknown, FaultyDisk>();
  let isFull = false;
  const taking = (call: string) => call === "write" || call === "sync" || call === "flush";
  return {
    open: async () => {
      const own = new FaultyDisk(disk);
      const { folder, segmentBytes } = about;
      const journal = await openFileJournal({ disk: own, folder, segmentBytes, nodeId });
      own.plan = ({ call }) => (isFull && taking(call) ? "ENOSPC" : undefined);
      writers.set(journal, own);
      return journal;
    },
    crash: async (journal) => {
      const own = writers.get(journal);
      if (own !== undefined) own.isDead = true;
      if (disk instanceof SimulatedDisk) disk.losePower(drawFrom(7));
    },
    setFull: async (full) => {
      isFull = full;
    },
    failNextAppend: async (journal) => {
      const own = writers.get(journal);
      if (own !== undefined) own.plan = ({ call }) => (call === "sync" ? "EIO" : undefined);
    },
    close: async () => about.close(),
  };
}

describeJournalContract("FileJournal in a real folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "swoosh-journal-"));
  return journalOver(nodeDisk, {
    folder,
    segmentBytes: 65_536,
    close: () => rmSync(folder, { recursive: true }),
  });
});

describeJournalContract("FileJournal with a segment for each batch", async () => {
  const folder = mkdtempSync(join(tmpdir(), "swoosh-journal-"));
  return journalOver(nodeDisk, {
    folder,
    segmentBytes: 1,
    close: () => rmSync(folder, { recursive: true }),
  });
});

describeJournalContract("FileJournal on a disk that forgets", async () =>
  journalOver(new SimulatedDisk(), { folder: "/journal", segmentBytes: 4_096, close: () => {} }),
);
