import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needDebian } from "../../../tools/test/src/index.ts";
import { prepareFolder, sweepLives, type Prepared } from "./kill-sweep.ts";
import { startServer, type JournalKind } from "./live-server.ts";
import { FAULT_CALLS, killAt, killAtCuts, STRACE, type FaultCall } from "./strace.ts";
import { endOf, sweepCalls, type Threads } from "./sweep-calls.ts";

/**
 * Calls that are met one by one. LevelDB writes, syncs and renames in the pool. The file journal does so in the main thread,
 * which has none of the pool's calls: spare segments, key files and evidence.
 */
const SWEEPS: readonly (readonly [JournalKind, Threads, FaultCall])[] = [
  ...FAULT_CALLS.map((call) => ["file", "all", call] as const),
  ...(["fsync", "rename", "write"] as const).map((call) => ["file", "pool", call] as const),
  ...(["fdatasync", "fsync", "rename", "unlink", "write"] as const).map(
    (call) => ["level", "pool", call] as const,
  ),
];
const MAKINGS = SWEEPS.filter(([kind, threads]) => (kind === "level") === (threads === "pool"));
/**
 * By `write` of the main thread go answers, wake-ups of threads and log lines, thousands in 500 transitions, and none changes a
 * byte of the journal; of the pool's, evidence and wake-ups, or LevelDB's log and wake-ups, one or two of these for each of
 * those. So every so many are tried. In the making of a folder, where keys are files that are made by `write`, all are.
 */
function stepOf(kind: JournalKind, threads: Threads, call: FaultCall): number {
  if (call !== "write") return 1;
  if (threads === "all") return 25;
  return kind === "file" ? 5 : 3;
}
/** Some ten rotations and five snapshots in 500 transitions: each of their calls is met, and not forty times over. */
const PACE = { segmentBytes: 65_536, snapshotRecords: 100 };
const TRANSITIONS = 500;
/** One of these tests is hours of starts on a busy machine; the bound only ends what hangs. */
const HANG_MS = 12 * 3_600_000;

/** Lines for whoever watches: a run of hours must be seen to go on. */
const tell = (line: string): void => {
  process.stderr.write(`sweep: ${line}\n`);
};

const root = mkdtempSync(join(tmpdir(), "swoosh-sweep-all-"));
const prepared = new Map<JournalKind, Promise<Prepared>>();
function preparedFor(kind: JournalKind): Promise<Prepared> {
  const known =
    prepared.get(kind) ??
    prepareFolder(join(root, kind), kind).then((made) => ({ ...made, pace: PACE }));
  prepared.set(kind, known);
  return known;
}
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Begins on an empty folder, meets these faults, and begins again: how both ended. */
async function beginTwice(
  journalKind: JournalKind,
  threads: Threads,
  inject: readonly string[],
): Promise<readonly (string | number | null)[]> {
  const data = join(root, "made");
  const log = join(root, "made.calls");
  const first = startServer({ data, journalKind, tracing: { inject, threads, log } });
  if ((await first.url) !== null) first.process.kill("SIGTERM");
  const { code, signal } = await first.ended;
  await first.traced;
  const second = startServer({ data, journalKind });
  const isReady = (await second.url) !== null;
  second.process.kill("SIGTERM");
  const again = await second.ended;
  rmSync(data, { recursive: true });
  return [signal ?? code, isReady ? again.code : null];
}

describe.skipIf(process.env["SWOOSH_SOAK"] === undefined)(
  "the real server under a fault of each of its system calls",
  () => {
    beforeAll(() => {
      needDebian(STRACE);
    });

    it.each(MAKINGS)(
      "%s, %s threads: is killed at each %s of the making of its data folder",
      async (kind, threads, call) => {
        for (let nth = 1; ; nth += 1) {
          const [end, again] = await beginTwice(kind, threads, [killAt(call, nth)]);
          expect([call, nth, again]).toEqual([call, nth, 0]);
          if (end === 0) {
            tell(`${kind}, killed in the making, ${call} of ${threads}: ${nth} lives`);
            break;
          }
        }
      },
      HANG_MS,
    );

    it.each(SWEEPS)(
      "%s, %s threads: is killed at each %s of 500 transitions with rotation and snapshots",
      async (kind, threads, call) => {
        const step = stepOf(kind, threads, call);
        const report = await sweepCalls(
          await preparedFor(kind),
          { call, threads, how: "killed", step },
          { transitions: TRANSITIONS, tell },
        );
        expect(report.findings).toEqual([]);
        for (const life of report.lives)
          expect([0, "SIGKILL"], life.said.slice(-2_000)).toContain(endOf(life));
        // Each was killed in that very call, of the pool where only the pool was traced.
        const killed = report.lives.filter((life) => endOf(life) === "SIGKILL");
        expect(killed.filter(({ struck }) => struck === undefined)).toEqual([]);
        expect(killed.length).toBeGreaterThan(0);
        expect(report.kept).toBeGreaterThan(0);
      },
      HANG_MS,
    );

    it("file: makes no call that cuts a file: not in the making, not in 500 transitions with rotation and snapshots", async () => {
      const [made] = await beginTwice("file", "all", killAtCuts());
      expect(made).toBe(0);
      const fault = { inject: killAtCuts(), threads: "all", call: "ftruncate", nth: 1 } as const;
      const life = { fault, transitions: TRANSITIONS };
      const report = await sweepLives(await preparedFor("file"), [life, life]);
      expect(report.lives.map(endOf)).toEqual([0, 0]);
    });

    it.each<[JournalKind, Threads]>([
      ["file", "all"],
      ["level", "pool"],
    ])(
      "%s, %s threads: meets EIO at each fdatasync, to the end",
      async (kind, threads) => {
        const report = await sweepCalls(
          await preparedFor(kind),
          { call: "fdatasync", threads, how: "EIO", step: 1 },
          { transitions: TRANSITIONS, tell },
        );
        expect(report.findings).toEqual([]);
        // At the start, while it serves, or in its clean stop: it is fenced. Where all syncs held, it ends well.
        for (const life of report.lives)
          expect([0, 4], life.said.slice(-2_000)).toContain(endOf(life));
        expect(report.lives.filter((life) => endOf(life) === 4).length).toBeGreaterThan(0);
      },
      HANG_MS,
    );
  },
);
