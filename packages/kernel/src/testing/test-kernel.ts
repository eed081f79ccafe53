import { readFileSync } from "node:fs";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { createKernel, type Kernel } from "../kernel.ts";
import { nodeHasher } from "./node-hasher.ts";

/** A kernel over Node's hasher: one for all tests, for it holds nothing but caches. */
export const testKernel: Kernel = createKernel(nodeHasher);

const loaded = new Map<string, CompiledChart>();

/** The chart in a file of this repository, path from its root. Throws with every problem where it does not load. */
export function mustLoadChart(path: string): CompiledChart {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const url = new URL(`../../../../${path}`, import.meta.url);
  const chart = mustLoadChartText(readFileSync(url, "utf8"));
  loaded.set(path, chart);
  return chart;
}

export function mustLoadChartText(text: string): CompiledChart {
  const { chart, problems } = testKernel.loadChartText(text);
  if (chart === undefined)
    throw new Error(problems.map(({ line, message }) => `line ${line}: ${message}`).join("\n"));
  return chart;
}

export function identityChart(): CompiledChart {
  return mustLoadChart("charts/identity.yaml");
}

export function orderChart(): CompiledChart {
  return mustLoadChart("examples/order/example-chart.yaml");
}
