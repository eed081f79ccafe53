import { describe, expect, it } from "vitest";
import { ABSENT_HASH } from "../hash.ts";
import { JournalError } from "../engine/journal-error.ts";
import type { Journal, StoredSnapshot } from "../engine/ports.ts";

/** What the suite needs to know of an implementation: one journal, opened as often as asked. */
export interface JournalUnderTest {
  /** Opens the same journal as a new writer (a higher term), after whatever happened to it. */
  open(): Promise<Journal>;
  /** Loses the writer and all that was not durable, as a loss of power would. */
  crash(journal: Journal): Promise<void>;
  /** Takes or gives back all room. */
  setFull(full: boolean): Promise<void>;
  /** Makes the next append's sync fail. */
  failNextAppend(journal: Journal): Promise<void>;
  close(): Promise<void>;
}

const THREE = ['{"n":0}', '{"n":1}', '{"n":"ü😀"}'];

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "resolved";
  } catch (error) {
    return error instanceof JournalError ? error.code : `not a JournalError: ${String(error)}`;
  }
}

/** Where there is no room a journal says so and goes on when there is; or it has failed, as after a sync that failed. */
export type WhenFull = "goes on" | "fails";

/** The contract of `Journal` (`engine/ports.ts`), for any implementation. */
export function describeJournalContract(
  name: string,
  create: () => Promise<JournalUnderTest>,
  whenFull: WhenFull = "goes on",
): void {
  describe(`${name} keeps the contract of Journal`, () => {
    const use = async (test: (under: JournalUnderTest, journal: Journal) => Promise<void>) => {
      const under = await create();
      try {
        await test(under, await under.open());
      } finally {
        await under.close();
      }
    };
    describeAppends(use);
    describeRefusals(use);
    if (whenFull === "goes on") itGoesOnWhenFull(use);
    else itFailsWhenFull(use);
    describeStores(use);
  });
}

type Use = (test: (under: JournalUnderTest, journal: Journal) => Promise<void>) => Promise<void>;

function describeAppends(use: Use): void {
  it("is empty at first", () =>
    use(async (_under, journal) => {
      expect(journal.size).toBe(0);
      expect(await journal.read(0, 10)).toEqual([]);
      expect(await journal.snapshots()).toEqual([]);
    }));

  it("gives back what was appended, byte for byte, in pages", () =>
    use(async (_under, journal) => {
      await journal.append({ firstIndex: 0, records: THREE, term: journal.term });
      await journal.append({ firstIndex: 3, records: ["four"], term: journal.term });
      expect(journal.size).toBe(4);
      expect(await journal.read(0, 2)).toEqual(THREE.slice(0, 2));
      expect(await journal.read(2, 10)).toEqual([THREE[2], "four"]);
      expect(await journal.read(4, 10)).toEqual([]);
      expect(await journal.read(99, 1)).toEqual([]);
    }));

  it("grows only when the append resolves", () =>
    use(async (_under, journal) => {
      const append = journal.append({ firstIndex: 0, records: THREE, term: journal.term });
      expect(journal.size).toBe(0);
      await append;
      expect(journal.size).toBe(3);
    }));

  it("keeps every resolved append over a crash", () =>
    use(async (under, journal) => {
      await journal.append({ firstIndex: 0, records: THREE, term: journal.term });
      await under.crash(journal);
      const again = await under.open();
      expect(again.size).toBe(3);
      expect(await again.read(0, 10)).toEqual(THREE);
    }));

  it("keeps a batch whole or not at all when it crashes in the middle", () =>
    use(async (under, journal) => {
      await journal.append({ firstIndex: 0, records: ["zero"], term: journal.term });
      void journal.append({ firstIndex: 1, records: THREE, term: journal.term }).catch(() => {});
      await under.crash(journal);
      const again = await under.open();
      expect([1, 4]).toContain(again.size);
      expect(await again.read(0, 10)).toEqual(["zero", ...THREE].slice(0, again.size));
    }));
}

function describeRefusals(use: Use): void {
  it("refuses a batch that leaves a gap or overlaps, and then everything", () =>
    use(async (under, journal) => {
      expect(
        await codeOf(journal.append({ firstIndex: 1, records: THREE, term: journal.term })),
      ).toBe("failed");
      expect(
        await codeOf(journal.append({ firstIndex: 0, records: THREE, term: journal.term })),
      ).toBe("failed");
      const again = await under.open();
      await again.append({ firstIndex: 0, records: THREE, term: again.term });
      expect(await codeOf(again.append({ firstIndex: 2, records: ["x"], term: again.term }))).toBe(
        "failed",
      );
      expect((await under.open()).size).toBe(3);
    }));

  it("K8: refuses an old term, whoever asks", () =>
    use(async (under, journal) => {
      const successor = await under.open();
      expect(successor.term).toBeGreaterThan(journal.term);
      expect(
        await codeOf(journal.append({ firstIndex: 0, records: THREE, term: journal.term })),
      ).toBe("term");
      expect(
        await codeOf(successor.append({ firstIndex: 0, records: THREE, term: journal.term })),
      ).toBe("term");
      expect((await under.open()).size).toBe(0);
    }));

  it("never goes on after a failed sync until it is opened again", () =>
    use(async (under, journal) => {
      await under.failNextAppend(journal);
      const batch = { firstIndex: 0, records: THREE, term: journal.term };
      expect(await codeOf(journal.append(batch))).toBe("failed");
      expect(await codeOf(journal.append(batch))).toBe("failed");
      expect(journal.size).toBe(0);
      const again = await under.open();
      expect([0, 3]).toContain(again.size);
    }));
}

function itGoesOnWhenFull(use: Use): void {
  it("says full while there is no room, keeps nothing of the batch, and goes on when there is", () =>
    use(async (under, journal) => {
      await journal.append({ firstIndex: 0, records: ["zero"], term: journal.term });
      await under.setFull(true);
      const batch = { firstIndex: 1, records: THREE, term: journal.term };
      expect(await codeOf(journal.append(batch))).toBe("full");
      expect(await codeOf(journal.append(batch))).toBe("full");
      expect(journal.size).toBe(1);
      await under.setFull(false);
      await journal.append(batch);
      expect(await journal.read(0, 10)).toEqual(["zero", ...THREE]);
    }));
}

function itFailsWhenFull(use: Use): void {
  it("has failed where there is no room, and keeps what it had until it is opened again", () =>
    use(async (under, journal) => {
      await journal.append({ firstIndex: 0, records: ["zero"], term: journal.term });
      await under.setFull(true);
      const batch = { firstIndex: 1, records: THREE, term: journal.term };
      expect(await codeOf(journal.append(batch))).toBe("failed");
      await under.setFull(false);
      expect(await codeOf(journal.append(batch))).toBe("failed");
      expect(journal.size).toBe(1);
      expect(await journal.read(0, 10)).toEqual(["zero"]);
      const again = await under.open();
      expect([1, 4]).toContain(again.size);
      expect(await again.read(0, 10)).toEqual(["zero", ...THREE].slice(0, again.size));
    }));
}

function describeStores(use: Use): void {
  const files = (index: number, ...names: readonly string[]) => ({
    index,
    manifest: `manifest ${index}`,
    chunks: new Map(names.map((chunk) => [chunk, `text of ${chunk}`])),
  });
  const chunksOf = async (snapshot: StoredSnapshot | undefined, ...names: readonly string[]) =>
    Promise.all(names.map(async (chunk) => snapshot?.chunk(chunk)));

  it("keeps snapshots over a crash, newest first, and shares their chunks", () =>
    use(async (under, journal) => {
      const names = ["a", "b", "c"].map((letter) => `sha256-${letter.repeat(64)}`);
      const [a = "", b = "", c = ""] = names;
      await journal.append({ firstIndex: 0, records: THREE, term: journal.term });
      await journal.saveSnapshot(files(0, a, b));
      await journal.saveSnapshot(files(2, c));
      await under.crash(journal);
      const kept = await (await under.open()).snapshots();
      expect(kept.map((snapshot) => snapshot.manifest)).toEqual(["manifest 2", "manifest 0"]);
      expect(await chunksOf(kept[0], c, a)).toEqual([`text of ${c}`, `text of ${a}`]);
      expect(await chunksOf(kept[1], a, b)).toEqual([`text of ${a}`, `text of ${b}`]);
      expect(await chunksOf(kept[0], `sha256-${"d".repeat(64)}`)).toEqual([undefined]);
    }));

  it("keeps evidence by hash over a crash", () =>
    use(async (under, journal) => {
      await journal.saveEvidence(ABSENT_HASH, '{"ü":1}');
      await journal.saveEvidence(ABSENT_HASH, '{"ü":1}');
      await under.crash(journal);
      const again = await under.open();
      expect(await again.evidence(ABSENT_HASH)).toBe('{"ü":1}');
      expect(await again.evidence(`sha256-${"1".repeat(64)}`)).toBeUndefined();
    }));
}
