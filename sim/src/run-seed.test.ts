import { beforeAll, describe, expect, it } from "vitest";
import { createBeginning, type Beginning } from "./beginning.ts";
import { optionsOf, readFixtures } from "./fixture.ts";
import { Marks } from "./marks.ts";
import { missingMarks } from "./must-happen.ts";
import { runSeed } from "./run-seed.ts";
import { loadSimCharts } from "./sim-charts.ts";
import { worldBeginning } from "./world-beginning.ts";

const IS_SOAK = process.env["SWOOSH_SOAK"] !== undefined;
const SEEDS_MIN = IS_SOAK ? 2_000 : 200;
/** Seeds are begun for as long. The machine decides how many that are, and nothing else: what becomes of one depends on it alone. */
const PLAY_MS = IS_SOAK ? 0 : 60_000;
let beginning: Beginning;
beforeAll(async () => {
  beginning = await createBeginning(loadSimCharts());
});

describe("the simulator", () => {
  it("finds nothing wrong, though everything happens that can", async () => {
    const marks = new Marks();
    let records = 0;
    let seeds = 0;
    const endMs = performance.now() + PLAY_MS;
    while (seeds < SEEDS_MIN || performance.now() < endMs) {
      seeds += 1;
      const report = await runSeed(beginning, seeds);
      expect([seeds, report.findings]).toEqual([seeds, []]);
      records += report.records;
      marks.addAll(report.marks);
    }
    expect(missingMarks(marks, "orders")).toEqual([]);
    expect(records).toBeGreaterThan(10 * seeds);
  }, 600_000);

  it("tells the same story byte for byte when it plays a seed again, from another beginning too", async () => {
    const other = await createBeginning(loadSimCharts());
    for (const seed of [3, 4]) {
      const first = await runSeed(beginning, seed);
      const again = await runSeed(other, seed);
      expect(again.story).toEqual(first.story);
      expect(again.root).toBe(first.root);
      expect(again.judged?.history).toEqual(first.judged?.history);
    }
    const [one, another] = [await runSeed(beginning, 5), await runSeed(beginning, 6)];
    expect(one.root).not.toBe(another.root);
  });

  it("plays every run that failed once, and knows why it did", async () => {
    for (const [name, fixture] of readFixtures()) {
      expect([name, fixture.cause !== "", fixture.fix !== ""]).toEqual([name, true, true]);
      const { findings } = await runSeed(
        fixture.world === "orders"
          ? beginning
          : await worldBeginning(fixture.world, fixture.stepsTimes),
        fixture.seed,
        optionsOf(fixture),
      );
      expect([name, findings]).toEqual([name, []]);
    }
  });
});
