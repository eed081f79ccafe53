import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  filesIn,
  lookAt,
  RECORDS,
  writeSound,
  type Damage,
  type Look,
  type Write,
} from "./test/damaged-level.ts";
import { inMemory } from "./test/real-folder.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** LevelDB's log is in blocks of so many bytes. From damage on it drops a block's rest, and goes on with the next block. */
const BLOCK_BYTES = 32_768;

interface Seen {
  readonly at: number;
  readonly file: string;
  readonly look: Look | undefined;
  /** Length of the file, and what was written to it, where it is the log. */
  readonly length: number;
  readonly writes: readonly Write[];
}

/** What became of every damage that was done, one process for all of them. */
const seen: (Seen & Damage)[] = [];

/** Of the end of a table, in bytes: its filters and its index of blocks, where a bit hides keys that are there. */
const TABLE_END = 800;

beforeAll(() =>
  inMemory(async (place) => {
    const undamaged: (Omit<Seen, "look"> & Damage)[] = [];
    for (const hasTables of [false, true]) {
      const sound = join(place, hasTables ? "tables" : "log");
      const writes = await writeSound(sound, { hasTables });
      for (const file of filesIn(sound, /\.(?:log|ldb)$|^(?:MANIFEST-\d+|CURRENT)$/u)) {
        const { length } = readFileSync(join(sound, file));
        const isLog = file.endsWith(".log");
        const sample = (at: number): number =>
          isLog ? 1_499 : file.endsWith(".ldb") && at < length - TABLE_END ? 499 : 23;
        for (let at = 0; at < length; at += isSoak ? 1 : sample(at))
          for (const how of isLog ? (["cut", "zeros", "flip"] as const) : (["flip"] as const)) {
            const goesOn = how !== "flip" && at % (isSoak ? 37 : 3 * 1_499) === 0;
            undamaged.push({ sound, file, at, how, goesOn, length, writes });
          }
      }
    }
    const looks = await lookAt(undamaged, { place, processes: isSoak ? 2 : 1 });
    for (const [nth, damage] of undamaged.entries()) seen.push({ ...damage, look: looks[nth] });
  }),
);

function seenOf(how: Damage["how"], files: RegExp): readonly Seen[] {
  const found = seen.filter((one) => one.how === how && files.test(one.file));
  expect(found.length).toBeGreaterThan(0);
  return found;
}

/** What the log's writes up to there come to, and nothing else. */
function lookUpTo({ at, writes }: Seen): Look {
  const { size = 0, snapshots = [] } = writes.findLast(({ end }) => end <= at) ?? {};
  return { kind: "read", size, wrong: [], unlike: [], keysMissed: 0, keysWrong: 0, snapshots };
}

describe("a LevelJournal whose newest log was torn", () => {
  it.each(["cut", "zeros"] as const)("at every byte (%s): the writes before it; goes on", (how) => {
    for (const one of seenOf(how, /\.log$/u))
      expect([one.at, one.look]).toEqual([one.at, lookUpTo(one)]);
  });
});

describe("a flipped bit under a LevelJournal", () => {
  // The end of a log that rotted is dropped without a word, as if it had been torn: LevelDB does not tell the two apart.
  it("in every byte of its log: what is behind it is dropped, and missed where anything follows", () => {
    for (const one of seenOf("flip", /\.log$/u)) {
      const dropped = lookUpTo(one);
      const missed: Look = {
        kind: "refused",
        code: "corrupt",
        message: `record ${dropped.kind === "read" ? dropped.size : -1} is not in the store; restore it from a backup`,
      };
      const isFollowed = one.at < one.length - (one.length % BLOCK_BYTES);
      expect([one.at, one.look]).toEqual([one.at, isFollowed ? missed : dropped]);
    }
  });

  it("in every byte of a manifest, and of the file that names it: refused at once", () => {
    for (const { at, file, look } of seenOf("flip", /^(?:MANIFEST-\d+|CURRENT)$/u)) {
      expect([file, at, look?.kind]).toEqual([file, at, "refused"]);
      if (look?.kind === "refused")
        expect(look.message).toMatch(/^LevelDB cannot open \S+swoosh-journal-/u);
    }
  });

  // Tables are read without their checksums, which the binding has no option for, and LevelDB asserts what it finds there.
  // So rot in one may end the process; a record and a key have checksums of their own.
  it("in every byte of a table: no wrong record is ever read, and no key is missed", () => {
    const all = { size: RECORDS, wrong: [], keysMissed: 0, keysWrong: 0 };
    for (const { at, file, look } of seenOf("flip", /\.ldb$/u)) {
      if (look?.kind === "read") expect([file, at, look]).toMatchObject([file, at, all]);
      else if (look?.kind === "died") expect(look.said).toMatch(/Assertion .* failed/u);
      else expect([file, at, look]).toMatchObject([file, at, { kind: "refused" }]);
    }
  });
});
