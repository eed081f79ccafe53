import { describe, expect, it } from "vitest";
import type { FileCoverage } from "./mutant.ts";
import { planFor } from "./plan.ts";

const coverage = (over: Partial<FileCoverage>): FileCoverage => ({
  file: "a.test.ts",
  modules: ["a.ts"],
  loadMs: 10,
  loaded: [],
  shared: [],
  tests: [],
  ...over,
});
const MUTANT = { number: 5, file: "a.ts" };

describe("planFor", () => {
  it("runs only tests that reach the mutant, cheap ones of a file together, the cheapest step first", () => {
    const tests = [
      { id: "slow", name: "slow", ms: 900, hits: [[5, 7]] },
      { id: "other", name: "other", ms: 1, hits: [[4, 1]] },
      { id: "two", name: "two", ms: 30, hits: [[5, 2]] },
      { id: "one", name: "one", ms: 20, hits: [[5, 1]] },
    ] as const;
    const near = coverage({
      tests: [{ id: "b", name: "b", ms: 5, hits: [[5, 1]] }],
      file: "b.test.ts",
    });
    expect(
      planFor(MUTANT, [coverage({ tests }), near, coverage({ file: "c.test.ts" })]),
    ).toMatchObject({
      isStatic: false,
      steps: [
        { file: "b.test.ts", tests: ["b"], ms: 15, hits: 1 },
        { file: "a.test.ts", tests: ["one", "two"], ms: 60, hits: 3 },
        { file: "a.test.ts", tests: ["slow"], ms: 910, hits: 7 },
      ],
    });
  });

  it("runs whole files whose fixtures the mutant shapes", () => {
    const tests = [{ id: "t", name: "t", ms: 5, hits: [[5, 2]] }] as const;
    expect(planFor(MUTANT, [coverage({ shared: [[5, 3]], tests })])).toEqual({
      isStatic: false,
      steps: [{ file: "a.test.ts", ms: 15, hits: 5 }],
      dependents: [{ file: "a.test.ts", ms: 15, hits: 5 }],
    });
  });

  it("runs every file that depends on a module which the mutant shapes while it is read", () => {
    const coverages = [
      coverage({ loaded: [[5, 1]] }),
      coverage({ file: "b.test.ts", loadMs: 1 }),
      coverage({ file: "c.test.ts", modules: ["c.ts"] }),
    ];
    const steps = [
      { file: "b.test.ts", ms: 1, hits: 0 },
      { file: "a.test.ts", ms: 10, hits: 1 },
    ];
    expect(planFor(MUTANT, coverages)).toEqual({ isStatic: true, steps, dependents: steps });
  });

  it("prefers files that noticed neighbours", () => {
    const one = [{ id: "t", name: "t", ms: 5, hits: [[5, 1]] }] as const;
    const coverages = [
      coverage({ file: "cheap.test.ts", tests: one }),
      coverage({ file: "keen.test.ts", loadMs: 40, tests: one }),
    ];
    const filesAfter = (kills: number): readonly string[] =>
      planFor(MUTANT, coverages, new Map([["keen.test.ts", kills]])).steps.map(({ file }) => file);
    expect(filesAfter(1)).toEqual(["cheap.test.ts", "keen.test.ts"]);
    expect(filesAfter(3)).toEqual(["keen.test.ts", "cheap.test.ts"]);
  });

  it("has nothing to run where no test reaches the mutant", () => {
    expect(planFor(MUTANT, [coverage({})])).toMatchObject({ isStatic: false, steps: [] });
  });
});
