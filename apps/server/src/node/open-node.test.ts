import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ABSENT_HASH, canonicalize, formatHlc, PROPOSAL_TYPE, valueHash } from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { afterAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { readLog } from "../journal/read-log.ts";
import { readKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder } from "./data-folder.ts";
import { initNode } from "./init-node.ts";
import { openNode, type RunningNode } from "./open-node.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-node-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const clock = new ManualClock(1_700_000_000_000);
let folders = 0;
const newFolder = (): string => {
  folders += 1;
  return join(root, `data-${folders}`);
};

/** Registers `identity/<name>`, signed by the operator of the folder, or by somebody else. */
function registration(node: RunningNode, name: string, signer: PrivateKey): string {
  const inputs = {
    key: PrivateKey.generate().identity,
    kind: "service",
    roles: [{ role: "client", scope: "*" }],
  };
  const body = {
    current_state_hash: ABSENT_HASH,
    hlc: formatHlc({ wallMs: clock.now(), counter: 0 }),
    idem_key: `test:0:register:${name}`,
    inputs_hash: valueHash(hasher, inputs),
    instance: `identity/${name}`,
    origin: node.origin,
    signer: signer.identity,
    transition: "Identity_Register",
  };
  return canonicalize({ ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) });
}

describe("a node over a data folder", () => {
  it("is made once, with keys that only their owner can read and every shipped chart", async () => {
    const folder = newFolder();
    const report = await initNode({ folder, name: "acme", clock });
    expect(report.origin).toMatch(/^acme\/[0-9a-f]{32}$/);
    expect(report.charts).toContain("project");
    expect(statSync(dataFolder(folder).operatorKey).mode & 0o777).toBe(0o600);
    expect(statSync(dataFolder(folder).nodeKey).mode & 0o777).toBe(0o600);
    await expect(initNode({ folder, clock })).rejects.toThrow(/is not empty/);
  });

  it("takes what the operator signed, refuses what a stranger did, and knows it after a restart", async () => {
    const folder = newFolder();
    await initNode({ folder, clock });
    const operator = readKeyFile(dataFolder(folder).operatorKey);
    const first = await openNode({ folder, clock });
    const heard: number[] = [];
    first.onRecord(({ index }) => heard.push(index));
    const size = first.engine.status().size;
    const text = registration(first, "a", operator);
    expect((await first.engine.propose(text)).kind).toBe("accepted");
    const stranger = await first.engine.propose(registration(first, "b", PrivateKey.generate()));
    expect(stranger).toMatchObject({ kind: "refused", refused: { code: "unknown_signer" } });
    const forged = text.replace('"instance":"identity/a"', '"instance":"identity/c"');
    expect(await first.engine.propose(forged)).toMatchObject({
      refused: { code: "bad_signature" },
    });
    expect(heard).toEqual([size]);
    await first.close();

    const second = await openNode({ folder, clock });
    expect(second.origin).toBe(first.origin);
    expect(second.engine.status().recovery).toMatchObject({ replayed: 0, skipped: [] });
    expect(await second.engine.propose(text)).toMatchObject({ kind: "accepted", replayed: true });
    await second.close();
  });

  it("has a key file beside every sealed segment, and needs none of them made again", async () => {
    const folder = newFolder();
    const segmentBytes = 4_096;
    await initNode({ folder, clock, segmentBytes });
    const log = join(dataFolder(folder).journal, "log");
    const count = (end: string): number =>
      readdirSync(log).filter((name) => name.endsWith(end)).length;
    const notes: string[] = [];
    const onNote = (note: string): void => void notes.push(note);
    await (await openNode({ folder, clock, segmentBytes, onNote })).close();
    expect(count(".wal")).toBeGreaterThan(2);
    expect(count(".keys")).toBe(count(".wal") - 1);
    notes.length = 0;
    await (await openNode({ folder, clock, segmentBytes, onNote })).close();
    expect(notes).toEqual([]);
  });

  it("keeps its journal in LevelDB where it is told to, and takes neither kind for the other", async () => {
    const folder = newFolder();
    const journalKind = "level";
    await initNode({ folder, clock, journalKind });
    const operator = readKeyFile(dataFolder(folder).operatorKey);
    const first = await openNode({ folder, clock, journalKind });
    const text = registration(first, "level", operator);
    const answer = await first.engine.propose(text);
    expect(answer).toMatchObject({ kind: "accepted", replayed: false });
    const checkpoint = first.engine.checkpoint();
    await first.close();

    const second = await openNode({ folder, clock, journalKind });
    expect(second.engine.checkpoint()).toEqual(checkpoint);
    expect(second.engine.status().recovery).toMatchObject({ replayed: 0, skipped: [] });
    expect(await second.engine.propose(text)).toEqual({ ...answer, replayed: true });
    await second.close();

    await expect(openNode({ folder, clock })).rejects.toThrow("start with --journal-kind level");
    expect(() => [...readLog(dataFolder(folder).journal)]).toThrow("is kept in LevelDB");
    const other = newFolder();
    await initNode({ folder: other, clock });
    await expect(openNode({ folder: other, clock, journalKind })).rejects.toThrow(
      "start with --journal-kind file",
    );
    await (await openNode({ folder: other, clock })).close();
  });

  it("is opened once at a time, and only where one was made", async () => {
    const folder = newFolder();
    await initNode({ folder, clock });
    const node = await openNode({ folder, clock });
    await expect(openNode({ folder, clock })).rejects.toThrow(/is open in this process already/);
    await node.close();
    await expect(openNode({ folder: newFolder() })).rejects.toThrow(/swoosh init --data/);
  });

  it("installs charts once, and what has changed again", async () => {
    const folder = newFolder();
    await initNode({ folder, clock });
    const node = await openNode({ folder, clock });
    const { size } = node.engine.status();
    const charts = join(import.meta.dirname, "../../../../charts");
    expect(readdirSync(charts).length).toBeGreaterThan(5);
    expect(await node.installCharts([charts])).toEqual([]);
    expect(node.engine.status().size).toBe(size);
    await node.close();
  });
});

describe("a node whose disk fails", () => {
  it("says so of a start's own work as of any other: it is fenced, and no folder to mend", async () => {
    const folder = newFolder();
    await initNode({ folder, clock });
    const node = await openNode({ folder, clock });
    rmSync(join(dataFolder(folder).journal, "evidence"), { recursive: true });
    const charts = join(import.meta.dirname, "../http/test/charts");
    await expect(node.installCharts([charts])).rejects.toMatchObject({
      name: "JournalError",
      code: "failed",
      message: expect.stringMatching(/^chart [a-z]+: the engine is fenced: the disk failed/u),
    });
    await node.close();
  });

  it("does not close as if it were well where its last snapshot failed", async () => {
    const folder = newFolder();
    await initNode({ folder, clock });
    const node = await openNode({ folder, clock });
    const operator = readKeyFile(dataFolder(folder).operatorKey);
    const answer = await node.engine.propose(registration(node, "broken", operator));
    expect(answer.kind).toBe("accepted");
    rmSync(join(dataFolder(folder).journal, "snapshots"), { recursive: true });
    await expect(node.close()).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("store the snapshot at"),
    });
    // Nothing is lost, and nobody has to help: the log stands for the state.
    const again = await openNode({ folder, clock });
    expect(again.engine.state.head("identity/broken")).toBeDefined();
    await again.close();
  });
});
