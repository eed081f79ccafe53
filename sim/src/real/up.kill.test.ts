import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needDebian } from "../../../tools/test/src/index.ts";
import { prepareFolder, sweepLives, type Life, type SweepReport } from "./kill-sweep.ts";
import { startServer } from "./live-server.ts";
import { FAULT_CALLS, failAt, killAt, killAtCuts, STRACE, type FaultCall } from "./strace.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-real-"));
const prepared = join(root, "data");
beforeAll(async () => {
  needDebian(STRACE);
  await prepareFolder(prepared);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts take a second each, and on a busy machine many: the bound only ends what hangs. */
const HANG_MS = 600_000;

const CLEAN: Life = { transitions: 10 };
/** To its clean end, with pauses in which its clock goes on without it. */
const PAUSED: Life = { ...CLEAN, pause: { everyOps: 7, ms: 60 } };
const killed = (call: FaultCall, nth: number, transitions = 60): Life => ({
  inject: [killAt(call, nth)],
  transitions,
});
const failed = (nth: number): Life => ({
  inject: [failAt("fdatasync", "EIO", nth), ...killAtCuts()],
  transitions: 60,
});

/** How each life ended: by its signal, or with its exit code. */
const endsOf = ({ lives }: SweepReport) => lives.map(({ code, signal }) => signal ?? code);

/** Hours of starts: in soak only. */
const IS_SOAK = process.env["SWOOSH_SOAK"] !== undefined;
const SOAK_CALLS: readonly FaultCall[] = IS_SOAK ? FAULT_CALLS : [];
const SOAK_SYNCS: readonly number[] = IS_SOAK ? [1, 21, 41, 61, 81] : [];
const TRANSITIONS = 500;
/** Lives on one folder, before its history is checked. */
const LIVES = 20;
/**
 * The journal writes by pwrite64. By `write` go answers, wake-ups of threads and log lines, tens of thousands in 500
 * transitions, and none changes a byte of the journal: so every so many are tried. In the making of a folder, where keys
 * are files that are made by `write`, all are.
 */
const WRITE_STEP = 25;

/** Begins on an empty folder, is killed, and begins again: how both ended. */
async function beginTwice(
  data: string,
  faults: readonly string[],
): Promise<readonly (string | number | null)[]> {
  const first = startServer({ data, inject: faults });
  if ((await first.url) !== null) first.process.kill("SIGTERM");
  const { code, signal } = await first.ended;
  const second = startServer({ data });
  const isReady = (await second.url) !== null;
  second.process.kill("SIGTERM");
  return [signal ?? code, isReady ? (await second.ended).code : null];
}

describe("the real server under faults of its system calls", () => {
  it(
    "keeps what it acknowledged, once, and starts again without a hand",
    async () => {
      const report = await sweepLives(prepared, [
        killed("pwrite64", 9, 30),
        failed(6),
        killed("rename", 2, 60),
        PAUSED,
      ]);
      expect(report.verdict.findings).toEqual([]);
      expect(endsOf(report)).toEqual(["SIGKILL", 4, "SIGKILL", 0]);
      expect(report.lives[1]?.said).toMatch(/fenced: .*EIO/u);
      expect(report.lives.map(({ pauses }) => pauses > 0)).toEqual([false, false, false, true]);
      expect(report.acknowledged).toBeGreaterThan(10);
      expect(report.verdict.decided).toBeGreaterThan(0);
    },
    HANG_MS,
  );

  it.each(SOAK_CALLS)("is killed at each %s of the making of its data folder", async (call) => {
    for (let nth = 1; ; nth += 1) {
      const data = join(root, `made-${call}-${nth}`);
      const [end, again] = await beginTwice(data, [killAt(call, nth)]);
      rmSync(data, { recursive: true });
      expect([call, nth, again]).toEqual([call, nth, 0]);
      if (end === 0) break;
    }
  });

  it.each(SOAK_CALLS)(
    "is killed at each %s of 500 transitions with rotation and snapshots",
    async (call) => {
      const step = call === "write" ? WRITE_STEP : 1;
      let nth = 1;
      for (let isDone = false; !isDone;) {
        const lives = Array.from({ length: LIVES }, (_, place) =>
          killed(call, nth + place * step, TRANSITIONS),
        );
        const report = await sweepLives(prepared, [...lives, CLEAN]);
        expect([call, nth, report.verdict.findings]).toEqual([call, nth, []]);
        for (const end of endsOf(report)) expect([0, "SIGKILL"]).toContain(end);
        expect(endsOf(report).at(-1)).toBe(0);
        nth += LIVES * step;
        // Two whole lives in a row: there are no more such calls than that.
        isDone = endsOf(report)
          .slice(-3)
          .every((end) => end === 0);
      }
    },
  );

  it.skipIf(!IS_SOAK)(
    "makes no call that cuts a file: not in the making, not in 500 transitions with rotation and snapshots",
    async () => {
      const [made] = await beginTwice(join(root, "uncut"), killAtCuts());
      expect(made).toBe(0);
      const life = { inject: killAtCuts(), transitions: TRANSITIONS };
      expect(endsOf(await sweepLives(prepared, [life, life]))).toEqual([0, 0]);
    },
  );

  it.each(SOAK_SYNCS)("meets EIO at sync %i, or at one of the 19 after it", async (from) => {
    const lives = Array.from({ length: LIVES }, (_, place) => failed(from + place));
    const report = await sweepLives(prepared, [...lives, CLEAN]);
    expect(report.verdict.findings).toEqual([]);
    // At the start, while it serves, or in its clean stop: it is fenced. Where all syncs held, it ends well.
    for (const end of endsOf(report).slice(0, -1)) expect([0, 4]).toContain(end);
    expect(endsOf(report).at(-1)).toBe(0);
  });
});
