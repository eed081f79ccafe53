import { join } from "node:path";
import { JournalError } from "@swoosh/kernel";
import { needDebian } from "@swoosh/test";
import { beforeAll, describe, expect, it } from "vitest";
import { LevelJournal } from "./level-journal.ts";
import { openLevelStore } from "./level-store.ts";
import { appendUpTo, brokenPromise, saveSnapshotAt, type Told } from "./test/journal-play.ts";
import { STRACE } from "./test/read-trace.ts";
import { inMemory } from "./test/real-folder.ts";
import { drawFrom, type Draw } from "./test/simulated-disk.ts";
import { hear, putContents, sizesIn, traceLevelLife } from "./test/trace-level-life.ts";
import {
  TracedDisk,
  type DiskContents,
  type NameKeeping,
  type TracedAct,
} from "./test/traced-disk.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Every so many calls the power is lost, in so many ways. */
const SMALL = isSoak ? { step: 1, draws: 6 } : { step: 19, draws: 1 };
const LARGE = { step: 23, draws: 2 };
const LIVES = 4;
const NOTHING: DiskContents = new Map();
const NO_BYTES = new Uint8Array(0);
const LOG = /\.log$/u;
const MANIFEST = /^MANIFEST-/u;
/** Where a disk has zeros in a manifest, a test of its own says what comes of it. */
const NO_MANIFEST = /^(?!MANIFEST-)/u;

const nothingTold = (): Told => ({ acknowledged: 0, snapshotIndex: -1, evidence: false });

interface Loss {
  /** Number of the call after which the power was lost. */
  readonly at: number;
  readonly told: Told;
  /** Had the journal been opened once? */
  readonly isMade: boolean;
  readonly contents: DiskContents;
}

function* lossesOf(
  acts: readonly TracedAct[],
  about: {
    readonly before?: DiskContents;
    readonly told?: Told;
    readonly keeping?: NameKeeping;
    readonly step: number;
    readonly draws: number;
  },
): Generator<Loss> {
  const { before = NOTHING, draws, keeping = "in-order", step } = about;
  const disk = new TracedDisk(keeping, before);
  const told = { ...(about.told ?? nothingTold()) };
  let isMade = about.told !== undefined;
  for (const [at, act] of acts.entries()) {
    disk.do(act);
    hear(told, act);
    isMade ||= act.kind === "said";
    if (at % step !== 0) continue;
    for (let draw = 0; draw < draws; draw += 1)
      yield {
        at,
        told: { ...told },
        isMade,
        contents: disk.afterLoss(drawFrom(at * draws + draw), NO_MANIFEST),
      };
  }
}

/** What is wrong with the journal that the power left, when it is opened, used and opened again; undefined: nothing. */
async function brokenBy(
  { contents, told }: Loss,
  about: { readonly folder: string; readonly sizes: ReadonlySet<number> },
): Promise<string | undefined> {
  const { folder, sizes } = about;
  putContents(folder, contents);
  const next = [...sizes].find((size) => size > told.acknowledged);
  const after = { ...told };
  try {
    const broken = await withJournal(folder, async (journal) => {
      const problem = await brokenPromise(journal, told);
      if (problem !== undefined) return problem;
      if (journal.size !== told.acknowledged && journal.size !== next)
        return `${journal.size} records are no whole batch after ${told.acknowledged}`;
      after.acknowledged = journal.size + 3;
      await appendUpTo(journal, after.acknowledged, 2);
      await saveSnapshotAt(journal, after, after.acknowledged - 1);
      return undefined;
    });
    return (
      broken ??
      (await withJournal(folder, async (journal) =>
        journal.size === after.acknowledged
          ? brokenPromise(journal, after)
          : `${journal.size} records after ${after.acknowledged}`,
      ))
    );
  } catch (error) {
    if (error instanceof JournalError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

async function withJournal<Result>(
  folder: string,
  use: (journal: LevelJournal) => Promise<Result>,
): Promise<Result> {
  const journal = await LevelJournal.over(await openLevelStore(folder), 2);
  try {
    return await use(journal);
  } finally {
    await journal.close();
  }
}

/** The trace of a disk that says that it synced these files, and did not. */
function withoutSyncs(acts: readonly TracedAct[], names: RegExp): readonly TracedAct[] {
  const files = new Set(
    acts.flatMap((act) => (act.kind === "open" && names.test(act.name) ? [act.file] : [])),
  );
  return acts.filter((act) => act.kind !== "sync" || act.file === null || !files.has(act.file));
}

/** All names last, and of what was not synced all or nothing: the first draw is of names, the others are of each file. */
function allNames(rest: "all" | "nothing"): Draw {
  let isOfNames = true;
  return (bound) => {
    const drawn = isOfNames ? bound - 1 : rest === "all" ? 0 : 1;
    isOfNames = false;
    return drawn;
  };
}

/** The first thing that is wrong after a loss of a journal that had been opened. */
async function firstBroken(
  losses: Iterable<Loss>,
  about: { readonly folder: string; readonly sizes: ReadonlySet<number> },
): Promise<string | undefined> {
  for (const loss of losses) {
    const broken = loss.isMade ? await brokenBy(loss, about) : undefined;
    if (broken !== undefined) return `call ${loss.at}: ${broken}`;
  }
  return undefined;
}

let acts: readonly TracedAct[] = [];
let sizes: ReadonlySet<number> = new Set();

beforeAll(async () => {
  needDebian(STRACE);
  await inMemory(async (place) => {
    acts = await traceLevelLife(place, { openings: 6, size: "small", before: NOTHING });
  });
  sizes = sizesIn(acts);
});

describe("a LevelJournal whose machine loses power", () => {
  it("has what it acknowledged, once and in whole batches, and goes on", () =>
    inMemory(async (folder) => {
      const losses = lossesOf(acts, SMALL);
      expect(await firstBroken(losses, { folder, sizes })).toBeUndefined();
    }));

  // LevelDB does not sync the first of its manifests (google/leveldb#189): for some milliseconds CURRENT names an empty one.
  it("begins again where its folder was just being made", () =>
    inMemory(async (folder) => {
      const disk = new TracedDisk("in-order");
      const seen = new Set<string>();
      for (const act of acts) {
        if (act.kind === "said") break;
        disk.do(act);
        const contents = disk.afterLoss(allNames("nothing"));
        const loss = { at: 0, told: nothingTold(), isMade: false, contents };
        const [, manifest] = [...contents].find(([name]) => MANIFEST.test(name)) ?? [];
        if (manifest !== undefined) seen.add(manifest.length === 0 ? "empty" : "made");
        expect(await brokenBy(loss, { folder, sizes })).toBeUndefined();
      }
      expect([...seen].toSorted()).toEqual(["empty", "made"]);
    }));

  // LevelDB appends to a manifest when it makes tables beside the appends. Zeros at its end are damage to it only where they
  // begin in the midst of what was being written: one sector of that was on the disk, and the next one was not.
  it("may be refused where zeros end an entry of its manifest: all is there without that entry", () =>
    inMemory(async (folder) => {
      const disk = new TracedDisk("in-order");
      const told = nothingTold();
      const seen = new Set<string>();
      for (const [at, act] of acts.entries()) {
        disk.do(act);
        hear(told, act);
        if (act.kind !== "write" || told.acknowledged === 0) continue;
        const nothing = disk.afterLoss(allNames("nothing"));
        const all = disk.afterLoss(allNames("all"));
        const name = [...all.keys()].findLast((one) => MANIFEST.test(one)) ?? "";
        const [before = NO_BYTES, after = NO_BYTES] = [nothing.get(name), all.get(name)];
        if (before.length === after.length) continue;
        for (const from of [before.length, (before.length + after.length) >> 1]) {
          const bytes = after.slice().fill(0, from);
          const contents = new Map([...all, [name, bytes] as const]);
          const broken = await brokenBy({ at, told, isMade: true, contents }, { folder, sizes });
          seen.add(broken ?? "nothing is wrong");
        }
        const loss = { at, told, isMade: true, contents: nothing };
        expect(await brokenBy(loss, { folder, sizes })).toBeUndefined();
      }
      const refused = `corrupt: LevelDB cannot open ${folder}: Corruption: checksum mismatch`;
      expect([...seen].toSorted()).toEqual([refused, "nothing is wrong"]);
    }));

  it.runIf(isSoak)("so do its next lives, each on what the power left of the one before", () =>
    inMemory(async (place) => {
      const folder = join(place, "lost");
      let made = [...lossesOf(acts, { step: 7, draws: 1 })].filter(({ isMade }) => isMade);
      for (let life = 1; life <= LIVES; life += 1) {
        const loss = made[Math.floor((made.length * life) / (LIVES + 1))] ?? made[0];
        if (loss === undefined) throw new Error("the life before said nothing");
        const { contents, told } = loss;
        const next = await traceLevelLife(place, { openings: 4, size: "small", before: contents });
        const about = { before: contents, told, step: 3, draws: 3 };
        const broken = await firstBroken(lossesOf(next, about), { folder, sizes: sizesIn(next) });
        expect([life, broken]).toEqual([life, undefined]);
        made = [...lossesOf(next, { ...about, step: 7, draws: 1 })];
      }
    }),
  );

  it.runIf(isSoak)("does so where LevelDB begins another log while it is open", () =>
    inMemory(async (place) => {
      const folder = join(place, "lost");
      const large = await traceLevelLife(place, { openings: 2, size: "large", before: NOTHING });
      const logs = large.filter((act) => act.kind === "open" && LOG.test(act.name));
      expect(logs.length).toBeGreaterThan(2);
      const about = { folder, sizes: sizesIn(large) };
      expect(await firstBroken(lossesOf(large, LARGE), about)).toBeUndefined();
    }),
  );
});

describe("the check of what a loss of power leaves", () => {
  it.each([
    ["logs", LOG],
    ["tables", /\.ldb$/u],
    ["manifests", /^MANIFEST-/u],
  ])("finds what is lost where %s are not synced", (_, names) =>
    inMemory(async (folder) => {
      const losses = lossesOf(withoutSyncs(acts, names), { step: 17, draws: 1 });
      expect(await firstBroken(losses, { folder, sizes })).toBeDefined();
    }),
  );

  // What it relies on is known (google/leveldb#195 and #196, and Pillai et al., OSDI 2014): ext4 and xfs give it.
  it("finds that LevelDB relies on names that last in their order, with the file that is synced", () =>
    inMemory(async (folder) => {
      const losses = lossesOf(acts, { step: 7, draws: 1, keeping: "by-folder" });
      expect(await firstBroken(losses, { folder, sizes })).toBeDefined();
    }));
});
