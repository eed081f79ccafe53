import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ManualClock } from "@swoosh/kernel/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { writeKeyFile } from "../keys/key-file.ts";
import { hashedNgrams } from "@swoosh/mesh";
import { hasher } from "../hasher.ts";
import { MemoryKeeper } from "../memory/memory-keeper.ts";
import { memoryPath } from "../memory/memory-path.ts";
import { queuedEmbedder } from "../memory/queued-embedder.ts";
import { dataFolder } from "../node/data-folder.ts";
import { openNode } from "../node/open-node.ts";
import { flagProposal, makeSmallLog, START_MS } from "../verify/test/small-log.ts";
import { verifyFolder } from "../verify/verify-folder.ts";
import { backupFolder } from "./backup-folder.ts";
import { restoreFolder } from "./restore-folder.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-backup-"));
const data = join(root, "data");
let records: readonly string[] = [];
beforeAll(async () => {
  records = await makeSmallLog(data);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Flips one bit in the middle of the first segment's records. */
function damage(folder: string): void {
  const log = join(dataFolder(folder).journal, "log");
  const path = join(log, readdirSync(log)[0] ?? "");
  const bytes = readFileSync(path);
  const at = bytes.lastIndexOf(0x0a) >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

describe("a backup", () => {
  it("is restored, is the same log, and goes on", async () => {
    const [backup, restored] = [join(root, "b1"), join(root, "r1")];
    const made = await backupFolder({ from: data, to: backup });
    expect(made.size).toBe(records.length);
    const back = await restoreFolder({ from: backup, to: restored });
    expect(back).toEqual(made);
    expect(existsSync(join(restored, "backup.json"))).toBe(false);
    const clock = new ManualClock(START_MS);
    const node = await openNode({ folder: restored, clock });
    const operator = readKeyFile(dataFolder(restored).operatorKey);
    const text = flagProposal(node, operator, { flag: "f0", variant: "on", key: "t:1:f:0" });
    expect(await node.engine.propose(text)).toMatchObject({ kind: "accepted" });
    await node.close();
    const after = await verifyFolder(restored, { signatures: true });
    expect(after).toMatchObject({ ok: true, size: records.length + 1 });
  });

  it("has the memories of the node and of its instances, and nobody's lock on them", async () => {
    const keeper = new MemoryKeeper({ hasher, embedder: queuedEmbedder(hashedNgrams()) });
    const owners = [undefined, "flag/f0"];
    const texts = ["of the node", "of a flag"];
    for (const [at, owner] of owners.entries())
      await keeper.remember(memoryPath(data, owner), { text: texts[at] ?? "", source: "" });
    writeFileSync(join(memoryPath(data), "lock"), "1\n");
    const [backup, restored] = [join(root, "b-memories"), join(root, "r-memories")];
    await backupFolder({ from: data, to: backup });
    await restoreFolder({ from: backup, to: restored });
    rmSync(memoryPath(data), { recursive: true });
    for (const [at, owner] of owners.entries()) {
      const path = memoryPath(restored, owner);
      expect(readdirSync(path)).not.toContain("lock");
      const { items } = await keeper.recall(path, { query: "of", limit: 5 });
      expect(items.map(({ text }) => text)).toEqual([texts[at]]);
    }
  });

  it("that is killed on its way leaves nothing under its name, and the next one needs no hand", async () => {
    const target = join(root, "killed");
    const program = join(import.meta.dirname, "test", "backup-until-killed.ts");
    const run = spawnSync(process.execPath, [program, data, target], { encoding: "utf8" });
    expect([run.signal, run.stderr]).toEqual(["SIGKILL", ""]);
    const left = readdirSync(root).filter((name) => name.includes("killed"));
    expect(left).toEqual([expect.stringMatching(/^\.killed\.\d+\.building$/)]);
    // What was left half-made is no backup to anybody.
    await expect(
      restoreFolder({ from: join(root, left[0] ?? ""), to: join(root, "never") }),
    ).rejects.toThrow(/backup.json/);
    expect(existsSync(join(root, "never"))).toBe(false);
    const made = await backupFolder({ from: data, to: target });
    expect(made.size).toBe(records.length);
    expect(await verifyFolder(target, { signatures: true })).toEqual(made);
  });

  it("is taken under load at one index, and holds what was acknowledged before it began", async () => {
    const [live, backup] = [join(root, "live"), join(root, "b2")];
    await makeSmallLog(live, 3);
    const clock = new ManualClock(START_MS);
    const node = await openNode({ folder: live, clock });
    const operator = readKeyFile(dataFolder(live).operatorKey);
    let isOver = false;
    let count = 0;
    const load = (async () => {
      while (!isOver) {
        const given = { flag: `g${count % 5}`, variant: `v${count}`, key: `t:2:f:${count}` };
        const answer = await node.engine.propose(flagProposal(node, operator, given));
        if (answer.kind === "accepted") count += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const before = node.engine.status().size;
    const made = await backupFolder({ from: live, to: backup });
    isOver = true;
    await load;
    const texts = await node.engine.records(0, made.size);
    await node.close();
    expect(made.size).toBeGreaterThanOrEqual(before);
    expect(texts.length).toBe(made.size);
    const report = await verifyFolder(backup, { signatures: true });
    expect(report).toEqual(made);
  });

  it("never overwrites, and neither does a restore", async () => {
    const backup = join(root, "b3");
    await backupFolder({ from: data, to: backup });
    await expect(backupFolder({ from: data, to: backup })).rejects.toThrow(/is not empty/);
    await expect(restoreFolder({ from: backup, to: data })).rejects.toThrow(/is not empty/);
    await expect(restoreFolder({ from: data, to: join(root, "r3") })).rejects.toThrow(
      /is no backup/,
    );
    expect(existsSync(join(root, "r3"))).toBe(false);
  });

  it("is not restored where a bit has changed, or its note, or its key is another's", async () => {
    const cases: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
      ["bit", damage, /checksum|batch|record/],
      [
        "note",
        (folder) => {
          const path = join(folder, "backup.json");
          writeFileSync(path, readFileSync(path, "utf8").replace(/"size":\d+/, '"size":1'));
        },
        /says 1 records/,
      ],
      [
        "key",
        (folder) => {
          rmSync(dataFolder(folder).nodeKey);
          writeKeyFile(dataFolder(folder).nodeKey, PrivateKey.generate());
        },
        /put that node's key there/,
      ],
    ];
    for (const [name, change, said] of cases) {
      const [backup, restored] = [join(root, `b-${name}`), join(root, `r-${name}`)];
      await backupFolder({ from: data, to: backup });
      change(backup);
      await expect(restoreFolder({ from: backup, to: restored })).rejects.toThrow(said);
      expect(existsSync(restored)).toBe(false);
    }
    const building = readdirSync(root).filter((name) => name.endsWith(".building"));
    expect(building.filter((name) => !name.startsWith(".killed."))).toEqual([]);
  });

  it("is not made of a log that is damaged", async () => {
    const broken = join(root, "broken");
    await makeSmallLog(broken, 2);
    damage(broken);
    await expect(backupFolder({ from: broken, to: join(root, "b5") })).rejects.toThrow(
      /checksum|batch|record/,
    );
    expect(existsSync(join(root, "b5"))).toBe(false);
  });
});
