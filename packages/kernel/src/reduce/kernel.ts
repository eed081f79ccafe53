import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { Hasher } from "../hash.ts";
import { createInterpreter } from "../interpret/interpreter.ts";
import type { Interpreter } from "../interpret/interpreter.ts";
import { chartFacts } from "./chart-facts.ts";
import type { ChartFacts } from "./chart-facts.ts";
import { Epochs } from "./epochs.ts";

/** What reduce needs beside its arguments: the two outside functions, and what can be derived from a chart once. */
export interface Kernel {
  readonly hasher: Hasher;
  runtime(chart: CompiledChart): ChartRuntime;
}

export interface ChartRuntime {
  readonly interpreter: Interpreter;
  readonly facts: ChartFacts;
  readonly epochs: Epochs;
}

/** Caches by chart; results never depend on it. */
export function createKernel(hasher: Hasher): Kernel {
  const runtimes = new WeakMap<CompiledChart, ChartRuntime>();
  return {
    hasher,
    runtime(chart) {
      const known = runtimes.get(chart);
      if (known !== undefined) return known;
      const runtime = {
        interpreter: createInterpreter(chart),
        facts: chartFacts(chart),
        epochs: new Epochs(chart.regions),
      };
      runtimes.set(chart, runtime);
      return runtime;
    },
  };
}
