import type { CompiledChart } from "../chart/compiled-chart.ts";
import { normalJson } from "../chart/normal-json.ts";
import { canonicalize } from "../json/canonical.ts";

/** Canonical JSON of a chart's normal form: what is stored as evidence under the chart's hash. */
export function chartText(chart: CompiledChart): string {
  return canonicalize(normalJson(chart.normal));
}
