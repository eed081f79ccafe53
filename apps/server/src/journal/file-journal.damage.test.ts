import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  decodeSuperblock,
  encodeSegmentHeader,
  encodeSuperblock,
  SEGMENT_HEADER_BYTES,
} from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { CorruptJournal } from "./corrupt-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { openFileJournal } from "./open-file-journal.ts";
import { readLog } from "./read-log.ts";
import {
  appendUpTo,
  brokenPromise,
  NODE_ID,
  openSmall,
  recordTexts,
  saveSnapshotAt,
} from "./test/journal-play.ts";
import { dataLength, flipBit, hastyDisk, inFolder } from "./test/real-folder.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const RECORDS = 256;
const TOLD = { acknowledged: RECORDS, snapshotIndex: -1, evidence: false };

const open = (folder: string, segmentBytes: number): Promise<FileJournal> =>
  openSmall(hastyDisk, { folder, segmentBytes });

function removeSuperblocks(folder: string): void {
  for (const slot of [0, 1]) rmSync(join(folder, `superblock-${slot}`), { force: true });
}

/** Gives what puts the superblocks back as they are now. */
function keepSuperblocks(folder: string): () => void {
  const names = readdirSync(folder).filter((name) => name.startsWith("superblock-"));
  const kept = names.map((name) => [join(folder, name), readFileSync(join(folder, name))] as const);
  return () => {
    removeSuperblocks(folder);
    for (const [path, bytes] of kept) writeFileSync(path, bytes);
  };
}

/**
 * Writes the log, and gives the offset behind each batch with the records up to there. Of one segment it is left without
 * superblocks, of several with those that a process would have left that was killed at the end.
 */
async function writeLog(
  folder: string,
  segmentBytes: number,
): Promise<readonly { readonly end: number; readonly size: number }[]> {
  const journal = await open(folder, segmentBytes);
  const ends: { end: number; size: number }[] = [];
  for (let count = 1; journal.size < RECORDS; count = (count % 9) + 1) {
    await appendUpTo(journal, Math.min(RECORDS, journal.size + count), count);
    const path = join(folder, "log", readdirSync(join(folder, "log")).toSorted()[0] ?? "");
    if (segmentBytes > 65_536)
      ends.push({ end: dataLength(readFileSync(path)), size: journal.size });
  }
  const asKilled = keepSuperblocks(folder);
  await journal.close();
  if (segmentBytes > 65_536) removeSuperblocks(folder);
  else asKilled();
  return ends;
}

/** What opening and reading everything comes to. */
async function look(
  folder: string,
  segmentBytes: number,
): Promise<{ readonly journal?: FileJournal; readonly error?: unknown; readonly broken?: string }> {
  let journal: FileJournal;
  try {
    journal = await open(folder, segmentBytes);
  } catch (error) {
    return { error };
  }
  try {
    const broken = await brokenPromise(journal, { ...TOLD, acknowledged: 0 });
    return { journal, ...(broken === undefined ? {} : { broken }) };
  } catch (error) {
    return { journal, error };
  } finally {
    await journal.close();
  }
}

describe("a log whose last write was torn", () => {
  it("at every byte: cut to the batches before it, and goes on", () =>
    inFolder(async (folder) => {
      const ends = await writeLog(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      const sound = readFileSync(path);
      const length = dataLength(sound);
      for (let at = 76; at <= length; at += isSoak ? 1 : 331) {
        const torn = Buffer.alloc(sound.length);
        sound.copy(torn, 0, 0, at);
        writeFileSync(path, torn);
        removeSuperblocks(folder);
        const { journal, error, broken } = await look(folder, 131_072);
        const whole = ends.filter(({ end }) => end <= at).at(-1) ?? { end: 76, size: 0 };
        expect([at, error, broken, journal?.size]).toEqual([at, undefined, undefined, whole.size]);
        const rest = dataLength(torn.subarray(whole.end));
        expect(journal?.cut?.bytes ?? 0).toBe(rest);
        // A log without records is as if it had not been begun.
        if (whole.size === 0) expect(existsSync(path)).toBe(false);
        else expect(dataLength(readFileSync(path))).toBe(whole.end);
      }
    }));

  it("is appended to after the cut", () =>
    inFolder(async (folder) => {
      await writeLog(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      const bytes = readFileSync(path);
      bytes.fill(0, dataLength(bytes) - 5);
      writeFileSync(path, bytes);
      const journal = await open(folder, 131_072);
      expect(journal.cut).toMatchObject({ file: path });
      expect(journal.size).toBeLessThan(RECORDS);
      await appendUpTo(journal, RECORDS, 20);
      expect(await journal.read(0, 999)).toEqual(recordTexts(0, RECORDS));
      await journal.close();
      expect((await look(folder, 131_072)).journal).toMatchObject({ size: RECORDS, cut: null });
    }));

  it("is not cut where the superblock says that it was durable", () =>
    inFolder(async (folder) => {
      const journal = await open(folder, 131_072);
      await appendUpTo(journal, 6, 3);
      await journal.close();
      const path = join(folder, "log", "0000000000000000.wal");
      const bytes = readFileSync(path);
      bytes.fill(0, dataLength(bytes) - 5);
      writeFileSync(path, bytes);
      await expect(open(folder, 131_072)).rejects.toMatchObject({ code: "corrupt", index: 5 });
      expect(readFileSync(path)).toEqual(bytes);
    }));
});

describe("a flipped bit", () => {
  it("in every byte of a log of one segment: refused, naming file, offset and index", () =>
    inFolder(async (folder) => {
      const ends = await writeLog(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      const length = dataLength(readFileSync(path));
      for (let at = 0; at < length; at += isSoak ? 1 : 331) {
        const mend = flipBit(path, at, at % 8);
        const { error } = await look(folder, 131_072);
        mend();
        removeSuperblocks(folder);
        expect(error, `byte ${at}`).toBeInstanceOf(CorruptJournal);
        if (!(error instanceof CorruptJournal)) continue;
        const batch = ends.findIndex(({ end }) => end > at);
        expect(error.file).toBe(path);
        expect(error.offset).toBeLessThanOrEqual(at);
        expect(error.index ?? -1).toBeGreaterThanOrEqual(ends[batch - 1]?.size ?? 0);
        expect(error.index ?? RECORDS).toBeLessThan(ends[batch]?.size ?? 0);
      }
    }));

  it("in every byte of a log of many segments: no wrong record is ever read", () =>
    inFolder(async (folder) => {
      await writeLog(folder, 8_192);
      const asKilled = keepSuperblocks(folder);
      const names = readdirSync(join(folder, "log")).toSorted();
      expect(names.length).toBeGreaterThan(3);
      for (const name of names) {
        const path = join(folder, "log", name);
        const length = dataLength(readFileSync(path));
        for (
          let at = 0;
          at < length;
          at += isSoak || (name === names[0] && at < SEGMENT_HEADER_BYTES) ? 1 : 997
        ) {
          const mend = flipBit(path, at, at % 8);
          const { error, broken } = await look(folder, 8_192);
          mend();
          asKilled();
          expect([name, at, broken]).toEqual([name, at, undefined]);
          expect(error, `${name} byte ${at}`).toMatchObject({ code: "corrupt", file: path });
        }
      }
    }));

  it("in the zeros behind the log: nothing is lost", () =>
    inFolder(async (folder) => {
      await writeLog(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      const length = dataLength(readFileSync(path));
      for (const distance of [0, 20, 39, 40, 300, 600, 5_000]) {
        const mend = flipBit(path, length + distance, 3);
        const { journal, error, broken } = await look(folder, 131_072);
        if (error === undefined) expect([broken, journal?.size]).toEqual([undefined, RECORDS]);
        else expect(error).toMatchObject({ code: "corrupt", index: RECORDS });
        mend();
        removeSuperblocks(folder);
      }
    }));

  it("in bytes that were sound when they were read before: refused, never given out", () =>
    inFolder(async (folder) => {
      const journal = await open(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      await appendUpTo(journal, 5, 5);
      const secondBatch = dataLength(readFileSync(path));
      await appendUpTo(journal, 100, 5);
      expect(await journal.read(0, 100)).toEqual(recordTexts(0, 100));
      for (let at = secondBatch; at < secondBatch + 600; at += isSoak ? 1 : 7) {
        const mend = flipBit(path, at, at % 8);
        const texts = await journal.read(0, 100).catch((error: unknown) => error);
        mend();
        // The line's end behind a record is for people, and no reader looks at it.
        if (Array.isArray(texts)) expect([at, texts]).toEqual([at, recordTexts(0, 100)]);
        else expect(texts, `byte ${at}`).toMatchObject({ code: "corrupt", file: path });
      }
      for (let at = secondBatch; at < secondBatch + 40; at += 1) {
        const mend = flipBit(path, at, at % 8);
        await expect(journal.read(0, 100), `byte ${at}`).rejects.toMatchObject({ index: 5 });
        mend();
      }
      expect(await journal.read(0, 100)).toEqual(recordTexts(0, 100));
      await journal.close();
    }));

  it("in every byte of one superblock: the other stands; of both: refused", () =>
    inFolder(async (folder) => {
      for (const size of [3, 5]) {
        const journal = await open(folder, 8_192);
        await appendUpTo(journal, size, 2);
        await journal.close();
      }
      const paths = [0, 1].map((slot) => join(folder, `superblock-${slot}`));
      const [first = "", second = ""] = paths;
      const sound = paths.map((path) => readFileSync(path));
      for (let at = 0; at < 512; at += isSoak ? 1 : 37) {
        for (const path of paths) {
          const mend = flipBit(path, at, at % 8);
          expect((await look(folder, 8_192)).journal?.size, `${path} byte ${at}`).toBe(5);
          mend();
          paths.forEach((one, slot) => writeFileSync(one, sound[slot] ?? ""));
        }
        flipBit(first, at, at % 8);
        flipBit(second, 511 - at, 0);
        const { error } = await look(folder, 8_192);
        expect(error, `byte ${at}`).toMatchObject({ code: "corrupt", index: null, file: first });
        paths.forEach((one, slot) => writeFileSync(one, sound[slot] ?? ""));
      }
    }));
});

describe("files that are not what they were", () => {
  const names = (log: string) => readdirSync(log).toSorted();
  const isSegment = (name: string) => name.endsWith(".wal");
  const nth = (log: string, at: number) => join(log, names(log).at(at) ?? "");

  const cases: readonly (readonly [string, (log: string) => void, object])[] = [
    ["the first segment is missing", (log) => rmSync(nth(log, 0)), { index: 0 }],
    ["a segment in the middle is missing", (log) => rmSync(nth(log, 1)), {}],
    ["the last segment is missing", (log) => rmSync(nth(log, -1)), {}],
    [
      "all segments are missing",
      (log) => names(log).forEach((one) => rmSync(join(log, one))),
      { index: 0, offset: 0 },
    ],
    ["the last segment is empty", (log) => truncateSync(nth(log, -1), 0), { offset: 0 }],
    ["the last segment was cut within a record", (log) => truncateSync(nth(log, -1), 300), {}],
    ["a segment in the middle was cut", (log) => truncateSync(nth(log, 1), 4_096), {}],
    [
      "a segment stands in another's place",
      (log) => copyFileSync(nth(log, 1), nth(log, -1)),
      { offset: 0 },
    ],
  ];

  it.each(cases)("%s: refused", (_, damage, expected) =>
    inFolder(async (folder) => {
      const journal = await open(folder, 8_192);
      await appendUpTo(journal, 100, 7);
      await journal.close();
      damage(join(folder, "log"));
      expect((await look(folder, 8_192)).error).toMatchObject({ code: "corrupt", ...expected });
    }),
  );

  it("the last segment is missing after a kill, wherever it was begun: refused, naming it", () =>
    inFolder(async (folder) => {
      const log = join(folder, "log");
      let journal = await open(folder, 8_192);
      for (const segments of [1, 2, 3, 4]) {
        while (!existsSync(log) || names(log).filter(isSegment).length < segments)
          await appendUpTo(journal, journal.size + 1, 1);
        const { size } = journal;
        // Nobody closed it, and the snapshot is of a record before.
        if (segments === 2) await saveSnapshotAt(journal, { ...TOLD }, size - 3);
        const path = join(log, names(log).findLast(isSegment) ?? "");
        const bytes = readFileSync(path);
        rmSync(path);
        const lost = { code: "corrupt", file: path, offset: 0, index: size - 1 };
        await expect(open(folder, 8_192)).rejects.toMatchObject(
          // With its only segment the log itself is gone.
          segments === 1 ? { ...lost, index: 0 } : lost,
        );
        expect(() => [...readLog(folder)]).toThrow(/wal, offset 0, record \d+: .* is missing/u);
        // Nor does it help to lose one superblock with it.
        const asKilled = keepSuperblocks(folder);
        for (const slot of [0, 1]) {
          rmSync(join(folder, `superblock-${slot}`));
          await expect(open(folder, 8_192), `${segments} ${slot}`).rejects.toMatchObject({
            code: "corrupt",
            file: path,
          });
          asKilled();
        }
        writeFileSync(path, bytes);
        journal = await open(folder, 8_192);
        expect(await journal.read(0, 999)).toEqual(recordTexts(0, size));
      }
      await journal.close();
    }));

  it("a segment that only one superblock names is named in the other with the next batch", () =>
    inFolder(async (folder) => {
      for (const lost of [0, 1]) {
        const journal = await open(folder, 8_192);
        await appendUpTo(journal, journal.size + 1, 1);
        await journal.close();
        rmSync(join(folder, `superblock-${lost}`));
        const next = await open(folder, 8_192);
        await appendUpTo(next, next.size + 1, 1);
        const named = [0, 1].map((slot) => {
          const decoded = decodeSuperblock(readFileSync(join(folder, `superblock-${slot}`)), slot);
          return decoded.ok && decoded.superblock.segment;
        });
        expect([lost, named]).toEqual([lost, [0, 0]]);
        await next.close();
      }
    }));

  it("a log whose superblocks name no segment is opened, and its segment named with the next batch", () =>
    inFolder(async (folder) => {
      const journal = await open(folder, 8_192);
      await appendUpTo(journal, 40, 5);
      await journal.close();
      for (const slot of [0, 1]) {
        const path = join(folder, `superblock-${slot}`);
        const decoded = decodeSuperblock(readFileSync(path), slot);
        if (!decoded.ok) throw new Error(decoded.problem);
        writeFileSync(path, encodeSuperblock({ ...decoded.superblock, segment: null }));
      }
      const next = await open(folder, 8_192);
      expect(next.size).toBe(40);
      await appendUpTo(next, 41, 1);
      const path = join(folder, "log", names(join(folder, "log")).findLast(isSegment) ?? "");
      rmSync(path);
      await expect(open(folder, 8_192)).rejects.toMatchObject({ code: "corrupt", file: path });
    }));

  it("a file without superblock that was cut short is not taken for a torn one", () =>
    inFolder(async (folder) => {
      const journal = await open(folder, 8_192);
      await appendUpTo(journal, 10, 10);
      await journal.close();
      removeSuperblocks(folder);
      const path = join(folder, "log", "0000000000000000.wal");
      const sound = readFileSync(path);
      const length = dataLength(sound);
      for (const cut of [length - 1, length, length + 1, 77, 4_095]) {
        writeFileSync(path, sound.subarray(0, cut));
        expect((await look(folder, 8_192)).error).toMatchObject({ code: "corrupt", file: path });
      }
      expect(length).toBeGreaterThan(1_024);
      const large = Buffer.from(sound.subarray(0, 4_096));
      writeFileSync(path, large);
      expect((await look(folder, 8_192)).journal?.size).toBe(10);
    }));

  it("a batch whose end was cut off with the file is not taken for a torn one", () =>
    inFolder(async (folder) => {
      const journal = await open(folder, 65_536);
      await appendUpTo(journal, 100, 100);
      await journal.close();
      removeSuperblocks(folder);
      const path = join(folder, "log", "0000000000000000.wal");
      truncateSync(path, 8_192);
      expect((await look(folder, 65_536)).error).toMatchObject({ code: "corrupt", offset: 8_192 });
    }));

  it("terms go on growing where the lock was lost, by the log and by a superblock", () =>
    inFolder(async (folder) => {
      const loseLock = () =>
        readdirSync(folder)
          .filter((name) => name.startsWith("lock-"))
          .forEach((name) => rmSync(join(folder, name)));
      for (const size of [3, 6]) {
        const journal = await open(folder, 8_192);
        await appendUpTo(journal, size, 3);
        await journal.close();
      }
      removeSuperblocks(folder);
      loseLock();
      const third = await open(folder, 8_192);
      expect(third.term).toBe(3);
      await third.close();
      loseLock();
      const fourth = await open(folder, 8_192);
      expect(fourth.term).toBe(4);
      await appendUpTo(fourth, 9, 3);
      await fourth.close();
    }));

  it("the superblocks of a log that had some are missing", () =>
    inFolder(async (folder) => {
      for (const size of [5, 60]) {
        const journal = await open(folder, 8_192);
        await appendUpTo(journal, size, 5);
        await journal.close();
      }
      removeSuperblocks(folder);
      expect((await look(folder, 8_192)).error).toMatchObject({ code: "corrupt", file: folder });
    }));

  it("the log of another node, and of another cluster", () =>
    inFolder(async (folder) => {
      const journal = await open(folder, 8_192);
      await appendUpTo(journal, 5, 5);
      await journal.close();
      const nodeId = Uint8Array.from(NODE_ID, (byte) => byte + 1);
      await expect(openFileJournal({ disk: hastyDisk, folder, nodeId })).rejects.toMatchObject({
        code: "corrupt",
        message: expect.stringContaining("another node") as unknown,
      });
      await inFolder(async (foreign) => {
        const other = await open(foreign, 8_192);
        await other.append({ firstIndex: 0, records: ["other"], term: 1 });
        await other.close();
        for (const slot of [0, 1]) rmSync(join(folder, `superblock-${slot}`), { force: true });
        copyFileSync(join(foreign, "superblock-1"), join(folder, "superblock-1"));
        expect((await look(folder, 8_192)).error).toMatchObject({
          code: "corrupt",
          message: expect.stringContaining("another cluster") as unknown,
        });
      });
    }));

  it("a segment that is another cluster's than its record 0", () =>
    inFolder(async (folder) => {
      await writeLog(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      const bytes = readFileSync(path);
      const clusterId = new Uint8Array(16).fill(1);
      bytes.set(encodeSegmentHeader({ clusterId, nodeId: NODE_ID, firstIndex: 0, generation: 0 }));
      writeFileSync(path, bytes);
      const { error } = await look(folder, 131_072);
      expect(error).toMatchObject({ code: "corrupt", file: path, offset: 76, index: 0 });
    }));

  it("says what can be done, and what was not", () =>
    inFolder(async (folder) => {
      await writeLog(folder, 131_072);
      const path = join(folder, "log", "0000000000000000.wal");
      flipBit(path, 90, 1);
      const { error } = await look(folder, 131_072);
      expect(String(error)).toBe(
        `JournalError: ${path}, offset 76, record 0: no batch with a valid header begins here. ` +
          "The journal stays closed and nothing was changed. Choices: put back this file from a copy of the same " +
          "journal (a backup, a follower); or restore the whole folder from the last backup, and give up what came after it",
      );
    }));
});
