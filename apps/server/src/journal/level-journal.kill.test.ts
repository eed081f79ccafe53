import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LevelJournal } from "./level-journal.ts";
import { openLevelStore } from "./level-store.ts";
import { appendUpTo, brokenPromise } from "./test/journal-play.ts";
import { inFolder } from "./test/real-folder.ts";

const PROGRAM = fileURLToPath(new URL("test/append-until-killed.ts", import.meta.url));
const ROUNDS = process.env["SWOOSH_SOAK"] === undefined ? 2 : 200;
const BATCH_MAX = 12;

describe("a LevelJournal", () => {
  it("whose process is killed loses nothing that was acknowledged, and the next one needs no help", () =>
    inFolder(async (folder) => {
      const told = { acknowledged: 0, snapshotIndex: -1, evidence: false };
      for (let round = 0; round < ROUNDS; round += 1) {
        const child = spawn(process.execPath, [PROGRAM, folder, "level"], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const ended = once(child, "exit");
        let lines = 0;
        for await (const line of createInterface({ input: child.stdout })) {
          const [word, number] = line.split(" ");
          if (word === "ack") told.acknowledged = Number(number);
          if (word === "snapshot") told.snapshotIndex = Number(number);
          lines += 1;
          if (lines === 25 + ((round * 37) % 90)) child.kill("SIGKILL");
        }
        expect((await ended)[1]).toBe("SIGKILL");
        const journal = await LevelJournal.over(await openLevelStore(folder), 2);
        expect(await brokenPromise(journal, told), `round ${round}`).toBeUndefined();
        expect(journal.size - told.acknowledged).toBeLessThanOrEqual(BATCH_MAX);
        told.acknowledged = journal.size;
        await journal.close();
      }
    }));

  it("is open in one process at a time", () =>
    inFolder(async (folder) => {
      const store = await openLevelStore(folder);
      await expect(openLevelStore(folder)).rejects.toThrow(`another process has the journal in`);
      await store.close();
      await (await openLevelStore(folder)).close();
    }));

  it("tells a record that is another one or missing, and a store that lost its end", () =>
    inFolder(async (folder) => {
      const store = await openLevelStore(folder);
      const journal = await LevelJournal.over(store, 2);
      await appendUpTo(journal, 20, 4);
      const key = "r0000000000000007";
      const sound = store.getSync(key) ?? Buffer.alloc(0);
      for (let at = 0; at < sound.length; at += 5) {
        const value = Buffer.from(sound);
        value[at] = (value[at] ?? 0) ^ (1 << (at % 8));
        await store.batch([{ type: "put", key, value }]);
        await expect(journal.read(0, 20)).rejects.toThrow("record 7 is not what was written");
      }
      await store.batch([{ type: "del", key }]);
      await expect(journal.read(0, 20)).rejects.toMatchObject({ code: "corrupt" });
      await store.batch([{ type: "put", key, value: sound }]);
      expect(await journal.read(0, 20)).toHaveLength(20);
      await store.batch([{ type: "del", key: "r0000000000000019" }]);
      await expect(LevelJournal.over(store, 2)).rejects.toThrow(
        "20 records, and its last one is 18",
      );
      await journal.close();
    }));
});
