import type { Json } from "../json/json.ts";
import type { NormalChart } from "./normal-chart.ts";

/**
 * The normal form as plain JSON: it is nothing else already, but TypeScript gives interfaces no index signature.
 * `swoosh chart show --normal` prints the canonical JSON of this; the chart hash covers it.
 */
export function normalJson(normal: NormalChart): Json {
  return normal as unknown as Json;
}
