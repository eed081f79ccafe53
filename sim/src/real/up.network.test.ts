import { createTree, leafHash, parseCheckpoint, type Checkpoint } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { needDebian } from "../../../tools/test/src/index.ts";
import type { HistoryVerdict } from "../history/check-history.ts";
import type { HistoryOp } from "../history/history.ts";
import { IPROUTE, type Side } from "./net-namespaces.ts";
import { NetRig } from "./net-rig.ts";

const OPENSSL = {
  program: "openssl",
  debianPackage: "openssl",
  purpose: "the certificate of a server beyond the loopback",
};
let openssl = "";
beforeAll(() => {
  needDebian(IPROUTE);
  openssl = needDebian(OPENSSL);
});
let rig: NetRig | undefined;
afterEach(() => {
  rig?.remove();
  rig = undefined;
});

/** Starts take a second each, and on a busy machine many: the bound only ends what hangs. */
const HANG_MS = 600_000;
const IS_SOAK = process.env["SWOOSH_SOAK"] !== undefined;
/** Some seconds each. */
const ROUNDS = IS_SOAK ? 10 : 1;
/** Far more tries than any cut here takes: nobody gives up what somebody else may still heal. */
const PATIENT = 1_000;
/** Deliveries that are lost before a cut is healed: as many as are under way. */
const LOST = 4;
/** Answers by which a link is seen to carry. */
const CARRIED = 3;

async function failLink(on: NetRig, side: Side): Promise<void> {
  on.net.takeDown(side);
  await on.hears("lost", LOST);
  on.net.bringUp(side);
  await on.hears("accepted", CARRIED);
}

async function failOneWay(on: NetRig, side: Side): Promise<void> {
  on.net.muteSide(side);
  await on.hears("lost", LOST);
  on.net.unmuteSide(side);
  await on.hears("accepted", CARRIED);
}

/** The server hears and answers, and nobody hears it: until one of these answers was given again. */
async function loseAnswers(on: NetRig): Promise<void> {
  const before = on.heard("replayed");
  while (on.heard("replayed") === before) await failOneWay(on, "server");
}

/** The link is slow until something had to wait for it, and carries all the while. */
async function slowLink(on: NetRig): Promise<void> {
  on.net.slowDown();
  do await on.hears("accepted", CARRIED);
  while (on.net.heldBack() === 0);
  on.net.speedUp();
}

/** A history in which everybody who was answered first was answered so twice. */
function doubled(ops: readonly HistoryOp[]): readonly HistoryOp[] {
  return ops.flatMap((op) =>
    op.kind === "propose" && op.answer?.kind === "accepted" && !op.answer.replayed
      ? [op, { ...op, process: `${op.process} again` }]
      : [op],
  );
}

/** A log that ends before the last record that anybody was told of; behind it may be some of which every answer was lost. */
function withoutTold(log: readonly string[], ops: readonly HistoryOp[]): readonly string[] {
  const told = ops.map((op) =>
    op.kind === "propose" && op.answer?.kind === "accepted" ? op.answer.index : -1,
  );
  return log.slice(0, Math.max(...told));
}

const checksOf = ({ findings }: HistoryVerdict) => findings.map(({ check }) => check);

function checkpointIn(note: string): Checkpoint {
  const parsed = parseCheckpoint(note);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.checkpoint;
}

function rootOfLog(texts: readonly string[]): string {
  const tree = createTree(nodeHasher);
  for (const text of texts) tree.append(leafHash(nodeHasher, text));
  return tree.root();
}

describe("the real server behind a link that fails", () => {
  it(
    "keeps what it acknowledged, once, for clients and a follower that need no hand",
    async () => {
      rig = await NetRig.start(openssl, { attemptsMax: PATIENT, seed: 1 });
      await rig.hears("accepted", CARRIED);
      for (let round = 0; round < ROUNDS; round += 1) {
        await failLink(rig, round % 2 === 0 ? "client" : "server");
        await loseAnswers(rig);
        if (round % 2 === 1) await failOneWay(rig, "client");
        await slowLink(rig);
      }
      const report = await rig.end();
      expect([report.givenUp, report.ends]).toEqual([[], [0, 0, 0]]);

      const verdict = await rig.judge(report, report.ops);
      expect(verdict.findings).toEqual([]);
      expect(verdict.decided).toBeGreaterThan(0);
      // The same history, doctored: whatever is said twice, or is not in the log, must be seen.
      const twice = await rig.judge(report, doubled(report.ops));
      expect(checksOf(twice)).toContain("exactly once");
      const shortened = { ...report, log: withoutTold(report.log, report.ops) };
      expect(checksOf(await rig.judge(shortened, report.ops))).toContain("durability");

      // Timers fire a minute after they were set, also while everybody stops: the copy may lack the last of these, and nothing else.
      expect(report.copy.length).toBeGreaterThanOrEqual(report.head.size);
      expect(report.copy).toEqual(report.log.slice(0, report.copy.length));
      const { root, size } = checkpointIn(report.cosigned);
      expect(size).toBeGreaterThanOrEqual(report.head.size);
      expect([root, report.head.root]).toEqual(
        [size, report.head.size].map((end) => rootOfLog(report.log.slice(0, end))),
      );
      expect(report.cosigned).toMatch(/\n— \S+\/witness\/[0-9a-f]{8} \S+\n$/u);
    },
    HANG_MS,
  );

  it.each(IS_SOAK ? [1] : [])("needs a hand where clients try %i times only", async (once) => {
    rig = await NetRig.start(openssl, { attemptsMax: once, seed: 2 });
    await rig.hears("accepted", CARRIED);
    await failLink(rig, "server");
    const report = await rig.end();
    expect(report.givenUp.length).toBeGreaterThan(0);
    // What they left open is no lie of the server's.
    expect((await rig.judge(report, report.ops)).findings).toEqual([]);
  });
});
