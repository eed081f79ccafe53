import { compileChart } from "../../chart/compile-chart.ts";
import type { CompiledChart } from "../../chart/compiled-chart.ts";
import { loadChart } from "../../chart/load-chart.ts";
import { createNativeRegistry } from "../../chart/native-registry.ts";
import type { JsonObject } from "../../json/json.ts";
import { nodeHasher } from "../../testing/node-hasher.ts";

const natives = createNativeRegistry([]);

/** A chart of its value; throws with every problem where it does not load. */
export function loadValue(value: JsonObject): CompiledChart {
  const { normal, problems } = loadChart(value, { natives });
  if (normal === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return compileChart(nodeHasher, normal, { natives });
}

/** The same with every event that a test names declared, and one region over all unless it says so. */
export function loadStates(events: readonly string[], states: JsonObject): CompiledChart {
  const transitions = Object.fromEntries(events.map((event) => [event, { by: ["client"] }]));
  return loadValue({ chart: "test", version: 1, regions: ["root"], transitions, ...states });
}
