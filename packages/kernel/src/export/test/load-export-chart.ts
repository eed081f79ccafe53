import { readFileSync } from "node:fs";
import type { CompiledChart } from "../../chart/compiled-chart.ts";
import type { JsonObject } from "../../json/json.ts";
import { compileTestChart, loadTestChart } from "../../check/test/load-test-chart.ts";

const EXAMPLE = new URL("../../../../../examples/order/example-chart.yaml", import.meta.url);

export function orderExample(): CompiledChart {
  return loadTestChart(readFileSync(EXAMPLE, "utf8")).chart;
}

/** The text of the example with some of its text replaced; what is to be replaced must be there. */
export function orderExampleWith(
  changes: readonly (readonly [from: string, to: string])[],
): CompiledChart {
  let text = readFileSync(EXAMPLE, "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the example has no ${from}`);
    text = text.replace(from, to);
  }
  return loadTestChart(text).chart;
}

export function chartOf(value: JsonObject): CompiledChart {
  return compileTestChart(value);
}

export function yamlChart(text: string): CompiledChart {
  return loadTestChart(text).chart;
}
