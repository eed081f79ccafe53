import { describe, expect, it } from "vitest";
import { CEL_COST_MAX } from "../limits.ts";
import { cpuTimeMs } from "../testing/cpu-time.ts";
import type { CelProgram, CelScope } from "./cel.ts";
import { worstCases } from "./test/worst-cases.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** What no accepted expression may take, by code that has run before. */
const EVALUATION_MS_MAX = 2;
const WARMING = 10;
const ROUNDS = 3;
const TURNS = 9;

function medianMs(program: CelProgram, scope: () => CelScope): number {
  const times = Array.from({ length: TURNS }, () => {
    const values = scope();
    return cpuTimeMs(() => program.evaluate(values));
  });
  return times.toSorted((one, other) => one - other)[TURNS >> 1] ?? 0;
}

/**
 * The bound on steps stands for a bound on time: each kind of work, as much of it as one expression may do, on values of
 * its own each time. By the processor's time, as the least median of some rounds: a busy machine or a collection is not the
 * expression's.
 */
describe("an accepted expression", () => {
  it.runIf(isSoak)("takes no more than 2 ms, whatever it does", () => {
    const cases = worstCases();
    expect(cases.length).toBeGreaterThan(70);
    const slow = cases.flatMap(({ name, program, scope }) => {
      for (let turn = 0; turn < WARMING; turn += 1) program.evaluate(scope());
      const medians = Array.from({ length: ROUNDS }, () => medianMs(program, scope));
      const leastMs = Math.min(...medians);
      return leastMs < EVALUATION_MS_MAX ? [] : [`${name}: ${leastMs.toFixed(2)} ms`];
    });
    expect(slow).toEqual([]);
    expect(Math.max(...cases.map(({ program }) => program.costMax))).toBeGreaterThan(
      CEL_COST_MAX * 0.99,
    );
  });
});
