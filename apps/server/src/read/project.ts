import type { CompiledChart, Document, Json, JsonObject } from "@swoosh/kernel";

/**
 * One projection of a document (transition API, Reading): `phase` and `epoch` of its regions, and the keys of the context
 * that the chart projects. With one region they stand alone, with several in objects by region. Undefined: the chart has
 * no projection of this name.
 */
export function project(
  chart: CompiledChart,
  document: Document,
  name: string,
): JsonObject | undefined {
  const projection = chart.projections.get(name);
  if (projection === undefined) return undefined;
  const { regions, keys } = projection;
  const phases = regions.map((region): readonly [string, Json] => [
    region,
    phaseOf(chart, document, region),
  ]);
  const epochs = regions.map((region): readonly [string, Json] => [
    region,
    document.epoch[region] ?? 0,
  ]);
  return {
    ...picked(document.context, keys),
    phase: alone(phases),
    epoch: alone(epochs),
  };
}

/** Names of a chart's projections. */
export function projectionNames(chart: CompiledChart): readonly string[] {
  return [...chart.projections.keys()];
}

function alone(byRegion: readonly (readonly [string, Json])[]): Json {
  const [only] = byRegion;
  return only !== undefined && byRegion.length === 1 ? only[1] : Object.fromEntries(byRegion);
}

/** The active leaf below the region, without the region's path; a sorted list where there are several, or none. */
function phaseOf(chart: CompiledChart, { configuration }: Document, name: string): Json {
  const region = chart.regions.find((one) => one.name === name);
  const path = region === undefined ? undefined : chart.states[region.state]?.path;
  if (path === undefined) return [];
  const prefix = path === "" ? "" : `${path}.`;
  const leaves = configuration
    .filter((leaf) => leaf === path || leaf.startsWith(prefix))
    .map((leaf) =>
      leaf === path ? leaf.slice(leaf.lastIndexOf(".") + 1) : leaf.slice(prefix.length),
    );
  const [only] = leaves;
  return only !== undefined && leaves.length === 1 ? only : leaves;
}

function picked(context: JsonObject, keys: readonly string[] | null): JsonObject {
  if (keys === null) return context;
  return Object.fromEntries(
    keys.flatMap((key): [string, Json][] => {
      const value = Object.hasOwn(context, key) ? context[key] : undefined;
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
