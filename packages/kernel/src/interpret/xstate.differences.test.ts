import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { compileChart } from "../chart/compile-chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import { createNativeRegistry } from "../chart/native-registry.ts";
import type { JsonObject } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { EVENTS, randomChart } from "./test/random-chart.ts";
import { XSTATE_DIFFERENCES } from "./test/xstate-differences.ts";
import { ourTrace, xstateTrace } from "./test/xstate-trace.ts";

/** Under mutation these run for hundreds of mutants. */
const RUNS = process.env.SWOOSH_MUTATION === "1" ? 60 : 200 * Number(process.env.SWOOSH_SOAK ?? 1);
const SCALE = { numRuns: RUNS };
const natives = createNativeRegistry([]);

function compiled(value: JsonObject): CompiledChart {
  const { normal, problems } = loadChart(value, { natives });
  if (normal === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return compileChart(nodeHasher, normal, { natives });
}

/** What XState makes of it; an error where it refuses the chart. */
function theirs(chart: CompiledChart, play: Parameters<typeof xstateTrace>[1]): unknown {
  try {
    return xstateTrace(chart, play);
  } catch (error) {
    return error;
  }
}

describe("XState 5 beside our interpreter", () => {
  it.each(XSTATE_DIFFERENCES)("differs: $name", ({ chart: value, events, mayShow, paragraph }) => {
    const chart = compiled(value);
    const play = { events, holds: () => true };
    expect(ourTrace(chart, play)).not.toEqual(theirs(chart, play));
    expect(mayShow(chart)).toBe(true);
    expect(paragraph).toMatch(/^(3\.\d|Appendix D)/);
  });

  it("does the same, in the same order, on random charts without these differences", () => {
    let compared = 0;
    const options = { statesMax: 12, regionsMax: 3, regioned: true, raises: true, history: true };
    const play = fc.record({
      events: fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 8 }),
      truth: fc.array(fc.boolean(), { minLength: 1, maxLength: 13 }),
    });
    fc.assert(
      fc.property(randomChart(options), play, (value, { events, truth }) => {
        const chart = compiled(value);
        if (XSTATE_DIFFERENCES.some((difference) => difference.mayShow(chart))) return;
        const held = {
          events,
          holds: ({ index }: { index: number }) => truth[index % truth.length] === true,
        };
        const ours = ourTrace(chart, held);
        if (ours === undefined) return;
        compared += 1;
        expect(xstateTrace(chart, held)).toEqual(ours);
      }),
      SCALE,
    );
    expect(compared).toBeGreaterThan(RUNS / 20);
  });
});
