import type { Kernel } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { runSeed, type Planting } from "./run-seed.ts";
import { loadSimCharts } from "./sim-charts.ts";

const charts = loadSimCharts();
const SEEDS = 25 * Number(process.env["SWOOSH_SOAK"] ?? 1);

async function firstViolation(planting: Planting, seedsMax = 40): Promise<string> {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { violations } = await runSeed(charts, seed, planting);
    if (violations[0] !== undefined) return violations[0];
  }
  return "none";
}

describe("the simulator", () => {
  it("finds nothing wrong", async () => {
    const marks = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await runSeed(charts, seed);
      expect([seed, report.violations]).toEqual([seed, []]);
      for (const [name, count] of report.marks) marks.set(name, (marks.get(name) ?? 0) + count);
    }
    // Each kind of fault happened, or the run says nothing about it.
    for (const mark of [
      "append crash-after-sync",
      "append crash-before-sync",
      "append failed-kept",
      "append failed-lost",
      "append full",
      "append slow",
      "append torn",
      "clock jump",
      "disk full or not",
      "replayed",
      "restart",
      "snapshot damaged",
      "snapshot skipped",
      "zombie",
    ])
      expect([mark, (marks.get(mark) ?? 0) > 0]).toEqual([mark, true]);
  }, 60_000);

  it("tells the same story byte for byte when it plays a seed again", async () => {
    for (const seed of [3, 4]) {
      const first = await runSeed(charts, seed);
      const again = await runSeed(charts, seed);
      expect(again.story).toEqual(first.story);
      expect(again.root).toBe(first.root);
    }
    const [one, other] = [await runSeed(charts, 5), await runSeed(charts, 6)];
    expect(one.root).not.toBe(other.root);
  });
});

describe("the simulator finds planted bugs", () => {
  it("a journal that answers before it has synced", async () => {
    const found = await firstViolation({
      journal: (journal, disk) => {
        Object.defineProperty(journal, "size", { get: () => disk.written.length });
        journal.append = async (batch) => {
          disk.written.push(...batch.records);
        };
      },
    });
    expect(found).toMatch(/K5/u);
  });

  it("a kernel that forgets which keys were used", async () => {
    const kernel = (inner: Kernel): Kernel => ({
      ...inner,
      reduce: (state, input) =>
        inner.reduce(state, input.kind === "proposal" ? { ...input, seen: undefined } : input),
    });
    expect(await firstViolation({ kernel })).toMatch(/exactly once|K6/u);
  });

  it("an answer that is not made from the record alone", async () => {
    let count = 0;
    const kernel = (inner: Kernel): Kernel => ({
      ...inner,
      answer: (record, leaf) => `${inner.answer(record, leaf)}${(count += 1)}`,
    });
    expect(await firstViolation({ kernel })).toMatch(/exactly once: .* got another answer/u);
  });

  it("a reducer that looks at something else than its arguments", async () => {
    let count = 0;
    const kernel = (inner: Kernel): Kernel => ({
      ...inner,
      reduce: (state, input) => {
        count += 1;
        const inputs = input.kind === "proposal" && count % 10 === 0 ? { item: "odd" } : undefined;
        return inner.reduce(
          state,
          inputs && input.kind === "proposal" ? { ...input, inputs } : input,
        );
      },
    });
    expect(await firstViolation({ kernel })).not.toBe("none");
  });

  it("a recovery that loses the last record", async () => {
    const found = await firstViolation({
      journal: (journal, disk) => {
        if (disk.durable > 8) disk.durable -= 1;
        Object.defineProperty(journal, "size", { get: () => disk.durable });
      },
    });
    expect(found).not.toBe("none");
  });
});
