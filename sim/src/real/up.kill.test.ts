import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needDebian } from "../../../tools/test/src/index.ts";
import { prepareFolder, sweepLives, type Life } from "./kill-sweep.ts";
import { STRACE } from "./strace.ts";
import { endOf, lifeWith } from "./sweep-calls.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-real-"));
beforeAll(() => {
  needDebian(STRACE);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts take a second each, and on a busy machine many: the bound only ends what hangs. */
const HANG_MS = 600_000;
/** Far more than a life has before its fault. */
const TRANSITIONS = 200;

const CLEAN: Life = { transitions: 10 };
/** To its clean end, with pauses in which its clock goes on without it. */
const PAUSED: Life = { ...CLEAN, pause: { everyOps: 7, ms: 60 } };

/** A sample of what `up.sweep.test.ts` does to each call. */
describe("the real server under faults of its system calls", () => {
  it(
    "keeps what it acknowledged, once, and starts again without a hand",
    async () => {
      const report = await sweepLives(await prepareFolder(join(root, "file")), [
        lifeWith({ call: "pwrite64", how: "killed", threads: "all" }, 9, TRANSITIONS),
        lifeWith({ call: "fdatasync", how: "EIO", threads: "all" }, 6, TRANSITIONS),
        lifeWith({ call: "fsync", how: "killed", threads: "pool" }, 4, TRANSITIONS),
        lifeWith({ call: "rename", how: "killed", threads: "all" }, 2, TRANSITIONS),
        PAUSED,
      ]);
      expect(report.verdict.findings).toEqual([]);
      expect(report.evidence.findings).toEqual([]);
      expect(report.lives.map(endOf)).toEqual(["SIGKILL", 4, "SIGKILL", "SIGKILL", 0]);
      expect(report.lives[1]?.said).toMatch(/fenced: .*EIO/u);
      // Nothing but the pool was traced: the call that was the fourth is one of its own.
      expect(report.lives[2]?.struck?.path).toMatch(/\/data\/(?:blobs|journal\/log)/u);
      expect(report.lives.map(({ pauses }) => pauses > 0)).toEqual([
        ...[false, false, false, false],
        true,
      ]);
      expect(report.acknowledged).toBeGreaterThan(10);
      expect(report.verdict.decided).toBeGreaterThan(0);
      expect(report.evidence.kept).toBeGreaterThan(0);
    },
    HANG_MS,
  );

  it(
    "does so with its journal in LevelDB, which the pool's thread writes and syncs",
    async () => {
      const report = await sweepLives(await prepareFolder(join(root, "level"), "level"), [
        lifeWith({ call: "write", how: "killed", threads: "pool" }, 60, TRANSITIONS),
        lifeWith({ call: "fdatasync", how: "killed", threads: "pool" }, 7, TRANSITIONS),
        lifeWith({ call: "fdatasync", how: "EIO", threads: "pool" }, 8, TRANSITIONS),
        CLEAN,
      ]);
      expect(report.verdict.findings).toEqual([]);
      expect(report.evidence.findings).toEqual([]);
      expect(report.lives.map(endOf)).toEqual(["SIGKILL", "SIGKILL", 4, 0]);
      for (const { struck } of report.lives.slice(1, 3))
        expect(struck?.path).toMatch(/\/data\/journal\/level\/\d+\.log$/u);
      expect(report.acknowledged).toBeGreaterThan(10);
      expect(report.evidence.kept).toBeGreaterThan(0);
    },
    HANG_MS,
  );
});
