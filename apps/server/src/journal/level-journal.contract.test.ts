import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeJournalContract, describeKeyIndexContract } from "@swoosh/kernel/contracts";
import { LevelJournal } from "./level-journal.ts";
import { openLevelStore, type LevelStore } from "./level-store.ts";
import { keyedText } from "./test/keyed-log.ts";

const KEPT_MAX = 2;

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "swoosh-level-"));
}

/** Writers share the store, as LevelDB lets one process alone have it; each can be made to fail. */
describeJournalContract("LevelJournal", async () => {
  const folder = newFolder();
  let store: LevelStore | null = null;
  let isFailing = false;
  return {
    open: async () => {
      isFailing = false;
      store ??= await openLevelStore(folder);
      const inner = store;
      return LevelJournal.over(
        {
          ...inner,
          batch: async (writes) => {
            if (isFailing)
              throw Object.assign(new Error("IO error: fdatasync"), { code: "LEVEL_IO_ERROR" });
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
    setFull: undefined,
    failNextAppend: async () => {
      isFailing = true;
    },
    close: async () => {
      await store?.close();
      rmSync(folder, { recursive: true });
    },
  };
});

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
