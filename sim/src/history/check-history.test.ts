import { beforeAll, describe, expect, it } from "vitest";
import { createBeginning } from "../beginning.ts";
import type { Judged } from "../judge-end.ts";
import { runSeed } from "../run-seed.ts";
import { loadSimCharts } from "../sim-charts.ts";
import { checkHistory } from "./check-history.ts";
import { DOCTORED_HISTORIES, draftOf } from "./doctored-histories.ts";
import type { HistoryOp } from "./history.ts";

/** Sound histories, rich enough that every lie finds its place in one of them. */
const SEEDS = [11, 12, 13, 14, 16, 19, 23, 29];
const MANY = process.env["SWOOSH_SOAK"] === undefined ? 100_000 : 1_000_000;
/** Of requests that are asked again. */
const REQUEST_LENGTH_MAX = 2_000;
let sound: readonly Judged[];
beforeAll(async () => {
  const beginning = await createBeginning(loadSimCharts());
  const judged: Judged[] = [];
  for (const seed of SEEDS) {
    const { findings, judged: found } = await runSeed(beginning, seed);
    if (found === null || findings.length > 0) throw new Error(`seed ${seed} is not sound`);
    judged.push(found);
  }
  sound = judged;
});

describe("the judge of histories", () => {
  it("finds nothing in sound ones, and looks at all of it", async () => {
    for (const { history, judge } of sound) {
      const verdict = await checkHistory(judge, history);
      expect(verdict.findings).toEqual([]);
      expect(verdict.operations).toBe(history.ops.length);
      expect(verdict.records).toBe(history.log.length);
    }
    const decided = await Promise.all(
      sound.map(async ({ history, judge }) => (await checkHistory(judge, history)).decided),
    );
    expect(decided.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(50);
  });

  it("knows fifty lies", () => {
    expect(new Set(DOCTORED_HISTORIES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(50);
  });

  it.each(DOCTORED_HISTORIES)("notices that $name", async ({ doctor, found }) => {
    let told = 0;
    for (const { history, judge } of sound) {
      const draft = draftOf(history);
      if (!doctor(draft)) continue;
      told += 1;
      const { findings } = await checkHistory(judge, draft);
      const checks = findings.map(({ check }) => check);
      expect(
        checks.some((check) => found.includes(check)),
        checks.join(" "),
      ).toBe(true);
      if (told === 2) break;
    }
    expect(told).toBeGreaterThan(0);
  });

  it("goes through a hundred thousand operations in one sweep, a million in soak", async () => {
    const [first] = sound;
    if (first === undefined) throw new Error("there are histories");
    const { history, judge } = first;
    const last = Math.max(...history.ops.map(({ returned }) => returned ?? 0));
    const again = (op: HistoryOp, place: number): HistoryOp => ({
      ...op,
      process: `more ${place}`,
      invoked: last + 2 * place + 1,
      returned: last + 2 * place + 2,
    });
    // What is as true when it is asked again after everything else: answers to proposals sent twice, reads of the last state.
    const lasting: HistoryOp[] = [];
    for (const op of history.ops.slice(-40)) {
      // One that is too large is nothing but its length.
      if (op.kind === "propose" && op.request.length > REQUEST_LENGTH_MAX) continue;
      const { findings } = await checkHistory(judge, {
        ...history,
        ops: [...history.ops, again(op, 0)],
      });
      if (findings.length === 0 && op.returned !== null) lasting.push(op);
    }
    expect(new Set(lasting.map(({ kind }) => kind)).size).toBeGreaterThan(1);
    const more = Array.from({ length: MANY }, (_, place) => {
      const op = lasting[place % lasting.length];
      if (op === undefined) throw new Error("some last");
      return again(op, place);
    });
    const verdict = await checkHistory(judge, { ...history, ops: [...history.ops, ...more] });
    expect([verdict.findings, verdict.operations]).toEqual([[], history.ops.length + MANY]);
  });
});
