import type { CompiledChart } from "../../chart/compiled-chart.ts";
import { loadChart } from "../../chart/load-chart.ts";
import { withHash } from "../../chart/compile-chart.ts";
import { createNativeRegistry } from "../../chart/native-registry.ts";
import type { Json } from "../../json/json.ts";
import { nodeHasher } from "../../testing/node-hasher.ts";
import { parseYaml } from "../../yaml/parse-yaml.ts";
import type { Positions } from "../../yaml/positions.ts";

export interface LoadedTestChart {
  readonly chart: CompiledChart;
  readonly positions: Positions;
}

const NATIVES = createNativeRegistry([
  {
    name: "seal",
    version: 1,
    arguments: { type: "object", properties: { of: { type: "string" } } },
    check: () => ({ ok: true, reasons: [] }),
  },
]);

/** A chart that must load. What every chart has and no test is about is filled in. */
export function loadTestChart(text: string): LoadedTestChart {
  const whole = text.includes("chart:") ? text : `chart: test\nversion: 1\n${text}`;
  const { value, positions, problems } = parseYaml(whole);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return { chart: compileTestChart(value), positions };
}

export function compileTestChart(value: Json): CompiledChart {
  const { unhashed, problems } = loadChart(value, { natives: NATIVES });
  if (unhashed === undefined) {
    throw new Error(
      problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"),
    );
  }
  return withHash(nodeHasher, unhashed);
}
