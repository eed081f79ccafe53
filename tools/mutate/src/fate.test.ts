import { describe, expect, it } from "vitest";
import { fateOf, type Trier } from "./fate.ts";
import type { RunReport, RunRequest } from "./mutant.ts";

const PASSED: RunReport = { isTooLong: false, hits: 4 };
const FAILED: RunReport = { isTooLong: false, hits: 1, failure: { test: "t1", name: "one" } };
const STEP = { file: "a.test.ts", tests: ["t1", "t2"], ms: 5, hits: 4 };
const WHOLE = { file: "a.test.ts", ms: 9, hits: 4 };
const PLAN = { isStatic: false, steps: [STEP], dependents: [WHOLE] };

/** Answers in order; what it was asked is told as `mutant|unchanged`, `warm|fresh` and the tests. */
function trierOf(
  ...answers: readonly (RunReport | "hung" | "died")[]
): Trier & { readonly log: string[] } {
  const queue = [...answers];
  const log: string[] = [];
  return {
    log,
    async run({ mutant, isFresh, tests }: RunRequest) {
      log.push(
        `${mutant === null ? "unchanged" : "mutant"} ${isFresh ? "fresh" : "warm"} ${tests?.join(",") ?? "all"}`,
      );
      return queue.shift() ?? PASSED;
    },
    restart: () => void log.push("restart"),
  };
}

describe("fateOf", () => {
  it("believes a test that fails with the mutant and passes without it (F1)", async () => {
    const trier = trierOf(FAILED, PASSED);
    expect(await fateOf(1, PLAN, trier)).toEqual({
      fate: "killed",
      by: { file: "a.test.ts", name: "one" },
    });
    expect(trier.log).toEqual(["mutant warm t1,t2", "unchanged warm t1"]);
  });

  it("tries anew on fresh modules where the unchanged code fails as well (F1)", async () => {
    const trier = trierOf(FAILED, FAILED, PASSED, PASSED);
    expect(await fateOf(1, PLAN, trier)).toEqual({ fate: "survived" });
    expect(trier.log).toEqual([
      "mutant warm t1,t2",
      "unchanged warm t1",
      "unchanged fresh t1",
      "mutant fresh t1,t2",
    ]);
  });

  it("takes a new process where fresh modules do not help, and gives up on tests that fail anyway (F1)", async () => {
    const helps = trierOf(FAILED, FAILED, FAILED, FAILED, PASSED);
    expect(await fateOf(1, PLAN, helps)).toMatchObject({ fate: "killed" });
    expect(helps.log.slice(2)).toEqual([
      "unchanged fresh t1",
      "restart",
      "mutant fresh t1,t2",
      "unchanged fresh t1",
    ]);
    const never: Trier = { run: async () => FAILED, restart: () => undefined };
    await expect(fateOf(1, PLAN, never)).rejects.toThrow(
      "a.test.ts fails on unchanged code too: one",
    );
  });

  it("runs all on fresh modules where a survivor was reached too seldom (F2)", async () => {
    const trier = trierOf({ ...PASSED, hits: 3 }, FAILED, PASSED);
    expect(await fateOf(1, PLAN, trier)).toMatchObject({ fate: "killed" });
    expect(trier.log).toEqual(["mutant warm t1,t2", "mutant fresh all", "unchanged fresh t1"]);
  });

  it("tells loops and hangs from kills", async () => {
    const loops = trierOf({ ...FAILED, isTooLong: true }, PASSED);
    expect(await fateOf(1, PLAN, loops)).toMatchObject({ fate: "timeout" });
    const swallowed = trierOf({ ...PASSED, isTooLong: true }, PASSED);
    expect(await fateOf(1, PLAN, swallowed)).toMatchObject({ fate: "timeout" });
    expect(await fateOf(1, PLAN, trierOf("hung"))).toEqual({ fate: "timeout" });
    expect(await fateOf(1, PLAN, trierOf("died"))).toMatchObject({ fate: "killed" });
  });

  it("goes on to the next step, and lets survive what passes all", async () => {
    const steps = [STEP, { file: "b.test.ts", ms: 9, hits: 0 }];
    const trier = trierOf(PASSED, PASSED);
    expect(await fateOf(1, { isStatic: true, steps, dependents: steps }, trier)).toEqual({
      fate: "survived",
    });
    expect(trier.log).toEqual(["mutant fresh t1,t2", "mutant fresh all"]);
    expect(await fateOf(1, { ...PLAN, steps: [] }, trierOf())).toEqual({
      fate: "survived",
    });
  });
});
