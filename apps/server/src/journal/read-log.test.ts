import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readLog } from "./read-log.ts";
import { appendUpTo, openSmall, recordTexts, saveSnapshotAt } from "./test/journal-play.ts";
import { hastyDisk, inFolder } from "./test/real-folder.ts";

it("reads a log of several segments whose superblock is newer than the first of them", () =>
  inFolder(async (folder) => {
    const journal = await openSmall(hastyDisk, { folder });
    const told = { acknowledged: 0, snapshotIndex: -1, evidence: false };
    await appendUpTo(journal, 80, 5);
    await saveSnapshotAt(journal, told, 79);
    expect(readdirSync(join(folder, "log")).length).toBeGreaterThan(2);
    expect([...readLog(folder)]).toEqual(recordTexts(0, 80));
    await journal.close();
    expect([...readLog(folder, { from: 70 })]).toEqual(recordTexts(70, 80));
  }));
