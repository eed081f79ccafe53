import { assert } from "../invariant.ts";
import type { StateKind } from "./compiled-chart.ts";
import { nodeAt, type TreeNode } from "./domain.ts";
import { matchRegion } from "./match-region.ts";
import type { NormalChart, NormalState } from "./normal-chart.ts";

/** A state as a row, in document order; everything of it that no expression is needed for. */
export interface StateRow extends TreeNode {
  readonly name: string;
  readonly path: string;
  readonly depth: number;
  readonly histories: readonly number[];
  /** −1: in no region. */
  readonly region: number;
  readonly normal: NormalState;
}

export interface StateTable {
  readonly rows: readonly StateRow[];
  readonly byPath: ReadonlyMap<string, StateRow>;
  readonly regions: readonly RegionRow[];
}

export interface RegionRow {
  readonly name: string;
  readonly state: number;
}

type Growing = { -readonly [Key in keyof StateRow]: StateRow[Key] };

export function tableOf(normal: Pick<NormalChart, "root" | "regions">): StateTable {
  const rows: Growing[] = [];
  addRows(rows, normal.root, { name: "", path: "", parent: -1, depth: 0 });
  const real = rows.filter((row) => row.kind !== "shallow" && row.kind !== "deep");
  const regions = normal.regions.map((name) => {
    const [state, ...others] = matchRegion(name, real);
    assert(state !== undefined && others.length === 0, "a region of a normal chart is one state");
    return { name, state: state.index };
  });
  for (const row of rows) {
    const own = regions.findIndex((region) => region.state === row.index);
    row.region = own >= 0 || row.parent < 0 ? own : nodeAt(rows, row.parent).region;
  }
  return { rows, byPath: new Map(rows.map((row) => [row.path, row])), regions };
}

function addRows(
  rows: Growing[],
  normal: NormalState,
  place: Pick<StateRow, "name" | "path" | "parent" | "depth">,
): number {
  const index = rows.length;
  const children: number[] = [];
  const histories: number[] = [];
  const row = {
    ...place,
    index,
    kind: kindOf(normal),
    children,
    histories,
    last: index,
    region: -1,
    normal,
  };
  rows.push(row);
  for (const [name, state] of normal.states) {
    const path = place.path === "" ? name : `${place.path}.${name}`;
    const child = addRows(rows, state, { name, path, parent: index, depth: place.depth + 1 });
    (state.type === "history" ? histories : children).push(child);
  }
  row.last = rows.length - 1;
  return index;
}

function kindOf(normal: NormalState): StateKind {
  return normal.type === "history" ? (normal.history ?? "shallow") : normal.type;
}
