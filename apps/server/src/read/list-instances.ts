import { chartNameOf, isInstanceName } from "@swoosh/kernel";
import type { InstanceSummary, Page } from "@swoosh/protocol";
import { placeBehind, type InstanceNames } from "./instance-names.ts";
import { INSTANCES_SCANNED_MAX } from "./limits.ts";
import type { ReadSource } from "./read-source.ts";
import { given, refused, type Reading } from "./reading.ts";
import type { Viewer } from "./viewer.ts";

export interface InstancesQuery {
  readonly chart: string | undefined;
  /** Path of a state that is active, without the chart's name. */
  readonly in: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}

/** A page of instances by name. It may be short, or empty, and still go on: `next` alone says that there is no more. */
export function listInstances(
  source: ReadSource,
  names: InstanceNames,
  { query, viewer }: { readonly query: InstancesQuery; readonly viewer: Viewer },
): Reading<Page<InstanceSummary>> {
  const { after = "", chart, limit } = query;
  if (after !== "" && !isInstanceName(after))
    return refused("bad_query", `after is ${JSON.stringify(after)}; the cursor of the page before`);
  const sorted = names.sorted();
  // Names of one chart stand together: all begin with `chart/`.
  const begin = chart === undefined || after > `${chart}/` ? after : `${chart}/`;
  const items: InstanceSummary[] = [];
  let place = placeBehind(sorted, begin);
  const end = Math.min(sorted.length, place + INSTANCES_SCANNED_MAX);
  for (; place < end && items.length < limit; place += 1) {
    const instance = sorted[place] ?? "";
    if (chart !== undefined && chartNameOf(instance) !== chart) {
      if (items.length > 0 || instance > `${chart}/`) return given({ items, next: null });
      continue;
    }
    if (!viewer.sees(instance)) continue;
    const head = source.head(instance);
    if (head === undefined) continue;
    const { configuration } = head.document;
    if (query.in !== undefined && !isIn(configuration, query.in)) continue;
    items.push({ configuration, hash: head.hash, index: head.index, instance });
  }
  return given({ items, next: place < sorted.length ? (sorted[place - 1] ?? null) : null });
}

/** Is a state active: some leaf is it, or lies below it? */
function isIn(configuration: readonly string[], path: string): boolean {
  return configuration.some((leaf) => leaf === path || leaf.startsWith(`${path}.`));
}
