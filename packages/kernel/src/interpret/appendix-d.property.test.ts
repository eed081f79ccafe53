import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { compileChart } from "../chart/compile-chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import { createNativeRegistry } from "../chart/native-registry.ts";
import type { JsonObject } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createInterpreter } from "./interpreter.ts";
import { AppendixDMachine, ourMachine } from "./test/chart-machine.ts";
import { traceOf } from "./test/in-step.ts";
import { RECORDED_DOMAIN } from "./test/recorded-domain.ts";
import { EVENTS, randomChart, type RandomOptions } from "./test/random-chart.ts";

/** Under mutation these run for hundreds of mutants, and most of those differ on every third chart. */
const RUNS = process.env.SWOOSH_MUTATION === "1" ? 20 : 60 * Number(process.env.SWOOSH_SOAK ?? 1);
const SCALE = { numRuns: RUNS };
const natives = createNativeRegistry([]);

const LARGE = { statesMax: 40, regionsMax: 4, regioned: false, raises: true, history: true };
const CASES: readonly (RandomOptions & { readonly name: string })[] = [
  {
    name: "small, one region",
    statesMax: 8,
    regionsMax: 0,
    regioned: false,
    raises: true,
    history: true,
  },
  { ...LARGE, name: "one region over all" },
  { ...LARGE, name: "up to four regions", regioned: true },
];

function compiled(value: JsonObject): CompiledChart {
  const { normal, problems } = loadChart(value, { natives });
  if (normal === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return compileChart(nodeHasher, normal, { natives });
}

const PLAY = fc.record({
  events: fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 12 }),
  truth: fc.array(fc.boolean(), { minLength: 1, maxLength: 31 }),
});

describe("the interpreter in step with Appendix D on random charts", () => {
  it.each(CASES)(
    "$name: same calls in the same order, same configurations and histories",
    (options) => {
      fc.assert(
        fc.property(randomChart(options), PLAY, (value, play) => {
          const chart = compiled(value);
          const wanted = traceOf(chart, new AppendixDMachine(chart), play);
          expect(traceOf(chart, ourMachine(chart), play)).toEqual(wanted);
        }),
        SCALE,
      );
    },
  );

  it("agrees where leaving a state records the history that is aimed at", () => {
    const { chart: value, play } = RECORDED_DOMAIN;
    const chart = compiled(value);
    const machine = ourMachine(chart);
    expect(traceOf(chart, machine, play)).toEqual(
      traceOf(chart, new AppendixDMachine(chart), play),
    );
    expect(createInterpreter(chart).configurationOf([...machine.leaves()])).toBeDefined();
  });

  it("only ever reaches legal configurations, which it recognises by their paths in any order", () => {
    fc.assert(
      fc.property(randomChart(LARGE), PLAY, (value, play) => {
        const chart = compiled(value);
        const machine = ourMachine(chart);
        traceOf(chart, machine, play);
        const paths = [...machine.leaves()];
        fc.pre(paths.length > 0);
        const other = createInterpreter(chart);
        expect(other.configurationOf(paths.reverse())?.paths).toEqual(machine.leaves());
        expect(other.configurationOf([...paths, "nowhere"])).toBeUndefined();
        expect(other.configurationOf(paths.slice(1))).toBeUndefined();
      }),
      SCALE,
    );
  });

  it("gives the same with a cache that holds next to nothing", () => {
    fc.assert(
      fc.property(
        randomChart(LARGE),
        PLAY,
        fc.integer({ min: 1, max: 5 }),
        (value, play, entries) => {
          const chart = compiled(value);
          const wanted = traceOf(chart, ourMachine(chart), play);
          expect(traceOf(chart, ourMachine(chart, entries), play)).toEqual(wanted);
        },
      ),
      SCALE,
    );
  });
});
