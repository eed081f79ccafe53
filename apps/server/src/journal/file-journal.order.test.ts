import { InvariantViolation } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { FaultyDisk, type DiskCall } from "./test/faulty-disk.ts";
import { appendUpTo, chunkHash, openSmall, recordTexts } from "./test/journal-play.ts";
import { nextTurn } from "./test/next-turn.ts";
import { dataLength } from "./test/real-folder.ts";
import { NOTHING_LASTS, SimulatedDisk } from "./test/simulated-disk.ts";

describe("calls that overlap", () => {
  it("appends keep their order, and each waits for the one before", async () => {
    const journal = await openSmall(new SimulatedDisk());
    const { term } = journal;
    await Promise.all([
      journal.append({ firstIndex: 0, records: recordTexts(0, 3), term }),
      journal.append({ firstIndex: 3, records: recordTexts(3, 60), term }),
      journal.append({ firstIndex: 60, records: recordTexts(60, 61), term }),
    ]);
    expect(await journal.read(0, 99)).toEqual(recordTexts(0, 61));
  });

  it("a clean stop waits for what is under way, and nothing comes after it", async () => {
    const disk = new SimulatedDisk();
    const journal = await openSmall(disk);
    const { term } = journal;
    const append = journal.append({ firstIndex: 0, records: recordTexts(0, 3), term });
    await journal.close();
    await append;
    await journal.close();
    await expect(journal.append({ firstIndex: 3, records: ["late"], term })).rejects.toMatchObject({
      code: "failed",
      message: "the journal is closed",
    });
    expect((await openSmall(disk)).size).toBe(3);
  });

  it("snapshots are saved one after the other", async () => {
    const journal = await openSmall(new SimulatedDisk());
    await appendUpTo(journal, 4, 2);
    const chunks = new Map([[chunkHash(1), "shared"]]);
    const save = (index: number) =>
      journal.saveSnapshot({ index, manifest: `${chunkHash(1)} ${index}`, chunks });
    await Promise.all([save(1), save(3)]);
    const kept = await journal.snapshots();
    expect(kept.map(({ manifest }) => manifest.slice(-1))).toEqual(["3", "1"]);
  });

  it("a snapshot's chunks are all made and written before any is synced, and the loop goes on between", async () => {
    const disk = new FaultyDisk(new SimulatedDisk());
    const journal = await openSmall(disk);
    await appendUpTo(journal, 4, 2);
    let turns = 0;
    let isOver = false;
    const countTurns = async (): Promise<void> => {
      for (; !isOver; turns += 1) await nextTurn();
    };
    const counting = countTurns();
    const turnsAt: number[] = [];
    function* chunks(): Generator<readonly [string, string], void, undefined> {
      for (let at = 0; at < 40; at += 1) {
        turnsAt.push(turns);
        yield [chunkHash(at), `text ${at}`];
      }
    }
    const before = disk.acts;
    const manifest = Array.from({ length: 40 }, (_, at) => chunkHash(at)).join(" ");
    await journal.saveSnapshot({ index: 3, manifest, chunks: chunks() });
    isOver = true;
    await counting;
    const isOf = (what: unknown, end: string) => String(what).endsWith(end);
    const acts = disk.seen.slice(before);
    const flushes = acts.flatMap(({ call }, at) => (call === "flush" ? [at] : []));
    const writes = acts.flatMap(({ call }, at) => (call === "write" ? [at] : []));
    const names = acts.flatMap(({ call, what }, at) =>
      call === "rename" && isOf(what, ".json") ? [at] : [],
    );
    // 40 chunks, then the manifest, then the superblock, which is no file's replacement.
    expect([writes.length, flushes.length, names.length]).toEqual([42, 41, 41]);
    expect(writes[39]).toBeLessThan(flushes[0] ?? 0);
    expect(names[39]).toBeLessThan(writes[40] ?? 0);
    expect(turnsAt.at(-1)).toBeGreaterThan(turnsAt[0] ?? 0);
    expect(await (await journal.snapshots())[0]?.chunk(chunkHash(39))).toBe("text 39");
  });

  it("a snapshot that finds the disk full in the middle leaves nothing behind", async () => {
    const inner = new SimulatedDisk();
    const journal = await openSmall(inner);
    await appendUpTo(journal, 4, 2);
    const chunks = Array.from({ length: 20 }, (_, at) => [chunkHash(at), "x".repeat(100)] as const);
    inner.roomBytes = 1_050;
    const saved = journal.saveSnapshot({ index: 3, manifest: "never", chunks });
    await expect(saved).rejects.toMatchObject({ code: "full" });
    expect(inner.list("/journal/chunks")).toEqual([]);
    expect(inner.roomBytes).toBe(1_050);
  });

  it("K5: a snapshot of what is not durable is our own mistake", async () => {
    const journal = await openSmall(new SimulatedDisk());
    await appendUpTo(journal, 4, 2);
    const files = { index: 4, manifest: "", chunks: new Map<string, string>() };
    const error: unknown = await journal.saveSnapshot(files).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvariantViolation);
  });
});

describe("a writer that was taken over", () => {
  /** Somebody else opens the journal when the first one asks the disk for this. */
  async function takenOverAt(call: DiskCall, records: number) {
    const inner = new SimulatedDisk();
    const disk = new FaultyDisk(inner);
    const journal = await openSmall(disk);
    await appendUpTo(journal, 2, 1);
    let successor: Awaited<ReturnType<typeof openSmall>> | undefined;
    let isTaken = false;
    disk.plan = (act) => {
      if (act.call !== call || isTaken) return undefined;
      isTaken = true;
      void openSmall(inner).then((opened) => (successor = opened));
      return undefined;
    };
    const error: unknown = await appendUpTo(journal, 2 + records, records).catch(
      (reason: unknown) => reason,
    );
    return { inner, journal, error, successor };
  }

  it("in the middle of an append: is not told that it is durable", async () => {
    const { journal, error } = await takenOverAt("sync", 3);
    expect(error).toMatchObject({ code: "term" });
    expect(String(error)).toContain("another writer took over");
    expect(journal.size).toBe(2);
  });

  it("while it begins a segment: writes nothing into it", async () => {
    const { inner, error, successor } = await takenOverAt("syncFolder", 20);
    expect(error).toMatchObject({ code: "term" });
    expect(successor?.size).toBe(2);
    expect((await openSmall(inner)).size).toBe(2);
  });

  it("while it fills the next segment: gives no file the name of a segment, neither its own nor the other's", async () => {
    const { inner, error, successor } = await takenOverAt("flush", 20);
    expect(error).toMatchObject({ code: "term" });
    expect(inner.list("/journal/log").filter((name) => name.endsWith(".wal"))).toHaveLength(1);
    if (successor === undefined) throw new Error("nobody took over");
    await appendUpTo(successor, 60, 20);
    expect((await openSmall(inner)).size).toBe(60);
  });

  it("stores no snapshot, no evidence and no superblock, and leaves the lock alone", async () => {
    const inner = new SimulatedDisk();
    const journal = await openSmall(inner);
    await appendUpTo(journal, 2, 1);
    const superblocks = () =>
      [0, 1].map((slot) => inner.contents(`/journal/superblock-${slot}`)?.slice());
    const named = superblocks();
    const successor = await openSmall(inner);
    const files = { index: 1, manifest: "", chunks: new Map<string, string>() };
    await expect(journal.saveSnapshot(files)).rejects.toMatchObject({ code: "term" });
    const other = await openSmall(inner);
    await expect(successor.saveEvidence(`sha256-${"a".repeat(64)}`, "x")).rejects.toMatchObject({
      code: "term",
    });
    await journal.close();
    await successor.close();
    // Both name the first segment; nobody wrote another.
    expect(inner.list("/journal").toSorted()).toEqual([
      "lock-0000000000000003",
      "superblock-0",
      "superblock-1",
    ]);
    expect(superblocks()).toEqual(named);
    await appendUpTo(other, 3, 1);
    expect(await other.read(0, 9)).toEqual(recordTexts(0, 3));
  });
});

describe("batches", () => {
  it.each([1, 3, 60])(
    "of %i records are one write and one sync of the segment, in this order",
    async (records) => {
      const disk = new FaultyDisk(new SimulatedDisk());
      const journal = await openSmall(disk, { segmentBytes: 1_048_576 });
      await appendUpTo(journal, 2, 1);
      const before = disk.acts;
      await appendUpTo(journal, 2 + records, records);
      const acts = disk.seen.slice(before);
      expect(acts.map(({ call }) => call)).toEqual(["write", "sync"]);
      expect(new Set(acts.map(({ what }) => what)).size).toBe(1);
      // So many batches, so many of both: nothing of it is left to a later one.
      await appendUpTo(journal, 2 + records * 5, records);
      expect(disk.seen.slice(before).filter(({ call }) => call === "write")).toHaveLength(5);
      expect(disk.seen.slice(before).filter(({ call }) => call === "sync")).toHaveLength(5);
    },
  );

  it("too large for a segment get one of their size, also in the place of an empty one", async () => {
    const inner = new SimulatedDisk();
    const disk = new FaultyDisk(inner);
    const journal = await openSmall(disk);
    const hasSegment = () => inner.list("/journal/log").some((name) => name.endsWith(".wal"));
    disk.plan = ({ call }) => (call === "write" && hasSegment() ? "EDQUOT" : undefined);
    const { term } = journal;
    const small = { firstIndex: 0, records: recordTexts(0, 1), term };
    await expect(journal.append(small)).rejects.toMatchObject({ code: "full" });
    disk.plan = () => undefined;
    expect(hasSegment()).toBe(true);
    await journal.append({ firstIndex: 0, records: recordTexts(0, 400), term });
    expect(await journal.read(0, 999)).toEqual(recordTexts(0, 400));
    const again = await openSmall(inner);
    expect(await again.read(0, 999)).toEqual(recordTexts(0, 400));
  });

  it("find the next segment prepared, and a clean stop leaves none", async () => {
    const inner = new SimulatedDisk();
    const disk = new FaultyDisk(inner);
    const journal = await openSmall(disk, { segmentBytes: 16_384 });
    await appendUpTo(journal, 20, 1);
    expect(inner.list("/journal/log")).toEqual(["0000000000000000.wal"]);
    await appendUpTo(journal, 28, 1);
    for (let turn = 0; turn < 9; turn += 1) await nextTurn();
    expect(inner.list("/journal/log").toSorted()).toEqual(["0000000000000000.wal", "spare-1.tmp"]);
    expect(disk.seen.filter(({ call }) => call === "flush").length).toBe(2);
    await appendUpTo(journal, 80, 1);
    expect(inner.list("/journal/log")).toContain("0000000000000000.wal");
    await journal.close();
    expect(inner.list("/journal/log").filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("too large for the segment that was prepared get another one", async () => {
    const inner = new SimulatedDisk();
    const journal = await openSmall(inner, { segmentBytes: 16_384 });
    await appendUpTo(journal, 28, 1);
    for (let turn = 0; turn < 9; turn += 1) await nextTurn();
    expect(inner.list("/journal/log")).toContain("spare-1.tmp");
    await appendUpTo(journal, 400, 372);
    const again = await openSmall(inner);
    expect(await again.read(0, 999)).toEqual(recordTexts(0, 400));
  });

  it("with an empty record, or one too long, are refused", async () => {
    for (const record of ["", "x".repeat(65_536), "é".repeat(32_768)]) {
      const journal = await openSmall(new SimulatedDisk());
      await expect(
        journal.append({ firstIndex: 0, records: [record], term: journal.term }),
      ).rejects.toMatchObject({ code: "failed" });
      expect(journal.size).toBe(0);
    }
    const journal = await openSmall(new SimulatedDisk());
    await journal.append({ firstIndex: 0, records: ["x".repeat(65_535)], term: journal.term });
    expect(journal.size).toBe(1);
  });
});

describe("what is there already", () => {
  it("is not written again, and is where it rotted", async () => {
    const inner = new SimulatedDisk();
    const disk = new FaultyDisk(inner);
    const journal = await openSmall(disk);
    await appendUpTo(journal, 4, 1);
    const hash = `sha256-${"a".repeat(64)}` as const;
    const save = async (index: number) => {
      const before = disk.acts;
      await journal.saveEvidence(hash, "evidence");
      const chunks = new Map([[hash, "chunk"]]);
      await journal.saveSnapshot({ index, manifest: `${hash} ${index}`, chunks });
      const named = disk.seen.slice(before).filter(({ call }) => call === "rename");
      return named.filter(({ what }) => String(what).includes(hash)).length;
    };
    expect([await save(0), await save(1)]).toEqual([2, 0]);
    for (const folder of ["chunks", "evidence"]) {
      const file = inner.open(`/journal/${folder}/${hash}.json`, "update");
      inner.write(file, Buffer.from("rot"), 0);
    }
    expect([await save(2), await save(3)]).toEqual([2, 0]);
    expect(await journal.evidence(hash)).toBe("evidence");
    expect(await (await journal.snapshots())[0]?.chunk(hash)).toBe("chunk");
  });

  it("in a superblock is durable: each clean stop guards what came before it", async () => {
    const inner = new SimulatedDisk();
    const path = "/journal/log/0000000000000000.wal";
    for (const size of [2, 4, 6, 8]) {
      const journal = await openSmall(inner);
      await appendUpTo(journal, size, 2);
      const before = dataLength(inner.contents(path) ?? new Uint8Array(0));
      await journal.close();
      inner.losePower(NOTHING_LASTS);
      const file = inner.open(path, "update");
      const last = inner.contents(path)?.slice(before - 1, before) ?? new Uint8Array(0);
      inner.write(file, Uint8Array.of(0), before - 1);
      await expect(openSmall(inner)).rejects.toMatchObject({ code: "corrupt", index: size - 1 });
      inner.write(file, last, before - 1);
      inner.sync(file);
    }
  });
});
