import { readFileSync } from "node:fs";
import { createKernel, type CompiledChart, type Kernel } from "@swoosh/kernel";
import { rememberingHasher } from "./remembering-hasher.ts";
import { nodeHasher } from "@swoosh/kernel/testing";

export interface SimCharts {
  readonly kernel: Kernel;
  readonly identity: CompiledChart;
  /** Installed at the beginning, in this order. */
  readonly others: readonly CompiledChart[];
}

/** The kernel and the charts of every seed; loaded once, for they are immutable. */
export function loadSimCharts(): SimCharts {
  const kernel = remembering(createKernel(rememberingHasher(nodeHasher)));
  const file = (path: string): string =>
    readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const load = (text: string): CompiledChart => {
    const { chart, problems } = kernel.loadChartText(text);
    if (chart === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
    return chart;
  };
  return {
    kernel,
    identity: load(file("charts/identity.yaml")),
    // Shelves and carts: a purchase moves both instances in one record, or neither.
    others: ["examples/order/example-chart.yaml", "sim/charts/shelf.yaml", "sim/charts/cart.yaml"]
      .map(file)
      .map(load),
  };
}

/** Compiles each normal form once: a seed restarts many times, always on the same charts. */
export function remembering(kernel: Kernel): Kernel {
  const compiled = new Map<string, ReturnType<Kernel["compileNormal"]>>();
  return {
    ...kernel,
    compileNormal: (text, otherCharts) => {
      const known = compiled.get(text) ?? kernel.compileNormal(text, otherCharts);
      // One that reads what is not known yet is tried again when it is.
      if (known.ok) compiled.set(text, known);
      return known;
    },
  };
}
