import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFileJournal } from "./open-file-journal.ts";
import { nextSegmentBytes } from "./next-segment-bytes.ts";
import { NODE_ID } from "./test/journal-play.ts";
import { hastyDisk, inFolder } from "./test/real-folder.ts";

const MIB = 1_048_576;

describe("the size of the next segment", () => {
  it("grows from 1 MiB to 64 MiB, and stays there", () => {
    expect(nextSegmentBytes(null)).toBe(MIB);
    expect([MIB, 4 * MIB, 16 * MIB, 64 * MIB, 64 * MIB, 4_096].map(nextSegmentBytes)).toEqual([
      4 * MIB,
      16 * MIB,
      64 * MIB,
      64 * MIB,
      64 * MIB,
      MIB,
    ]);
  });

  it("is what a journal does, unless it is fixed", () =>
    inFolder(async (folder) => {
      expect(await sizesAfter(join(folder, "grows"))).toEqual([1, 4]);
      expect(await sizesAfter(join(folder, "grows"))).toEqual([1, 4]);
      expect(await sizesAfter(join(folder, "fixed"), MIB)).toEqual([1, 1]);
    }));
});

/** Appends 1.2 MB in two batches and gives the sizes of all segments, MiB. */
async function sizesAfter(folder: string, segmentBytes?: number): Promise<readonly number[]> {
  const journal = await openFileJournal({
    disk: hastyDisk,
    folder,
    nodeId: NODE_ID,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  });
  const records = Array.from({ length: 10 }, () => "x".repeat(60_000));
  for (let at = 0; at < 2; at += 1)
    await journal.append({ firstIndex: journal.size, records, term: journal.term });
  await journal.close();
  const log = join(folder, "log");
  const names = readdirSync(log).filter((name) => name.endsWith(".wal"));
  return names.toSorted().map((name) => statSync(join(log, name)).size / MIB);
}
