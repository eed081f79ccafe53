import type { Kernel, Replayed } from "@swoosh/kernel";
import { beforeAll, describe, expect, test } from "vitest";
import { createBeginning } from "./beginning.ts";
import { createWorld } from "./history/check-history.ts";
import type { Judged } from "./judge-end.ts";
import { rememberingReplays } from "./remembering-replays.ts";
import { runSeed } from "./run-seed.ts";
import { loadSimCharts } from "./sim-charts.ts";

/** In which a purchase moves a shelf and a cart. */
const SEED = 5;

let judged: Judged;

beforeAll(async () => {
  const report = await runSeed(await createBeginning(loadSimCharts()), SEED);
  if (report.judged === null) throw new Error(`seed ${SEED} fails`);
  ({ judged } = report);
});

/** What a kernel says of each record, where the world takes only the first document of those that move several. */
function replayAll(kernel: Kernel, isWhole: boolean): readonly Replayed[] {
  const world = createWorld({ ...judged.judge, kernel });
  return judged.history.log.map((text) => {
    const replayed = kernel.replay(world, text);
    if (!replayed.ok) return replayed;
    const { accepted } = replayed;
    world.apply(isWhole ? accepted : { ...accepted, heads: accepted.heads.slice(0, 1) });
    return replayed;
  });
}

/** The judge's kernel, and how often it replayed. */
function counting() {
  const { kernel } = judged.judge;
  const calls = { count: 0 };
  const replay: Kernel["replay"] = (world, text) => {
    calls.count += 1;
    return kernel.replay(world, text);
  };
  return { calls, kernel: rememberingReplays({ ...kernel, replay }) };
}

describe("a kernel that remembers what it replayed", () => {
  test("says what the kernel says, and decides each record once", () => {
    const { calls, kernel } = counting();
    const plain = replayAll(judged.judge.kernel, true);
    expect(replayAll(kernel, true)).toEqual(plain);
    expect(replayAll(kernel, true)).toEqual(plain);
    expect(calls.count).toBe(judged.history.log.length);
  });

  test("takes no world for another that lacks a document (M1)", () => {
    const { kernel } = counting();
    const whole = replayAll(kernel, true);
    const plain = replayAll(judged.judge.kernel, false);
    expect(plain.filter(({ ok }) => !ok).length).toBeGreaterThan(0);
    expect(whole.every(({ ok }) => ok)).toBe(true);
    expect(replayAll(kernel, false)).toEqual(plain);
  });

  test("does not decide by a chart that a world does not have", () => {
    const { kernel } = counting();
    replayAll(kernel, true);
    const world = createWorld({ ...judged.judge, kernel, chart: () => undefined });
    const [first = ""] = judged.history.log;
    expect(kernel.replay(world, first)).toEqual(judged.judge.kernel.replay(world, first));
    expect(kernel.replay(world, first).ok).toBe(false);
  });
});
