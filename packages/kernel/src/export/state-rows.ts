import { assert } from "../invariant.ts";
import type { NormalChart, NormalState } from "../chart/normal-chart.ts";

/** A state of a normal form with its place in the tree. */
export interface StateRow {
  readonly name: string;
  /** Dotted, without the chart's name; the root's is ``. */
  readonly path: string;
  readonly depth: number;
  /** null: the root. */
  readonly parent: StateRow | null;
  readonly state: NormalState;
}

/** Every state in document order, histories included; the root comes first. */
export function stateRows(chart: NormalChart): readonly StateRow[] {
  const rows: StateRow[] = [];
  const add = (row: StateRow): void => {
    rows.push(row);
    for (const [name, state] of row.state.states) {
      add({ name, path: childPath(row.path, name), depth: row.depth + 1, parent: row, state });
    }
  };
  add({ name: chart.chart, path: "", depth: 0, parent: null, state: chart.root });
  return rows;
}

export function childPath(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

/** True when `path` is strictly below `ancestor`. */
export function isPathBelow(path: string, ancestor: string): boolean {
  return ancestor === "" ? path !== "" : path.startsWith(`${ancestor}.`);
}

/** Path of the parent; the root's children have ``. */
export function parentPath(path: string): string {
  assert(path !== "", "the root has no parent");
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** The path of the nearest state that both are, or are below. */
export function commonPath(one: string, other: string): string {
  let ancestor = one;
  while (ancestor !== "" && ancestor !== other && !isPathBelow(other, ancestor)) {
    ancestor = parentPath(ancestor);
  }
  return ancestor;
}
