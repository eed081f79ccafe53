import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  canonicalize,
  leafHash,
  openNote,
  parseCheckpoint,
  parseVerifierKey,
} from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyByOpenSsl } from "../crypto/signature-holds.ts";
import { hasher } from "../hasher.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder } from "../node/data-folder.ts";
import { openNode } from "../node/open-node.ts";
import { verifyFolder } from "../verify/verify-folder.ts";
import { FollowRefused } from "./follow-refused.ts";
import { Follower, type FollowerOptions } from "./follower.ts";
import { Leader } from "./test/leader.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-follower-"));
let leader: Leader;
let forked: Leader;
/** Put back from a backup: it has the common records alone. */
let rewound: Leader;
/** Records that both leaders have. */
let common: number;
beforeAll(async () => {
  leader = await Leader.open(join(root, "leader"));
  for (const id of ["a", "b", "a"]) await leader.propose(id);
  common = leader.size;
  forked = await leader.copied(join(root, "forked"));
  rewound = await leader.copied(join(root, "rewound"));
  for (const id of ["a", "b", "c"]) await leader.propose(id);
  for (const id of ["b", "a", "c", "d"]) await forked.propose(id, "Switch_Flip", "b");
});
afterAll(async () => {
  await leader.node.close();
  await forked.node.close();
  await rewound.node.close();
  rmSync(root, { recursive: true, force: true });
});

let folders = 0;
const newFolder = (): string => join(root, `follower-${(folders += 1)}`);

const open = (folder: string, options: Partial<FollowerOptions> = {}): Promise<Follower> =>
  Follower.open({ folder, feed: leader.feed(), segmentBytes: 65_536, ...options });

async function refusal(follower: Follower): Promise<FollowRefused> {
  const error = await follower.catchUp().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FollowRefused)) throw new Error(`refused with ${String(error)}`);
  return error;
}

describe("a follower", () => {
  it.each([1, 7, 1_000])("has what its leader has, in batches of %i", async (batchRecords) => {
    const folder = newFolder();
    const follower = await open(folder, { batchRecords });
    const heard: number[] = [];
    follower.onRecord(() => heard.push(follower.journal.size));
    await follower.catchUp();
    expect(heard).toHaveLength(Math.ceil(leader.size / batchRecords));
    expect(follower.replica.root()).toBe(leader.node.engine.checkpoint().root);
    for (const instance of leader.node.engine.instances())
      expect(follower.replica.head(instance)).toEqual(leader.node.engine.head(instance));
    await follower.close();
    const report = await verifyFolder(folder, { signatures: true });
    expect(report).toMatchObject({ ok: true, size: leader.size, signatures: leader.size });
  });

  it("cosigns the head that its node signed, once all of it is durable here", async () => {
    const follower = await open(newFolder());
    const beforeS = Math.floor(follower.clock.now() / 1000);
    await follower.catchUp();
    const afterS = Math.floor(follower.clock.now() / 1000);
    const parsed = parseCheckpoint(follower.witness.latest?.text ?? "");
    const witness = parseVerifierKey(hasher, follower.witness.verifierKey);
    if (!parsed.ok || witness === undefined) throw new Error("it cosigned nothing");
    expect(parsed.checkpoint).toMatchObject(leader.node.engine.checkpoint());
    const opened = openNote(hasher, parsed.note, {
      keys: [witness],
      verify: ({ key, message, signature }) => verifyByOpenSsl(signature, message, key),
    });
    if (!opened.ok) throw new Error("its signature does not hold");
    const [signedS, ...others] = opened.signers.map(({ timestampS }) => timestampS ?? 0);
    expect(others).toEqual([]);
    expect(signedS).toBeGreaterThanOrEqual(beforeS);
    expect(signedS).toBeLessThanOrEqual(afterS);
    expect(parsed.note.signatures).toHaveLength(2);
    await follower.close();
  });

  it("goes on where it stopped, however it stopped, and asks for nothing twice", async () => {
    const folder = newFolder();
    const first = await open(folder, { batchRecords: 4, snapshotRecords: 5 });
    await first.catchUp();
    // As a crash leaves it: no clean stop, no last snapshot.
    await first.journal.close();
    const asked: number[] = [];
    const records = (from: number, limit: number) => {
      asked.push(from);
      return leader.feed().records(from, limit);
    };
    const again = await open(folder, { feed: leader.feed({ records }) });
    expect(again.replica.recovery.snapshotIndex).toBeGreaterThan(0);
    expect(again.witness.latest?.size).toBe(leader.size);
    await again.catchUp();
    expect(asked).toEqual([leader.size - 1]);
    await again.close();
  });

  it("keeps what it took before its leader went away in the midst of a batch", async () => {
    const folder = newFolder();
    let left = 3;
    const chart = async (hash: string) => {
      left -= 1;
      if (left < 0) throw new Error("the connection broke");
      return leader.feed().chart(hash);
    };
    const follower = await open(folder, { feed: leader.feed({ chart }) });
    await expect(follower.catchUp()).rejects.toThrow("the connection broke");
    expect(follower.journal.size).toBe(follower.replica.size);
    expect(follower.replica.size).toBeGreaterThan(0);
    left = Number.POSITIVE_INFINITY;
    await follower.catchUp();
    expect(follower.journal.size).toBe(leader.size);
    await follower.close();
  });

  it("is a copy that its node can go on from, once its key lies there", async () => {
    const folder = newFolder();
    const follower = await open(folder);
    await follower.catchUp();
    await follower.close();
    const paths = dataFolder(folder);
    copyFileSync(dataFolder(leader.folder).nodeKey, paths.nodeKey);
    const node = await openNode({ folder, clock: leader.node.clock });
    expect(node.engine.checkpoint()).toEqual(leader.node.engine.checkpoint());
    await node.close();
    await expect(open(folder)).rejects.toThrow(/is the folder of a node that writes/);
  });

  it("takes no log but the one that is pinned", async () => {
    const { identity } = PrivateKey.generate();
    await expect(open(newFolder(), { originKey: identity })).rejects.toThrow(`not by ${identity}`);
    await expect(open(newFolder(), { firstLeaf: "0".repeat(64) })).rejects.toThrow(/has the leaf/);
  });
});

describe("a follower refuses, and keeps what proves it", () => {
  it("a log that was forked: index, both hashes, exit code 4's reason, and again after a restart", async () => {
    const folder = newFolder();
    const follower = await open(folder);
    await follower.catchUp();
    const before = follower.journal.size;
    await follower.close();
    const [ours = ""] = await leader.node.engine.records(common, 1);
    const [theirs = ""] = await forked.node.engine.records(common, 1);
    for (let time = 0; time < 2; time += 1) {
      const other = await open(folder, { feed: forked.feed() });
      const error = await refusal(other);
      expect(error).toMatchObject({ code: "forked", index: common });
      expect(error.message).toContain(
        `record ${common} has the leaf hash ${leafHash(hasher, ours)} here and ${leafHash(hasher, theirs)} there`,
      );
      expect(other.journal.size).toBe(before);
      const kept = (name: string) => readFileSync(join(error.evidence, name), "utf8");
      expect([kept("ours"), kept("theirs")]).toEqual([ours, theirs]);
      // Two heads of one log, signed by one node, that cannot both go on from the same records.
      const [signed, cosigned] = [
        parseCheckpoint(kept("checkpoint")),
        parseCheckpoint(kept("cosigned")),
      ];
      expect(signed.ok && signed.checkpoint.size).toBe(forked.size);
      expect(cosigned.ok && cosigned.checkpoint.size).toBe(before);
      await other.close();
    }
  });

  it("a log that forks while it is followed", async () => {
    let now = leader;
    const feed = leader.feed({
      checkpoint: () => now.feed().checkpoint(),
      records: (from, limit) => now.feed().records(from, limit),
    });
    const follower = await open(newFolder(), { feed });
    await follower.catchUp();
    now = forked;
    const error = await refusal(follower);
    expect(error).toMatchObject({ code: "forked", index: common });
    expect(follower.journal.size).toBe(leader.size);
    await follower.close();
  });

  it("a log that has lost records that this follower has", async () => {
    const follower = await open(newFolder());
    await follower.catchUp();
    await follower.close();
    const other = await open(follower.paths.folder, { feed: rewound.feed() });
    const error = await refusal(other);
    expect(error).toMatchObject({ code: "forked", index: common });
    expect(error.message).toContain("and nothing there");
    await other.close();
  });

  it("a head that another key signed", async () => {
    const checkpoint = async () =>
      (await leader.feed().checkpoint()).replace(/(.{8})(\n)$/, "AAAAAAA=$2");
    const follower = await open(newFolder(), { feed: leader.feed({ checkpoint }) });
    expect((await refusal(follower)).message).toMatch(
      /is not one of \S+, which hmmm:pubkey:\S+ signs/,
    );
    expect([follower.journal.size, follower.witness.latest]).toEqual([0, null]);
    await follower.close();
  });

  it("a record whose signature is another's, and keeps the good ones before it", async () => {
    const bad = leader.size - 2;
    const records = async (from: number, limit: number) =>
      (await leader.node.engine.records(from, limit)).map((text, place) => {
        if (from + place !== bad) return text;
        const record = JSON.parse(text);
        return canonicalize({ ...record, signature: PrivateKey.generate().sign("x", {}) });
      });
    const follower = await open(newFolder(), { feed: leader.feed({ records }) });
    const error = await refusal(follower);
    expect(error).toMatchObject({ code: "unsound_record", index: bad });
    expect(error.message).toMatch(/the signature is not hmmm:pubkey:\S+'s over this proposal/);
    expect(follower.journal.size).toBe(bad);
    expect(follower.witness.latest).toBeNull();
    expect(readdirSync(error.evidence).toSorted()).toEqual(["checkpoint", "theirs"]);
    await follower.close();
  });
});
