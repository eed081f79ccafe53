import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  describeJournalContract,
  describeKeyIndexContract,
  type JournalUnderTest,
} from "@swoosh/kernel/contracts";
import { LevelJournal } from "./level-journal.ts";
import { openLevelStore, type LevelStore, type LevelWrite } from "./level-store.ts";
import { digestOf, keyedText } from "./test/keyed-log.ts";

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

describe("LevelJournal's index of keys", () => {
  const folder = newFolder();
  afterAll(() => rmSync(folder, { recursive: true }));
  const keys = ["log:1:a:0", "log:1:a:1", "log:1:a:2"];
  const foundIn = async (journal: LevelJournal): Promise<readonly (number | undefined)[]> => {
    const index = await journal.keys();
    return keys.map((key) => index.find(digestOf(key)));
  };

  it.each<[string, (entries: readonly (readonly [string, Buffer])[]) => readonly LevelWrite[]]>([
    ["one is gone", ([[key] = [""]]) => [{ type: "del", key }]],
    ["one leads elsewhere", ([[key] = [""]]) => [{ type: "put", key, value: Buffer.from("0") }]],
    [
      "one is another's",
      ([[, value] = ["", Buffer.alloc(0)]]) => [
        { type: "put", key: `k${"0".repeat(32)}`, value },
        { type: "put", key: "q", value: Buffer.from("4") },
      ],
    ],
    ["it was never counted", () => [{ type: "del", key: "q" }]],
    ["nothing of it is left", (all) => all.map(([key]) => ({ type: "del", key }))],
  ])("is made anew from the records where %s", async (name, damage) => {
    const place = join(folder, name.replaceAll(/\W/gu, "-"));
    const store = await openLevelStore(place);
    const journal = await LevelJournal.over(store, KEPT_MAX);
    const records = keys.map((key, at) => keyedText(at, key));
    await journal.append({ firstIndex: 0, records, term: journal.term });
    const entries = await store.entries({ gte: "k", lt: "l" });
    expect(entries).toHaveLength(keys.length);
    await store.batch(damage(entries));
    const again = await LevelJournal.over(store, KEPT_MAX);
    expect(await foundIn(again)).toEqual([0, 1, 2]);
    const now = await store.entries({ gte: "k", lt: "l" });
    expect(now.filter(([key]) => !/^k0+$/u.test(key))).toEqual(entries);
    expect(store.getSync("q")).toEqual(Buffer.from("3"));
    await store.close();
  });

  it("refuses what rots while it is used, and a term that is no number", async () => {
    const store = await openLevelStore(join(folder, "rots"));
    const journal = await LevelJournal.over(store, KEPT_MAX);
    const { term } = journal;
    await journal.append({ firstIndex: 0, records: [keyedText(0, keys[0] ?? "")], term });
    const [[key, value] = ["", Buffer.alloc(0)]] = await store.entries({ gte: "k", lt: "l" });
    const rotten = Buffer.from(value);
    rotten[0] = (rotten[0] ?? 0) ^ 1;
    const index = await journal.keys();
    await store.batch([{ type: "put", key, value: rotten }]);
    expect(() => index.find(digestOf(keys[0] ?? ""))).toThrow(/start the server again/u);
    await store.batch([{ type: "put", key: "t", value: Buffer.from("q") }]);
    await expect(journal.append({ firstIndex: 1, records: ["one"], term })).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining('"t" is "q"') as unknown,
    });
    await expect(LevelJournal.over(store, KEPT_MAX)).rejects.toMatchObject({ code: "corrupt" });
  });
});

describe("a lookup that LevelDB itself refuses", () => {
  it.each(["q", "t"])(
    "is told as the journal's error where %s is read for an append",
    async (rotten) => {
      const folder = newFolder();
      const store = await openLevelStore(folder);
      let isRotten = false;
      const getSync = (key: string): Buffer | undefined => {
        if (isRotten && key === rotten)
          throw Object.assign(new Error("Corruption: bad entry"), { code: "LEVEL_CORRUPTION" });
        return store.getSync(key);
      };
      const journal = await LevelJournal.over({ ...store, getSync }, KEPT_MAX);
      isRotten = true;
      const records = [keyedText(0, "log:1:a:0")];
      await expect(
        journal.append({ firstIndex: 0, records, term: journal.term }),
      ).rejects.toMatchObject({ name: "JournalError", code: "corrupt" });
      expect(journal.size).toBe(0);
      await journal.close();
      rmSync(folder, { recursive: true });
    },
  );
});

describe("a LevelDB that is named by an empty manifest", () => {
  it.each([0, 1])(
    "with %i records: is begun again where it never had any, and refused else",
    async (size) => {
      const folder = newFolder();
      const journal = await LevelJournal.over(await openLevelStore(folder), KEPT_MAX);
      if (size > 0) await journal.append({ firstIndex: 0, records: ["zero"], term: journal.term });
      await journal.close();
      // What a loss of power leaves before the first write.
      if (size === 0)
        for (const name of readdirSync(folder).filter((one) => one.endsWith(".log")))
          truncateSync(join(folder, name), 0);
      truncateSync(join(folder, readFileSync(join(folder, "CURRENT"), "utf8").trim()), 0);
      const before = readdirSync(folder).filter((name) => /\.(?:log|ldb)$/u.test(name));
      if (size === 0) {
        const again = await LevelJournal.over(await openLevelStore(folder), KEPT_MAX);
        expect([again.size, again.term]).toEqual([0, 1]);
        await again.close();
      } else {
        await expect(openLevelStore(folder)).rejects.toMatchObject({ code: "corrupt" });
        expect(readdirSync(folder)).toEqual(expect.arrayContaining(before));
      }
      rmSync(folder, { recursive: true });
    },
  );
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
