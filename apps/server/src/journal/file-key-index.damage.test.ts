import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { JournalError } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { FaultyDisk } from "./test/faulty-disk.ts";
import { appendKeyed, digestOf, firstWrongKey, keyedText, openKeyed } from "./test/keyed-log.ts";
import { flipBit, hastyDisk, inFolder } from "./test/real-folder.ts";

const RECORDS = 260;

/** Bytes between two that are flipped; every byte in a soak. */
const STEP = process.env["SWOOSH_SOAK"] === undefined ? 29 : 1;

function keyFiles(folder: string): readonly string[] {
  return readdirSync(join(folder, "log"))
    .filter((name) => name.endsWith(".keys"))
    .toSorted()
    .map((name) => join(folder, "log", name));
}

/** A log of several segments with all their key files; gives the paths of these. */
async function writeKeyed(
  folder: string,
  log: string,
  count = RECORDS,
): Promise<readonly string[]> {
  const { journal } = await openKeyed(hastyDisk, folder);
  await appendKeyed(journal, { log, count });
  await journal.close();
  // Files that were still to be made when it closed are made at the next opening.
  const again = await openKeyed(hastyDisk, folder);
  await again.journal.keys();
  await again.journal.close();
  return keyFiles(folder);
}

/** Opens, looks every key up, and gives what was noted. */
async function notesOf(folder: string, log: string): Promise<readonly string[]> {
  const { journal, notes } = await openKeyed(hastyDisk, folder);
  expect(await firstWrongKey(journal, log)).toBeUndefined();
  await journal.close();
  return notes;
}

describe("a key file that cannot be believed", () => {
  it("is made while the log grows, and then nothing is read again", () =>
    inFolder(async (folder) => {
      const { journal, notes } = await openKeyed(hastyDisk, folder);
      for (let at = 0; at < 10; at += 1) {
        await appendKeyed(journal, { log: "a", count: 40 });
        expect(await firstWrongKey(journal, "a")).toBeUndefined();
        // A turn of the loop, in which files are made.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(keyFiles(folder).length).toBeGreaterThan(3);
      await journal.close();
      expect(notes).toEqual([]);
    }));

  it("is left alone when a segment that nothing was appended to gives way to a longer one", () =>
    inFolder(async (folder) => {
      const disk = new FaultyDisk(hastyDisk);
      const { journal } = await openKeyed(disk, folder);
      const keys = await journal.keys();
      await appendKeyed(journal, { log: "a", count: 10 });
      // The next segment gets its name, and then there is no room to append to it.
      let isBegun = false;
      disk.plan = ({ call, what }) => {
        isBegun ||= call === "rename" && String(what).endsWith(".wal");
        return isBegun && call === "write" ? "ENOSPC" : undefined;
      };
      await expect(appendKeyed(journal, { log: "a", count: 90 })).rejects.toThrow("no room");
      expect(isBegun).toBe(true);
      disk.plan = () => undefined;
      await new Promise((resolve) => setImmediate(resolve));
      const { size, term } = journal;
      const names = Array.from({ length: 60 }, (_, at) => `a:1:a:${size + at}`);
      const records = names.map((key, at) => keyedText(size + at, key));
      expect(records.join("").length).toBeGreaterThan(4_096);
      await journal.append({ firstIndex: size, records, term });
      for (const name of names) keys.add(digestOf(name));
      for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await journal.close();
      expect(await notesOf(folder, "a")).toEqual([]);
    }));

  it("is made again where it is missing, and told", () =>
    inFolder(async (folder) => {
      const [first = "", second = ""] = await writeKeyed(folder, "a");
      const sound = readFileSync(first);
      expect(await notesOf(folder, "a")).toEqual([]);
      rmSync(first);
      const notes = await notesOf(folder, "a");
      expect(notes).toHaveLength(1);
      expect(notes[0]).toContain(`${first}: it is missing; the keys of records 0 to`);
      expect(readFileSync(first)).toEqual(sound);
      rmSync(first);
      rmSync(second);
      expect(await notesOf(folder, "a")).toHaveLength(2);
      expect(await notesOf(folder, "a")).toEqual([]);
    }));

  it("does not hide that its segment was cut short, be it by one byte", () =>
    inFolder(async (folder) => {
      const [first = ""] = await writeKeyed(folder, "a");
      const segment = first.replace(/\.keys$/u, ".wal");
      truncateSync(
        segment,
        readFileSync(segment).findLastIndex((byte) => byte !== 0),
      );
      const opening = openKeyed(hastyDisk, folder).then(({ journal }) => journal.keys());
      await expect(opening).rejects.toThrow(/behind the end of the file/u);
    }));

  it("is made again where it was cut short, at any byte", () =>
    inFolder(async (folder) => {
      const [first = ""] = await writeKeyed(folder, "a", 120);
      const sound = readFileSync(first);
      for (let length = 0; length < sound.length; length += STEP * 3) {
        truncateSync(first, length);
        expect(await notesOf(folder, "a")).toHaveLength(1);
        expect(readFileSync(first)).toEqual(sound);
      }
    }));

  it("is made again where any bit flipped: at opening, or when the page is needed", () =>
    inFolder(async (folder) => {
      const [first = ""] = await writeKeyed(folder, "a", 120);
      const sound = readFileSync(first);
      for (let at = 0; at < sound.length; at += STEP) {
        flipBit(first, at, at % 8);
        const notes = await notesOf(folder, "a");
        expect([at, notes.length, notes[0]?.startsWith(first)]).toEqual([at, 1, true]);
        expect(readFileSync(first)).toEqual(sound);
      }
    }));

  it("is not believed where it was made of another log, or of another segment", () =>
    inFolder((folder) =>
      inFolder(async (other) => {
        const files = await writeKeyed(folder, "a");
        const others = await writeKeyed(other, "b");
        const [first = "", second = ""] = files;
        copyFileSync(others[0] ?? "", first);
        expect((await notesOf(folder, "a"))[0]).toContain("it was made of another log");
        copyFileSync(first, second);
        expect((await notesOf(folder, "a"))[0]).toContain("it is about records 0 to");
      }),
    ));

  it("is kept in memory where the disk does not take it, and nothing fails", () =>
    inFolder(async (folder) => {
      const [first = ""] = await writeKeyed(folder, "a");
      for (const code of ["ENOSPC", "EIO"] as const) {
        rmSync(first);
        const disk = new FaultyDisk(hastyDisk);
        disk.plan = ({ call, what }) =>
          call === "open" && String(what).endsWith(".keys.tmp") ? code : undefined;
        const { journal, notes } = await openKeyed(disk, folder);
        expect(await firstWrongKey(journal, "a")).toBeUndefined();
        expect(notes[1]).toContain(`${first}: it cannot be stored`);
        await appendKeyed(journal, { log: "a", count: 100 });
        expect(await firstWrongKey(journal, "a")).toBeUndefined();
        await journal.close();
        expect(existsSync(first)).toBe(false);
        expect(await notesOf(folder, "a")).not.toEqual([]);
      }
    }));

  it("says so where neither it nor its segment can be read", () =>
    inFolder(async (folder) => {
      const [first = ""] = await writeKeyed(folder, "a");
      const { journal } = await openKeyed(hastyDisk, folder);
      const keys = await journal.keys();
      const segment = first.replace(".keys", ".wal");
      flipBit(segment, 300, 1);
      truncateSync(first, 40);
      expect(() => keys.find(digestOf("a:1:a:3"))).toThrow(JournalError);
      expect(() => keys.find(digestOf("a:1:a:3"))).toThrow(segment);
      await journal.close();
      const again = await openKeyed(hastyDisk, folder);
      await expect(again.journal.keys()).rejects.toThrow(segment);
    }));
});
