import { beforeAll, describe, expect, it } from "vitest";
import { createBeginning } from "../beginning.ts";
import type { Judged } from "../judge-end.ts";
import { runSeed } from "../run-seed.ts";
import { loadSimCharts } from "../sim-charts.ts";
import { checkHistory } from "./check-history.ts";
import { DOCTORED_HISTORIES, draftOf } from "./doctored-histories.ts";

/** Sound histories, rich enough that every lie finds its place in one of them. */
const SEEDS = [11, 12, 13, 14, 16, 19, 23, 29];
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

  it("goes through a hundred thousand operations in one sweep", async () => {
    const [first] = sound;
    if (first === undefined) throw new Error("there are histories");
    const { history, judge } = first;
    const last = Math.max(...history.ops.map(({ returned }) => returned ?? 0));
    const [known] = history.ops.flatMap((op) =>
      op.kind === "propose" && op.answer?.kind === "accepted" && op.answer.replayed ? [op] : [],
    );
    if (known === undefined) throw new Error("something was sent twice");
    const more = Array.from({ length: 100_000 }, (_, place) => ({
      ...known,
      process: `more ${place}`,
      invoked: last + 2 * place + 1,
      returned: last + 2 * place + 2,
    }));
    const verdict = await checkHistory(judge, { ...history, ops: [...history.ops, ...more] });
    expect([verdict.findings, verdict.operations]).toEqual([[], history.ops.length + 100_000]);
  });
});
