import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  createEngine,
  createKernel,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type Answer,
  type Engine,
  type JsonObject,
} from "@swoosh/kernel";
import {
  createTestCrypto,
  createTestSigner,
  ManualClock,
  nodeHasher,
  RecordingTransport,
  SeededRandom,
} from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import type { Disk, OpenHow } from "./disk.ts";
import type { FileJournal } from "./file-journal.ts";
import { openFileJournal } from "./open-file-journal.ts";
import { FaultyDisk } from "./test/faulty-disk.ts";
import { NODE_ID } from "./test/journal-play.ts";
import { flipBit, hastyDisk, inFolder } from "./test/real-folder.ts";

const kernel = createKernel(nodeHasher);
const operator = createTestSigner(nodeHasher, "operator");
const identityChart = kernel.loadChartText(
  readFileSync(new URL("../../../../charts/identity.yaml", import.meta.url), "utf8"),
).chart;

interface Running {
  readonly engine: Engine;
  readonly journal: FileJournal;
}

const SEGMENT_BYTES = 8_192;

/** Counts what is read, by path. */
class CountingDisk extends FaultyDisk {
  readonly bytesRead = new Map<string, number>();
  readonly #paths = new Map<number, string>();

  override open(path: string, how: OpenHow): number {
    const file = super.open(path, how);
    this.#paths.set(file, path);
    return file;
  }

  override read(file: number, into: Uint8Array, offset: number): number {
    const count = super.read(file, into, offset);
    const path = this.#paths.get(file) ?? "";
    this.bytesRead.set(path, (this.bytesRead.get(path) ?? 0) + count);
    return count;
  }
}

function keyFiles(folder: string): readonly string[] {
  const log = join(folder, "log");
  return readdirSync(log).flatMap((name) => (name.endsWith(".keys") ? [join(log, name)] : []));
}

async function start(folder: string, disk: Disk = hastyDisk): Promise<Running> {
  if (identityChart === undefined) throw new Error("the identity chart does not load");
  const options = { disk, folder, nodeId: NODE_ID, segmentBytes: SEGMENT_BYTES };
  const journal = await openFileJournal(options);
  const ports = {
    clock: new ManualClock(),
    journal,
    crypto: createTestCrypto({ hasher: nodeHasher }),
    random: new SeededRandom(1),
    transport: new RecordingTransport(),
  };
  const genesis = { name: "test", operator: operator.key, identityChart };
  return { journal, engine: await createEngine(kernel, ports, { genesis }) };
}

/** Registers `identity/<name>`. */
async function register({ engine }: Running, name: string): Promise<Answer> {
  const inputs: JsonObject = {
    key: createTestSigner(nodeHasher, name).key,
    kind: "human",
    roles: [{ role: "agent", scope: "*" }],
  };
  const body: JsonObject = {
    current_state_hash: ABSENT_HASH,
    hlc: formatHlc({ wallMs: new ManualClock().now(), counter: 0 }),
    idem_key: `test:0:register:${name}`,
    inputs_hash: valueHash(nodeHasher, inputs),
    instance: `identity/${name}`,
    origin: engine.state.origin,
    signer: operator.key,
    transition: "Identity_Register",
  };
  const signature = operator.sign(PROPOSAL_TYPE, body);
  const answer = await engine.propose(canonicalize({ ...body, inputs, signature }));
  expect(answer.kind).toBe("accepted");
  return answer;
}

async function registerMany(running: Running, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1) await register(running, `agent-${at}`);
}

function manifests(folder: string): readonly string[] {
  return readdirSync(join(folder, "snapshots")).toSorted();
}

describe("the engine over files", () => {
  it("is the same after a restart, from the log alone and from a snapshot", () =>
    inFolder(async (folder) => {
      const first = await start(folder);
      await registerMany(first, 0, 12);
      expect(readdirSync(join(folder, "log")).length).toBeGreaterThan(1);
      const records = await first.engine.records(0, 99);
      const checkpoint = first.engine.checkpoint();
      await first.journal.close();

      const second = await start(folder);
      expect(second.engine.status().recovery).toMatchObject({ snapshotIndex: null, replayed: 13 });
      expect(await second.engine.records(0, 99)).toEqual(records);
      expect(second.engine.checkpoint()).toEqual(checkpoint);
      await second.engine.stop();
      await second.journal.close();

      const third = await start(folder);
      expect(third.engine.status().recovery).toMatchObject({ snapshotIndex: 12, replayed: 0 });
      expect(third.engine.checkpoint()).toEqual(checkpoint);
      expect(third.engine.status().term).toBe(3);
      await registerMany(third, 12, 14);
      expect((await third.engine.records(0, 13)).slice(0, 13)).toEqual(records);
      await third.journal.close();
    }));

  it("falls back to the snapshot before one that rotted, and to the log behind both", () =>
    inFolder(async (folder) => {
      const first = await start(folder);
      await registerMany(first, 0, 4);
      expect(await first.engine.snapshot()).toEqual({ kind: "taken", index: 4 });
      await registerMany(first, 4, 8);
      expect(await first.engine.snapshot()).toEqual({ kind: "taken", index: 8 });
      await registerMany(first, 8, 10);
      const checkpoint = first.engine.checkpoint();
      await first.journal.close();
      const [older = "", newer = ""] = manifests(folder);

      flipBit(join(folder, "snapshots", newer), 40, 2);
      const second = await start(folder);
      expect(second.engine.status().recovery).toMatchObject({ snapshotIndex: 4, replayed: 6 });
      expect(second.engine.status().recovery.skipped.length).toBe(1);
      expect(second.engine.checkpoint()).toEqual(checkpoint);
      await second.journal.close();

      flipBit(join(folder, "snapshots", older), 90, 5);
      const third = await start(folder);
      expect(third.engine.status().recovery).toMatchObject({ snapshotIndex: null, replayed: 11 });
      expect(third.engine.checkpoint()).toEqual(checkpoint);
      await third.journal.close();
    }));

  it("never starts on a wrong state, whichever byte of a snapshot or of a chunk rotted", () =>
    inFolder(async (folder) => {
      const first = await start(folder);
      await registerMany(first, 0, 3);
      await first.engine.snapshot();
      const checkpoint = first.engine.checkpoint();
      await first.journal.close();
      const paths = ["snapshots", "chunks"].flatMap((name) =>
        readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
      );
      expect(paths.length).toBe(2);
      const sound = paths.map((path) => [path, readFileSync(path)] as const);
      for (const [path, { length }] of sound) {
        for (let at = 0; at < length; at += process.env["SWOOSH_SOAK"] === undefined ? 127 : 1) {
          flipBit(path, at, at % 8);
          const { engine, journal } = await start(folder);
          expect(engine.status().recovery.snapshotIndex, `${path} byte ${at}`).toBeNull();
          expect(engine.checkpoint()).toEqual(checkpoint);
          await journal.close();
          // Both: a start takes away a chunk that no manifest names, and one that rotted may name another.
          for (const [whole, bytes] of sound) writeFileSync(whole, bytes);
        }
      }
    }));

  it("gives a key from before the snapshot, in a sealed segment, its first answer after a restart", () =>
    inFolder(async (folder) => {
      const first = await start(folder);
      const answers = [await register(first, "agent-0"), await register(first, "agent-1")];
      await registerMany(first, 2, 30);
      await first.engine.stop();
      await first.journal.close();
      // Once with the key files that were made meanwhile, once with none, once with those that the second start made.
      for (const isGiven of [true, false, true]) {
        if (!isGiven) for (const path of keyFiles(folder)) rmSync(path);
        const again = await start(folder);
        expect(again.engine.status().recovery.snapshotIndex).toBe(30);
        expect(keyFiles(folder).length).toBeGreaterThan(3);
        for (const [at, answer] of answers.entries())
          expect(await register(again, `agent-${at}`)).toEqual({ ...answer, replayed: true });
        expect(again.journal.size).toBe(31);
        await again.journal.close();
      }
    }));

  it("makes one record of 64 deliveries that race, and answers 64 more alike after rotation, restart and snapshot", () =>
    inFolder(async (folder) => {
      const race = (running: Running): Promise<readonly Answer[]> =>
        Promise.all(Array.from({ length: 64 }, () => register(running, "agent-0")));
      const first = await start(folder);
      const answers = await race(first);
      const [fresh, ...others] = answers.filter((one) => one.kind === "accepted" && !one.replayed);
      expect([fresh?.kind, others]).toEqual(["accepted", []]);
      const again = Array.from({ length: 64 }, () => ({ ...fresh, replayed: true }));
      expect(answers.filter((one) => one !== fresh)).toEqual(again.slice(1));
      await registerMany(first, 1, 12);
      expect(readdirSync(join(folder, "log")).length).toBeGreaterThan(2);
      expect(await race(first)).toEqual(again);
      await first.journal.close();

      const second = await start(folder);
      expect(second.engine.status().recovery.snapshotIndex).toBeNull();
      expect(await race(second)).toEqual(again);
      await second.engine.snapshot();
      await second.journal.close();

      const third = await start(folder);
      expect(third.engine.status().recovery.snapshotIndex).toBe(12);
      expect(await race(third)).toEqual(again);
      expect(third.journal.size).toBe(13);
      await third.journal.close();
    }));

  it("reads nothing of a sealed segment at a start but its last record, the first one's head, and what comes after the snapshot", () =>
    inFolder(async (folder) => {
      const first = await start(folder);
      await registerMany(first, 0, 40);
      await first.engine.stop();
      await first.journal.close();
      const sealed =
        readdirSync(join(folder, "log")).filter((name) => name.endsWith(".wal")).length - 1;
      expect(sealed).toBeGreaterThan(5);
      await (await start(folder)).journal.close();
      const disk = new CountingDisk(hastyDisk);
      await (await start(folder, disk)).journal.close();
      const bytes = [...disk.bytesRead].flatMap(([path, count]) =>
        path.endsWith(".wal") ? [[path, count] as const] : [],
      );
      const whole = bytes.filter(([, count]) => count >= SEGMENT_BYTES);
      expect(bytes).toHaveLength(sealed + 1);
      // The last one is scanned; the first one's head is read up to the longest record that there may be.
      expect(whole.length).toBeLessThanOrEqual(2);
    }));

  it("keeps the newest snapshots, and the chunks that they name", () =>
    inFolder(async (folder) => {
      const running = await start(folder);
      for (let at = 0; at < 5; at += 1) {
        await registerMany(running, at, at + 1);
        await running.engine.snapshot();
      }
      expect(manifests(folder)).toEqual(["0000000000000004.json", "0000000000000005.json"]);
      expect(readdirSync(join(folder, "chunks")).length).toBe(2);
      await running.journal.close();
      const again = await start(folder);
      expect(again.engine.status().recovery.snapshotIndex).toBe(5);
      await again.journal.close();
    }));
});
