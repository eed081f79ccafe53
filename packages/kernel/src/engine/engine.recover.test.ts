import { beforeAll, describe, expect, it } from "vitest";
import { takeSnapshot } from "../log/test/take-snapshot.ts";
import { decodeManifest } from "../log/snapshot-manifest.ts";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { SeededRandom } from "../testing/seeded-random.ts";
import { codeOf, mustAccept, openTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { mustLoadChartText, orderChart, testKernel } from "../testing/test-kernel.ts";
import { createEngine } from "./engine.ts";
import type { CompiledNormal, EngineKernel } from "./engine-kernel.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { RecordingTransport } from "../testing/recording-transport.ts";
import { createTestCrypto } from "../testing/test-crypto.ts";

const RECORDS = 1_000;
const ORDERS_MAX = 200;

const compiled = new Map<string, CompiledNormal>();

/** Compiles each chart once: most of what follows opens engines on the same two. */
const kernel: EngineKernel = {
  ...testKernel,
  compileNormal: (text, otherCharts) => {
    const known = compiled.get(text) ?? testKernel.compileNormal(text, otherCharts);
    compiled.set(text, known);
    return known;
  },
};

/** A thousand records of orders that are filled, submitted, cancelled, timed out; a snapshot after every turn. */
async function writeLog(): Promise<TestEngine> {
  const test = await openTestEngine();
  const random = new SeededRandom(42);
  mustAccept(await test.engine.act.installChart(orderChart()));
  await test.engine.snapshot();
  for (let step = 0; test.disk.durable < RECORDS; step += 1) {
    // Orders end; new ones take their place.
    const instance = `order/${random.below(6) + Math.floor(step / 80)}`;
    const transition = random.chance(3)
      ? "Order_Cancel"
      : random.pick(["Order_Add", "Order_Add", "Order_Submit", "Order_Hold", "Order_Release"]);
    const inputs = transition === "Order_Add" ? { item: `i${random.below(9)}` } : {};
    await test.propose({ transition: transition ?? "", instance, inputs });
    if (random.chance(10)) test.clock.advance(random.below(30_000));
    await test.engine.snapshot();
  }
  return test;
}

let log: TestEngine;

/** The disk as it was after `records`, with no snapshots but those asked for. */
function diskOf(records: number, ...snapshots: readonly number[]): MemoryDisk {
  const disk = new MemoryDisk();
  disk.written.push(...log.disk.records.slice(0, records));
  disk.durable = records;
  for (const [hash, text] of log.disk.evidence) disk.evidence.set(hash, text);
  for (const [hash, text] of log.disk.chunks) disk.chunks.set(hash, text);
  for (const kept of log.disk.snapshots)
    if (snapshots.includes(kept.index)) disk.snapshots.push({ ...kept });
  return disk;
}

async function openOn(disk: MemoryDisk): Promise<TestEngine> {
  // Time stands before the log's: nothing becomes due, so nothing is added.
  return openTestEngine({ disk, kernel, clock: new ManualClock(0) });
}

function everything(test: TestEngine): unknown {
  const { engine } = test;
  const heads = Array.from({ length: ORDERS_MAX }, (_, n) => engine.state.head(`order/${n}`));
  return { checkpoint: engine.checkpoint(), heads, at: engine.status().at };
}

function manifestOf(disk: MemoryDisk, index: number): string | undefined {
  return disk.snapshots.find((kept) => kept.index === index)?.manifest;
}

beforeAll(async () => {
  log = await writeLog();
}, 60_000);

describe("K7: recovery", () => {
  it("from every snapshot position gives the next position's bytes", async () => {
    const positions = log.disk.snapshots.map(({ index }) => index);
    expect(positions.length).toBeGreaterThan(600);
    // One step from each position, and by induction the whole: a snapshot's bytes say everything of the state.
    for (const [at, index] of positions.slice(0, -1).entries()) {
      const next = positions[at + 1] ?? 0;
      const test = await openOn(diskOf(next + 1, index));
      expect(test.engine.status().recovery).toMatchObject({ snapshotIndex: index, skipped: [] });
      await test.engine.snapshot();
      expect(manifestOf(test.disk, next)).toBe(manifestOf(log.disk, next));
    }
  }, 60_000);

  it("from any snapshot, and from none, gives the same whole", async () => {
    const expected = everything(log);
    const size = log.disk.durable;
    const positions = log.disk.snapshots
      .map(({ index }) => index)
      .filter((_, at) => at % 100 === 0);
    for (const index of positions) {
      const test = await openOn(diskOf(size, index));
      expect(everything(test)).toEqual(expected);
      expect(test.engine.status().recovery).toEqual({
        snapshotIndex: index,
        replayed: size - index - 1,
        skipped: [],
      });
    }
    const whole = await openOn(diskOf(size));
    expect(everything(whole)).toEqual(expected);
    expect(whole.engine.status().recovery).toEqual({
      snapshotIndex: null,
      replayed: size,
      skipped: [],
    });
  }, 60_000);

  it("goes on with the same bytes as an engine that never stopped", async () => {
    const disk = diskOf(log.disk.durable, log.disk.snapshots.at(-1)?.index ?? 0);
    const test = await openTestEngine({ disk, clock: new ManualClock(log.clock.now()) });
    const wire = log.wire({
      transition: "Order_Add",
      instance: "order/new",
      inputs: { item: "x" },
    });
    const answers = [await log.engine.propose(wire), await test.engine.propose(wire)];
    expect(answers[1]).toEqual(answers[0]);
    expect(disk.records.at(-1)).toBe(log.disk.records.at(-1));
  });

  it("hands open effects out again, by instance and id", async () => {
    const test = await openOn(diskOf(log.disk.durable));
    const ids = test.transport.departures.map((departure) =>
      departure.kind === "dispatch" ? departure.effect.id : departure.kind,
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id.startsWith("order/"))).toBe(true);
    expect(ids).toEqual(ids.toSorted());
    const open = Array.from({ length: ORDERS_MAX }, (_, n) => test.engine.state.head(`order/${n}`));
    expect(ids).toHaveLength(open.flatMap((head) => head?.document.effects ?? []).length);
  });
});

describe("an unreadable snapshot falls back to the one before", () => {
  const damages: readonly (readonly [string, (disk: MemoryDisk, index: number) => void])[] = [
    ["a manifest that is no JSON", (disk, index) => doctor(disk, index, () => "{")],
    [
      "a manifest with one changed digit",
      (disk, index) =>
        doctor(disk, index, (text) =>
          text.replace(/"at":(\d)/u, (_, digit: string) => `"at":${9 - Number(digit)}`),
        ),
    ],
    ["a manifest of another journal", (disk, index) => doctor(disk, index, otherLeaf)],
    [
      "a chunk that is missing",
      (disk, index) => {
        const kept = disk.snapshots.find((snapshot) => snapshot.index === index);
        const decoded = decodeManifest(nodeHasher, kept?.manifest ?? "");
        if (decoded.ok) disk.chunks.delete(decoded.manifest.chunks.at(-1)?.hash ?? "");
      },
    ],
    [
      "a chunk with other bytes",
      (disk, index) => {
        const kept = disk.snapshots.find((snapshot) => snapshot.index === index);
        const decoded = decodeManifest(nodeHasher, kept?.manifest ?? "");
        const hash = decoded.ok ? (decoded.manifest.chunks.at(-1)?.hash ?? "") : "";
        disk.chunks.set(hash, `${disk.chunks.get(hash) ?? ""} `);
      },
    ],
    ["a state that the log does not lead to", (disk, index) => doctor(disk, index, otherBounds)],
  ];

  function doctor(disk: MemoryDisk, index: number, change: (text: string) => string): void {
    const kept = disk.snapshots.find((snapshot) => snapshot.index === index);
    if (kept === undefined) throw new Error(`no snapshot at ${index}`);
    kept.manifest = change(kept.manifest);
  }

  /** A manifest that is sound in itself. */
  function remade(
    text: string,
    change: (facts: Parameters<typeof takeSnapshot>[1]["facts"]) => object,
  ): string {
    const decoded = decodeManifest(nodeHasher, text);
    if (!decoded.ok) throw new Error(decoded.problem);
    const { manifest } = decoded;
    const facts = { ...manifest, ...change(manifest) };
    return takeSnapshot(nodeHasher, { facts, heads: [] }, null).manifest;
  }

  function otherLeaf(text: string): string {
    return remade(text, () => ({ leaf: "1".repeat(64) }));
  }

  function otherBounds(text: string): string {
    return remade(text, () => ({}));
  }

  it.each(damages)("%s", async (_what, damage) => {
    const [before = 0, index = 0, after = 0] = log.disk.snapshots
      .map((kept) => kept.index)
      .slice(-3);
    const disk = diskOf(after + 1, before, index);
    damage(disk, index);
    const damaged = disk.snapshots.length;
    const test = await openOn(disk);
    const { recovery } = test.engine.status();
    expect(recovery.skipped.length).toBeGreaterThan(0);
    // Chunks are shared: damage to one may reach the snapshot before as well, never the log.
    expect([before, null]).toContain(recovery.snapshotIndex);
    expect(damaged).toBe(2);
    expect(test.engine.checkpoint()).toEqual((await openOn(diskOf(after + 1))).engine.checkpoint());
  });
});

describe("a log that cannot be what it was is refused, naming the index", () => {
  async function messageOf(disk: MemoryDisk): Promise<string> {
    try {
      await openOn(disk);
      return "opened";
    } catch (error) {
      return error instanceof Error
        ? `${error.name} ${"code" in error ? String(error.code) : ""}: ${error.message}`
        : "";
    }
  }

  it("a changed record, with or without snapshots around it", async () => {
    for (const snapshots of [[], [0, 1, 2], [400]]) {
      const disk = diskOf(600, ...snapshots);
      disk.written[500] = (disk.written[500] ?? "").replace(/"seq":(\d+)/u, '"seq":9$1');
      expect(await messageOf(disk)).toMatch(/^JournalError corrupt: K7: record 500/u);
    }
  });

  it("records in another order, or one that is missing", async () => {
    const swapped = diskOf(600);
    [swapped.written[500], swapped.written[501]] = [
      swapped.written[501] ?? "",
      swapped.written[500] ?? "",
    ];
    expect(await messageOf(swapped)).toMatch(/^JournalError corrupt: K7: record 500, index/u);
    const missing = diskOf(600);
    missing.written.splice(500, 1);
    missing.durable -= 1;
    expect(await messageOf(missing)).toMatch(/^JournalError corrupt: K7: record 500, index/u);
  });

  it("a snapshot of records that the journal does not have", async () => {
    const index = log.disk.snapshots.at(-1)?.index ?? 0;
    expect(await messageOf(diskOf(index, index))).toMatch(
      new RegExp(
        `^JournalError corrupt: a snapshot stands for ${index + 1} records, the journal has ${index}`,
        "u",
      ),
    );
    expect(await messageOf(diskOf(index + 1, index))).toBe("opened");
  });

  it("a chart that is not among the evidence, or is another one", async () => {
    const disk = diskOf(600);
    const hash = orderChart().hash;
    const text = disk.evidence.get(hash) ?? "";
    disk.evidence.set(hash, text.replace("DRAFT", "DRAFX"));
    expect(await messageOf(disk)).toMatch(/^JournalError corrupt: the evidence kept as sha256-/u);
    disk.evidence.delete(hash);
    expect(await messageOf(disk)).toMatch(/^JournalError corrupt: chart sha256-.* is not among/u);
  });

  it("a chart that needs a native guard which this build lacks", async () => {
    const test = await openTestEngine();
    const chart = mustLoadChartText(NATIVE);
    mustAccept(await test.engine.act.installChart(chart));
    test.journal.crash();
    const lacking: EngineKernel = {
      ...testKernel,
      compileNormal: () => ({
        ok: false,
        problem: "this build lacks the native guards keyUnclaimed 1",
      }),
    };
    await expect(openTestEngine({ disk: test.disk, kernel: lacking })).rejects.toThrow(
      "lacks the native guards",
    );
  });
});

const NATIVE = `
chart: locker
version: 1
context: { type: object, required: [], properties: {} }
initialContext: {}
creates: [Open]
initial: A
states:
  A: { on: { Open: {} } }
transitions:
  Open: { by: [operator], inputs: { type: object, required: [key], properties: { key: { type: string, maxLength: 64 } } }, guards: [free] }
guards:
  free: { native: keyUnclaimed, with: { key: inputs.key } }
`;

describe("an empty journal", () => {
  const ports = () => ({
    clock: new ManualClock(),
    journal: new MemoryDisk().open(),
    crypto: createTestCrypto({ hasher: nodeHasher }),
    random: new SeededRandom(1),
    transport: new RecordingTransport(),
  });

  it("needs a genesis", async () => {
    await expect(createEngine(testKernel, ports())).rejects.toMatchObject({ code: "no_genesis" });
  });

  it("takes no genesis that reduce refuses, and stays empty", async () => {
    const given = ports();
    const genesis = { name: "no spaces here", operator: "x", identityChart: orderChart() };
    const failed = createEngine(testKernel, given, { genesis });
    await expect(failed).rejects.toMatchObject({ code: "genesis_refused" });
    expect(given.journal.size).toBe(0);
  });

  it("has an origin of its own each time, with the bounds that were asked for", async () => {
    const first = await openTestEngine({ random: new SeededRandom(1) });
    const second = await openTestEngine({ random: new SeededRandom(2) });
    expect(first.engine.state.origin).toMatch(/^test\/[0-9a-f]{32}$/u);
    expect(first.engine.state.origin).not.toBe(second.engine.state.origin);
    expect(first.engine.state.bounds).toEqual({ behindMs: 120_000, aheadMs: 60_000 });
    expect(first.transport.published).toEqual([0]);
  });

  it("that is not empty does not look at the genesis", async () => {
    const test = await openTestEngine();
    const again = await test.reopen({
      genesis: { name: "?", operator: "?", identityChart: orderChart() },
    });
    expect(again.engine.state.origin).toBe(test.engine.state.origin);
    expect(codeOf(await again.engine.act.installChart(orderChart()))).toBe("accepted");
  });

  it("rejects where the disk has no room for record 0", async () => {
    const disk = new MemoryDisk();
    disk.full = true;
    await expect(openTestEngine({ disk })).rejects.toMatchObject({ code: "full" });
    disk.full = false;
    expect((await openTestEngine({ disk })).engine.status().size).toBe(1);
  });
});
