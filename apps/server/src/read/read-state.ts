import type { CompiledChart, IndexedHead, JsonObject } from "@swoosh/kernel";
import type { StateAnswer } from "@swoosh/protocol";
import { project, projectionNames } from "./project.ts";
import { given, refused, type Reading } from "./reading.ts";

/**
 * Body of `/state`: the head of an instance, its document whole or some projections of it. Keys stand in canonical order,
 * and so does a document: without projections `JSON.stringify` of it is canonical.
 */
export function readState(
  head: IndexedHead,
  chart: CompiledChart,
  names: readonly string[],
): Reading<StateAnswer> {
  const { document, hash, index } = head;
  const { configuration, hlc_last: hlc, meta } = document;
  const body = { configuration, hash, hlc, index, instance: meta.instance };
  if (names.length === 0) return given({ ...body, state: document });
  const projection: Record<string, JsonObject> = {};
  for (const name of names) {
    const projected = project(chart, document, name);
    if (projected === undefined)
      return refused(
        "bad_query",
        `projection is ${JSON.stringify(name)}, which chart ${chart.name} does not have; one of ${projectionNames(chart).join(", ")}`,
      );
    projection[name] = projected;
  }
  return given({ ...body, projection });
}
