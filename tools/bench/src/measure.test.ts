import { describe, expect, it } from "vitest";
import { measure } from "./measure.ts";
import { printTable } from "./print-table.ts";
import { summarise } from "./summary.ts";

describe("summarise", () => {
  it("gives median and quartiles, whatever the order", () => {
    expect(summarise([5, 1, 4, 2, 3])).toEqual({ median: 3, p25: 2, p75: 4 });
    expect(summarise([1, 2])).toEqual({ median: 1.5, p25: 1.25, p75: 1.75 });
  });

  it("gives NaN of nothing, so that a missing figure cannot pass for one", () => {
    expect(summarise([]).median).toBeNaN();
  });
});

describe("measure", () => {
  const work = (turns: number) => () => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) sum += Math.imul(turn, sum | 1) | 0;
    return sum;
  };

  it("puts the contender that does more work behind, and the first at ratio one", () => {
    const contenders = [
      { name: "small", run: work(500) },
      { name: "large", run: work(50_000) },
    ];
    const [small, large] = measure(contenders, { rounds: 5, sampleMs: 1, warmupMs: 2 });
    expect(small?.ratio).toEqual({ median: 1, p25: 1, p75: 1 });
    expect(large?.ratio.median).toBeLessThan(0.5);
    expect(large?.operationsPerSecond).toBeLessThan(small?.operationsPerSecond ?? 0);
  });

  it("divides by the operations of one call", () => {
    const run = work(20_000);
    const contenders = [
      { name: "one", run },
      { name: "a thousand", run, operations: 1000 },
    ];
    const [one, many] = measure(contenders, { rounds: 5, sampleMs: 1, warmupMs: 2 });
    expect((one?.median ?? 0) / (many?.median ?? 1)).toBeGreaterThan(100);
  });

  it("prints one line for each contender under its title", () => {
    const table = printTable(
      "some title",
      measure([{ name: "one", run: work(10) }], { rounds: 3, sampleMs: 1, warmupMs: 1 }),
    );
    expect(table.split("\n")[0]).toBe("some title");
    expect(table).toMatch(/^one .*1\.00 ×/m);
  });
});
