import { describe, expect, it } from "vitest";
import { FaultyDisk } from "./test/faulty-disk.ts";
import {
  appendUpTo,
  brokenPromise,
  openSmall,
  playLife,
  saveSnapshotAt,
  type Told,
} from "./test/journal-play.ts";
import { drawFrom, NOTHING_LASTS, SimulatedDisk } from "./test/simulated-disk.ts";

/** Ways in which the unsynced bytes may or may not have reached the platter, for each crash. */
const OUTCOMES = process.env["SWOOSH_SOAK"] === undefined ? 3 : 200;

function nothingTold(): Told {
  return { acknowledged: 0, snapshotIndex: -1, evidence: false };
}

/** Runs a journal's life until the disk ends it. */
async function playUntil(disk: FaultyDisk, told: Told): Promise<void> {
  await playLife(disk, told).catch((error: unknown) => {
    if (!disk.isDead) throw error;
  });
}

async function actsOfALife(): Promise<number> {
  const disk = new FaultyDisk(new SimulatedDisk());
  const told = nothingTold();
  await playLife(disk, told);
  expect(told).toEqual({ acknowledged: 20, snapshotIndex: 19, evidence: true });
  const { acts } = disk;
  const journal = await openSmall(disk);
  expect(await brokenPromise(journal, told)).toBeUndefined();
  return acts;
}

function superblocks(disk: SimulatedDisk): readonly (readonly number[])[] {
  return [0, 1].flatMap((slot) => {
    const bytes = disk.contents(`/journal/superblock-${slot}`);
    return bytes === undefined ? [] : [[...bytes]];
  });
}

/** Opens what a crash left, checks it, goes on, and opens it once more. */
async function checkAndGoOn(inner: SimulatedDisk, told: Told): Promise<void> {
  const journal = await openSmall(inner);
  expect(await brokenPromise(journal, told)).toBeUndefined();
  const size = journal.size + 3;
  await appendUpTo(journal, size, 2);
  const after = { ...told, acknowledged: size };
  await saveSnapshotAt(journal, after, size - 1);
  inner.losePower(drawFrom(1));
  const again = await openSmall(inner);
  expect(again.size).toBe(size);
  expect(await brokenPromise(again, after)).toBeUndefined();
  const manifests = (await again.snapshots()).map(({ manifest }) => manifest).join();
  expect(
    inner.list("/journal/chunks").filter((name) => !manifests.includes(name.slice(0, -5))),
  ).toEqual([]);
  const folders = [
    "/journal",
    ...["log", "snapshots", "chunks", "evidence"].map((name) => `/journal/${name}`),
  ];
  const names = folders.flatMap((folder) => inner.list(folder));
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(inner.list("/journal").length).toBeLessThanOrEqual(3);
}

describe("a crash at every call to the disk", () => {
  it("loses power: what was acknowledged is there once, and nothing in halves", async () => {
    const acts = await actsOfALife();
    for (let at = 0; at < acts; at += 1) {
      for (let outcome = 0; outcome < OUTCOMES; outcome += 1) {
        const inner = new SimulatedDisk();
        const disk = new FaultyDisk(inner);
        disk.plan = ({ number }) => (number === at ? "crash" : undefined);
        const told = nothingTold();
        await playUntil(disk, told);
        expect(disk.isDead, `act ${at}`).toBe(true);
        inner.losePower(drawFrom(at * OUTCOMES + outcome));
        await checkAndGoOn(inner, told).catch((error: unknown) => {
          throw new Error(`act ${at} (${JSON.stringify(disk.seen.at(-1))}), outcome ${outcome}`, {
            cause: error,
          });
        });
      }
    }
  });

  it("kills the process at a sync: the next one makes durable what it reads of the superblocks", async () => {
    const acts = await actsOfALife();
    let unsure = 0;
    for (let at = 0; at < acts; at += 1) {
      const inner = new SimulatedDisk();
      const disk = new FaultyDisk(inner);
      disk.plan = ({ call, number }) => (number === at && call === "sync" ? "crash" : undefined);
      await playUntil(disk, nothingTold());
      if (!disk.isDead) continue;
      inner.killProcess();
      await openSmall(inner);
      const seen = superblocks(inner);
      // Nothing that was not synced reaches the platter.
      inner.losePower(NOTHING_LASTS);
      expect(superblocks(inner), `sync ${at}`).toEqual(seen);
      unsure += seen.length;
    }
    expect(unsure).toBeGreaterThan(0);
  });

  it("kills the process, then loses power: what the next one calls durable is", async () => {
    const acts = await actsOfALife();
    for (let at = 0; at < acts; at += 1) {
      const inner = new SimulatedDisk();
      const disk = new FaultyDisk(inner);
      disk.plan = ({ number }) => (number === at ? "crash" : undefined);
      const told = nothingTold();
      await playUntil(disk, told);
      inner.killProcess();
      const journal = await openSmall(inner);
      expect(await brokenPromise(journal, told), `act ${at}`).toBeUndefined();
      const size = journal.size;
      inner.losePower(drawFrom(at));
      await checkAndGoOn(inner, { ...told, acknowledged: size });
    }
  });

  it("crashes again while it is being opened, at every call of that", async () => {
    const acts = await actsOfALife();
    for (let at = 0; at < acts; at += OUTCOMES > 3 ? 1 : 5) {
      const inner = new SimulatedDisk();
      const disk = new FaultyDisk(inner);
      disk.plan = ({ number }) => (number === at ? "crash" : undefined);
      const told = nothingTold();
      await playUntil(disk, told);
      inner.losePower(drawFrom(at));
      for (let second = 0; ; second += 1) {
        const opening = new FaultyDisk(inner);
        opening.plan = ({ number }) => (number === second ? "crash" : undefined);
        await openSmall(opening).catch(() => undefined);
        if (!opening.isDead) break;
        expect(second).toBeLessThan(200);
        inner.losePower(drawFrom(at + second * 31));
      }
      await checkAndGoOn(inner, told);
    }
  });
});

describe("a crash before the first record is durable", () => {
  /** A record makes the journal its cluster's: so another one makes it another's. */
  async function begin(disk: SimulatedDisk | FaultyDisk, record: string): Promise<void> {
    const journal = await openSmall(disk);
    if (journal.size === 0)
      await journal.append({ firstIndex: 0, records: [record], term: journal.term });
    await journal.close();
  }

  it.each(["losePower", "killProcess"] as const)(
    "%s at any call: the next start may begin another log",
    async (how) => {
      for (let at = 0, isDead = true; isDead; at += 1) {
        for (let outcome = 0; outcome < OUTCOMES; outcome += 1) {
          const inner = new SimulatedDisk();
          const disk = new FaultyDisk(inner);
          disk.plan = ({ number }) => (number === at ? "crash" : undefined);
          await begin(disk, "one").catch(() => undefined);
          ({ isDead } = disk);
          inner[how](drawFrom(at * OUTCOMES + outcome));
          const again = new FaultyDisk(inner);
          // Every other time the second start crashes too.
          again.plan = ({ number }) => (number === outcome * 7 + at ? "crash" : undefined);
          if (at % 2 === 0) await begin(again, "two").catch(() => undefined);
          inner[how](drawFrom(at + outcome));
          await begin(inner, "three");
          const journal = await openSmall(inner);
          expect([at, journal.size]).toEqual([at, 1]);
          const [text] = await journal.read(0, 1);
          expect(["one", "two", "three"]).toContain(text);
        }
      }
    },
  );
});

describe("a call to the disk that fails, each one in turn", () => {
  it("EIO on any write or sync: failed, and never asked again", async () => {
    const acts = await actsOfALife();
    let failures = 0;
    for (let at = 0; at < acts; at += 1) {
      const inner = new SimulatedDisk();
      const disk = new FaultyDisk(inner);
      disk.plan = ({ number }) => (number === at ? "EIO" : undefined);
      const told = nothingTold();
      const error: unknown = await playLife(disk, told).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) {
        failures += 1;
        const hit = disk.seen[at];
        expect(error, `act ${at}: ${hit?.call}`).toMatchObject({ code: "failed" });
        const again = disk.seen.slice(at + 1).filter(({ what }) => what === hit?.what);
        if (hit?.call === "sync") expect(again, `act ${at}`).toEqual([]);
      }
      inner.losePower(drawFrom(at));
      await checkAndGoOn(inner, told);
    }
    expect(failures).toBeGreaterThan(acts / 2);
  });

  it("short reads and writes change nothing", async () => {
    const inner = new SimulatedDisk();
    const disk = new FaultyDisk(inner);
    disk.plan = ({ number }) => (number % 2 === 0 ? "short" : undefined);
    const told = nothingTold();
    await playLife(disk, told);
    expect(told.acknowledged).toBe(20);
    await checkAndGoOn(inner, told);
  });
});

describe("after a failed sync", () => {
  it("what the system's memory still shows is written again before it is called durable", async () => {
    const inner = new SimulatedDisk();
    const disk = new FaultyDisk(inner);
    const journal = await openSmall(disk);
    await appendUpTo(journal, 1, 1);
    disk.plan = ({ call }) => (call === "sync" ? "EIO" : undefined);
    await expect(appendUpTo(journal, 4, 3)).rejects.toMatchObject({ code: "failed" });
    await expect(appendUpTo(journal, 4, 3)).rejects.toMatchObject({ code: "failed" });
    expect(journal.size).toBe(1);
    const again = await openSmall(inner);
    expect(again.size).toBe(4);
    inner.losePower(NOTHING_LASTS);
    const last = await openSmall(inner);
    expect(last.size).toBe(4);
    expect(await brokenPromise(last, { ...nothingTold(), acknowledged: 4 })).toBeUndefined();
  });
});
