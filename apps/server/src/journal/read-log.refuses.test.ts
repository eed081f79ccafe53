import { cpSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readLog } from "./read-log.ts";
import { appendUpTo, openSmall, recordTexts, saveSnapshotAt } from "./test/journal-play.ts";
import { hastyDisk, inFolder } from "./test/real-folder.ts";

const RECORDS = 60;

/** A log of several segments with a snapshot, and so with superblocks. */
async function writeLog(folder: string): Promise<readonly string[]> {
  const journal = await openSmall(hastyDisk, { folder, segmentBytes: 4_096 });
  await appendUpTo(journal, 20, 4);
  await saveSnapshotAt(journal, { acknowledged: 0, snapshotIndex: -1, evidence: false }, 19);
  await appendUpTo(journal, RECORDS, 4);
  await journal.close();
  const log = join(folder, "log");
  return readdirSync(log)
    .filter((name) => name.endsWith(".wal"))
    .toSorted()
    .map((name) => join(log, name));
}

const readAll = (folder: string, from = 0): readonly string[] => [...readLog(folder, { from })];

function removeSuperblocks(folder: string): void {
  for (const slot of [0, 1]) rmSync(join(folder, `superblock-${slot}`));
}

describe("a log that is read without its lock", () => {
  it("is the records, from any of them on", () =>
    inFolder(async (folder) => {
      await writeLog(folder);
      expect(readAll(folder)).toEqual(recordTexts(0, RECORDS));
      for (const from of [1, 19, RECORDS - 1])
        expect(readAll(folder, from)).toEqual(recordTexts(from, RECORDS));
      expect(readAll(folder, RECORDS)).toEqual([]);
    }));

  it.each<
    readonly [
      name: string,
      spoil: (folder: string, segments: readonly string[]) => void,
      told: { readonly file: string; readonly index: number | null; readonly words: RegExp },
    ]
  >([
    [
      "its first segment is missing",
      (_folder, [first = ""]) => rmSync(first),
      {
        file: "0000000000000000.wal",
        index: 0,
        words: /the segment is missing: the log begins at record \d+/,
      },
    ],
    [
      "all segments are missing",
      (_folder, segments) => segments.forEach((path) => rmSync(path)),
      {
        file: "0000000000000000.wal",
        index: 0,
        words: /the log is missing, but there is a superblock/,
      },
    ],
    [
      "its first segment is shorter than a header",
      (_folder, [first = ""]) => truncateSync(first, 40),
      { file: "0000000000000000.wal", index: 0, words: /it is no segment/ },
    ],
    [
      "both superblocks are missing, and the log knows of them",
      (folder) => removeSuperblocks(folder),
      {
        file: "",
        index: null,
        words: /both superblocks are missing, but the log says that there were some/,
      },
    ],
    [
      "both superblocks are damaged",
      (folder) => {
        for (const slot of [0, 1])
          writeFileSync(join(folder, `superblock-${slot}`), "x".repeat(512));
      },
      { file: "superblock-0", index: null, words: /neither superblock can be used/ },
    ],
    [
      "a segment in the middle ends early",
      (_folder, [, second = ""]) => truncateSync(second, 512),
      { file: "", index: null, words: /, record \d+: / },
    ],
  ])("is refused where %s", (_name, spoil, told) =>
    inFolder(async (folder) => {
      const segments = await writeLog(folder);
      const before = join(folder, "..", "before");
      spoil(folder, segments);
      cpSync(folder, before, { recursive: true });
      try {
        expect(() => readAll(folder)).toThrow(told.words);
        if (told.file !== "")
          expect(() => readAll(folder)).toThrow(
            expect.objectContaining({ code: "corrupt", file: expect.stringContaining(told.file) }),
          );
        if (told.index !== null)
          expect(() => readAll(folder)).toThrow(expect.objectContaining({ index: told.index }));
        // Nothing was changed by looking.
        expect(readdirSync(folder, { recursive: true })).toEqual(
          readdirSync(before, { recursive: true }),
        );
      } finally {
        rmSync(before, { recursive: true, force: true });
      }
    }),
  );
});
