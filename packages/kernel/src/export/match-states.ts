import type { NormalChart } from "../chart/normal-chart.ts";
import { assert } from "../invariant.ts";
import type { ChartDifference } from "./chart-difference.ts";
import { isPathBelow, stateRows, type StateRow } from "./state-rows.ts";

/**
 * Which state of the one chart is which of the other: the same path, or moved. A state counts as moved where its name
 * and type are gone from one place and new in exactly one other; what is inside it moves with it.
 */
export class StateMatch {
  /** States that are in both charts. */
  readonly pairs: readonly (readonly [before: StateRow, after: StateRow])[];
  readonly differences: readonly ChartDifference[];
  readonly rowsBefore: readonly StateRow[];
  readonly rowsAfter: readonly StateRow[];
  /** Old path → new path of the top of what moved. */
  readonly #moves = new Map<string, string>();

  constructor(before: NormalChart, after: NormalChart) {
    this.rowsBefore = stateRows(before);
    this.rowsAfter = stateRows(after);
    const old = new Set(this.rowsBefore.map(({ path }) => path));
    const now = new Map(this.rowsAfter.map((row) => [row.path, row]));
    const gone = this.rowsBefore.filter(({ path }) => !now.has(path));
    const fresh = this.rowsAfter.filter(({ path }) => !old.has(path));
    for (const row of gone) {
      // What is inside of a state that moved is where it is expected.
      if (now.has(this.after(row.path))) continue;
      const isSame = (other: StateRow): boolean =>
        other.name === row.name && other.state.type === row.state.type;
      const [twin, ...others] = fresh.filter(isSame);
      if (twin === undefined || others.length > 0 || gone.filter(isSame).length > 1) continue;
      this.#moves.set(row.path, twin.path);
    }
    this.pairs = this.rowsBefore.flatMap((row) => {
      const twin = now.get(this.after(row.path));
      return twin === undefined ? [] : [[row, twin] as const];
    });
    const matched = new Set(this.pairs.flat());
    this.differences = [
      ...tops(gone.filter((row) => !matched.has(row))).map(removed),
      ...tops(fresh.filter((row) => !matched.has(row))).map(added),
      ...[...this.#moves].map(([from, to]) => moved(from, to)),
    ];
  }

  /** Where a state of the chart before is in the chart after, if it is there at all. */
  after(path: string): string {
    for (const [from, to] of this.#moves) {
      if (path === from) return to;
      if (isPathBelow(path, from)) return `${to}${path.slice(from.length)}`;
    }
    return path;
  }
}

/** Those that are not below another of them. */
function tops(rows: readonly StateRow[]): readonly StateRow[] {
  const among = new Set(rows);
  return rows.filter(({ parent }) => parent === null || !among.has(parent));
}

function removed(row: StateRow): ChartDifference {
  assert(row.path !== "", "the root is in every chart");
  const why =
    "a running instance in it, and guards and readers that ask for it, have no such state";
  return {
    kind: "state_removed",
    path: row.path,
    before: row.state.type,
    after: null,
    breaking: true,
    why,
  };
}

function added(row: StateRow): ChartDifference {
  const isRegion = row.parent?.state.type === "parallel";
  const why = isRegion
    ? "a new region is active at once: a running instance has no configuration in it"
    : "a new state; nobody is in it yet";
  return {
    kind: "state_added",
    path: row.path,
    before: null,
    after: row.state.type,
    breaking: isRegion,
    why,
  };
}

function moved(from: string, to: string): ChartDifference {
  const why = "documents, guards and readers name it by its path";
  return { kind: "state_moved", path: to, before: from, after: to, breaking: true, why };
}
