import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  describeJournalContract,
  describeKeyIndexContract,
  type JournalUnderTest,
} from "@swoosh/kernel/contracts";
import { LevelJournal } from "./level-journal.ts";
import { openLevelStore, type LevelStore } from "./level-store.ts";
import { keyedText } from "./test/keyed-log.ts";

const KEPT_MAX = 2;

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "swoosh-level-"));
}

/** What LevelDB says of a write that found no room. */
const NO_ROOM = Object.assign(new Error("IO error: 000003.log: No space left on device"), {
  code: "LEVEL_IO_ERROR",
});
const NO_SYNC = Object.assign(new Error("IO error: fdatasync"), { code: "LEVEL_IO_ERROR" });

/** Writers share the store, as LevelDB lets one process alone have it; each can be made to fail. */
async function levelUnderTest(): Promise<JournalUnderTest> {
  const folder = newFolder();
  let store: LevelStore | null = null;
  let failure: Error | null = null;
  return {
    open: async () => {
      failure = null;
      store ??= await openLevelStore(folder);
      const inner = store;
      return LevelJournal.over(
        {
          ...inner,
          batch: async (writes) => {
            if (failure !== null) throw failure;
            await inner.batch(writes);
          },
        },
        KEPT_MAX,
      );
    },
    // What was not synced when the store is closed is still written: a loss of power is the kill test's.
    crash: async () => {
      await store?.close();
      store = null;
    },
    setFull: async (full) => {
      failure = full ? NO_ROOM : null;
    },
    failNextAppend: async () => {
      failure = NO_SYNC;
    },
    close: async () => {
      await store?.close();
      rmSync(folder, { recursive: true });
    },
  };
}

// No room is a failure here (decision 0016).
describeJournalContract("LevelJournal", levelUnderTest, "fails");

describeKeyIndexContract("LevelJournal's index", async () => {
  const folder = newFolder();
  let journal: LevelJournal | null = null;
  return {
    open: async () => {
      await journal?.close();
      journal = await LevelJournal.over(await openLevelStore(folder), KEPT_MAX);
      return journal.keys();
    },
    append: async (keys) => {
      const { size = 0, term = 0 } = journal ?? {};
      const records = keys.map((key, at) => keyedText(size + at, key));
      await journal?.append({ firstIndex: size, records, term });
    },
    close: async () => {
      await journal?.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe("LevelJournal on a full disk", () => {
  const folder = newFolder();
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["as LevelDB says it", "LEVEL_IO_ERROR", "IO error: 000003.log: No space left on device"],
    ["as the system says it", "ENOSPC", "ENOSPC: no space left on device"],
  ])("has failed, room or not, until it is opened again, %s", async (name, code, message) => {
    const place = join(folder, name.replaceAll(" ", "-"));
    const inner = await openLevelStore(place);
    let isFull = false;
    let writes = 0;
    const journal = await LevelJournal.over(
      {
        ...inner,
        batch: async (given) => {
          writes += 1;
          if (isFull) throw Object.assign(new Error(message), { code });
          await inner.batch(given);
        },
      },
      KEPT_MAX,
    );
    const { term } = journal;
    await journal.append({ firstIndex: 0, records: ["zero"], term });
    isFull = true;
    const batch = { firstIndex: 1, records: ["one", "two"], term };
    await expect(journal.append(batch)).rejects.toMatchObject({ code: "failed" });
    isFull = false;
    const tried = writes;
    await expect(journal.append(batch)).rejects.toMatchObject({ code: "failed" });
    await expect(
      journal.saveSnapshot({ index: 0, manifest: "", chunks: new Map() }),
    ).rejects.toMatchObject({ code: "failed" });
    expect([writes, journal.size]).toEqual([tried, 1]);
    await journal.close();
    const again = await LevelJournal.over(await openLevelStore(place), KEPT_MAX);
    expect(await again.read(0, 9)).toEqual(["zero"]);
    await again.append({ ...batch, term: again.term });
    expect(again.size).toBe(3);
    await again.close();
  });
});
