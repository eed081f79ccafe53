import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileJournal } from "./file-journal.ts";
import { nodeDisk } from "./node-disk.ts";
import { FaultyDisk, type DiskAct, type DiskFault } from "./test/faulty-disk.ts";
import {
  appendUpTo,
  brokenPromise,
  chunkHash,
  openSmall,
  recordTexts,
  type Told,
} from "./test/journal-play.ts";
import { dataLength } from "./test/real-folder.ts";
import { drawFrom, NOTHING_LASTS, SimulatedDisk } from "./test/simulated-disk.ts";

const told = (acknowledged: number): Told => ({
  acknowledged,
  snapshotIndex: -1,
  evidence: false,
});

async function begin(): Promise<{
  readonly inner: SimulatedDisk;
  readonly disk: FaultyDisk;
  readonly journal: FileJournal;
}> {
  const inner = new SimulatedDisk();
  const disk = new FaultyDisk(inner);
  const journal = await openSmall(disk, { segmentBytes: 16_384 });
  await appendUpTo(journal, 2, 1);
  return { inner, disk, journal };
}

/** The first calls of this kind fail, the others do not. */
function firstOf(call: DiskAct["call"], count: number, code: DiskFault) {
  let met = 0;
  return (act: DiskAct): DiskFault | undefined => {
    if (act.call !== call) return undefined;
    met += 1;
    return met <= count ? code : undefined;
  };
}

describe("a disk without room", () => {
  it("takes back the half of a batch that was written, durably", async () => {
    const { inner, disk, journal } = await begin();
    const before = inner.contents("/journal/log/0000000000000000.wal")?.slice();
    disk.plan = firstOf("write", 1, "ENOSPC");
    await expect(appendUpTo(journal, 5, 3)).rejects.toMatchObject({
      code: "full",
      retryable: true,
    });
    inner.losePower(NOTHING_LASTS);
    expect(inner.contents("/journal/log/0000000000000000.wal")).toEqual(before);
    expect((await openSmall(inner)).cut).toBeNull();
  });

  it("goes on with the same batch once there is room, also where nothing could be taken back", async () => {
    for (const count of [1, 2, 3]) {
      for (const call of ["write", "sync"] as const) {
        const { inner, disk, journal } = await begin();
        disk.plan = firstOf(call, count, "ENOSPC");
        let refused = 0;
        while (journal.size < 5)
          await appendUpTo(journal, 5, 3).catch((error: unknown) => {
            expect(error).toMatchObject({ code: "full" });
            refused += 1;
          });
        expect(refused).toBeGreaterThan(0);
        expect(await journal.read(0, 9)).toEqual(recordTexts(0, 5));
        inner.losePower(drawFrom(count));
        expect(await brokenPromise(await openSmall(inner), told(5))).toBeUndefined();
      }
    }
  });

  /** Half of a batch of `count` is behind the last one, and could not be taken back. */
  async function beginWithLeftover(count: number) {
    const begun = await begin();
    let writes = 0;
    begun.disk.plan = ({ call }) => {
      if (call !== "write") return undefined;
      writes += 1;
      return writes === 1 ? "ENOSPC" : "EDQUOT";
    };
    await expect(appendUpTo(begun.journal, 2 + count, count)).rejects.toMatchObject({
      code: "full",
    });
    begun.disk.plan = () => undefined;
    return begun;
  }

  it("never leaves a longer batch that found no room behind a shorter one", async () => {
    const { inner, journal } = await beginWithLeftover(12);
    await appendUpTo(journal, 3, 1);
    inner.losePower(NOTHING_LASTS);
    const again = await openSmall(inner);
    expect([again.size, again.cut]).toEqual([3, null]);
  });

  it("never leaves half a batch at the end of a segment", async () => {
    const { inner, journal } = await beginWithLeftover(12);
    const path = "/journal/log/0000000000000000.wal";
    const end = dataLength(inner.contents(path) ?? new Uint8Array(0));
    await appendUpTo(journal, 80, 78);
    expect(inner.list("/journal/log")).toContain("0000000000000002.wal");
    expect(dataLength(inner.contents(path) ?? new Uint8Array(0))).toBeLessThan(end);
    expect(await journal.read(0, 99)).toEqual(recordTexts(0, 80));
    const again = await openSmall(inner);
    expect(await brokenPromise(again, told(80))).toBeUndefined();
  });

  it("has failed where taking back fails otherwise", async () => {
    const { disk, journal } = await begin();
    let writes = 0;
    disk.plan = ({ call }) => {
      if (call !== "write") return undefined;
      writes += 1;
      return writes === 1 ? "ENOSPC" : "EIO";
    };
    await expect(appendUpTo(journal, 5, 3)).rejects.toMatchObject({ code: "failed" });
    disk.plan = () => undefined;
    await expect(appendUpTo(journal, 5, 3)).rejects.toMatchObject({ code: "failed" });
  });

  it("has no room for the next segment, and later has", async () => {
    const { inner, journal } = await begin();
    inner.roomBytes = 3_000;
    await expect(appendUpTo(journal, 300, 5)).rejects.toMatchObject({ code: "full" });
    const { size } = journal;
    expect(size).toBeGreaterThan(20);
    await expect(appendUpTo(journal, 300, 5)).rejects.toMatchObject({ code: "full" });
    expect(inner.roomBytes).toBe(3_000);
    expect(await journal.read(0, 999)).toEqual(recordTexts(0, size));
    inner.roomBytes = 1_000_000;
    await appendUpTo(journal, 300, 5);
    inner.losePower(drawFrom(3));
    expect(await brokenPromise(await openSmall(inner), told(300))).toBeUndefined();
  });

  it("stores no snapshot and leaves nothing of it; appends go on", async () => {
    const { inner, journal } = await begin();
    const files = (index: number) => ({
      index,
      manifest: `{"${chunkHash(1)}":1,"${chunkHash(2)}":1,"index":${index}}`,
      chunks: new Map([
        [chunkHash(1), "small"],
        [chunkHash(2), "x".repeat(5_000)],
      ]),
    });
    inner.roomBytes = 3_000;
    await expect(journal.saveSnapshot(files(1))).rejects.toMatchObject({ code: "full" });
    expect(inner.list("/journal/chunks")).toEqual([]);
    expect(await journal.snapshots()).toEqual([]);
    await expect(
      journal.saveEvidence(`sha256-${"a".repeat(64)}`, "x".repeat(5_000)),
    ).rejects.toMatchObject({ code: "full" });
    await appendUpTo(journal, 4, 2);
    inner.roomBytes = 100_000;
    await journal.saveSnapshot(files(1));
    expect((await journal.snapshots()).length).toBe(1);
  });
});

describe("a real disk of one megabyte", () => {
  it("fills and empties, again and again: nothing is lost", async ({ skip }) => {
    const mount = mkdtempSync(join(tmpdir(), "swoosh-small-"));
    const options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount];
    if (spawnSync("mount", options, { stdio: "ignore" }).status !== 0) {
      rmdirSync(mount);
      skip("mounting is not allowed here");
    }
    try {
      await expect(fillAndEmpty(mount)).resolves.toBeUndefined();
    } finally {
      spawnSync("umount", ["--lazy", mount]);
      rmdirSync(mount);
    }
  });
});

async function fillAndEmpty(mount: string): Promise<void> {
  const folder = join(mount, "journal");
  let journal = await openSmall(nodeDisk, { folder, segmentBytes: 16_384 });
  for (let round = 0; round < 5; round += 1) {
    const ballast = join(mount, "ballast");
    fill(ballast);
    const before = journal.size;
    await expect(appendUpTo(journal, before + 400, 9)).rejects.toMatchObject({ code: "full" });
    await expect(appendUpTo(journal, before + 400, 9)).rejects.toMatchObject({ code: "full" });
    rmSync(ballast);
    await appendUpTo(journal, journal.size + 20, 3);
    if (round % 2 === 0) {
      await journal.close();
      journal = await openSmall(nodeDisk, { folder, segmentBytes: 16_384 });
    }
    expect(await brokenPromise(journal, told(journal.size))).toBeUndefined();
  }
  await journal.close();
}

/** Takes all the room that there is. */
function fill(path: string): void {
  for (let bytes = 1_048_576; bytes >= 4_096; bytes /= 2) {
    try {
      writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // Whatever fitted is there; the next piece is smaller.
    }
  }
}
