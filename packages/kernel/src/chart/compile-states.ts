import { assert } from "../invariant.ts";
import { compareUtf16 } from "../json/text.ts";
import type { CelEnvironment } from "../cel/cel.ts";
import type { ChartBuild } from "./build-chart.ts";
import type { Candidate, Region, StateNode } from "./compiled-chart.ts";
import { doneEvent } from "./done-event.ts";
import type { NormalCandidate } from "./normal-chart.ts";
import type { StateRow } from "./state-table.ts";

interface CompiledStates {
  readonly states: readonly StateNode[];
  readonly candidates: readonly Candidate[];
  readonly regions: readonly Region[];
}

/** The states with what they do. Candidates get their indexes in document order. */
export function compileStates(build: ChartBuild): CompiledStates {
  const candidates: Candidate[] = [];
  const states = build.table.rows.map((row) => compileState(build, row, candidates));
  const regions = build.table.regions.map(({ name, state }, index): Region => {
    const target = states[state] && build.table.rows[state]?.normal.onFailure;
    const onFailure = typeof target === "string" ? mustFind(build, target) : -1;
    return { index, name, state, onFailure, failure: failureOf(state, onFailure) };
  });
  return { states, candidates, regions };
}

function failureOf(source: number, target: number): Candidate | null {
  if (target < 0) return null;
  return {
    index: -1,
    source,
    event: null,
    targets: [target],
    internal: true,
    guards: [],
    actions: [],
  };
}

function compileState(build: ChartBuild, row: StateRow, candidates: Candidate[]): StateNode {
  const { normal } = row;
  const { ofAny } = build.environments;
  const compile = (
    list: readonly NormalCandidate[],
    event: string | null,
    environment: CelEnvironment,
  ): readonly Candidate[] =>
    list.map((candidate) => {
      const index = candidates.length;
      const compiled: Candidate = {
        index,
        source: row.index,
        event,
        targets: (candidate.target ?? []).map((path) => mustFind(build, path)),
        internal: candidate.internal,
        guards: build.guards.guards(candidate.guards, environment),
        actions: build.actions.actions(candidate.actions, environment),
      };
      candidates.push(compiled);
      return compiled;
    });
  const always = compile(normal.always, null, ofAny);
  const on = new Map<string, readonly Candidate[]>();
  const events = Object.entries(normal.on).sort(([one], [other]) => compareUtf16(one, other));
  for (const [event, list] of events) {
    on.set(event, compile(list, event, build.environments.ofEvent(event)));
  }
  if (normal.onDone.length > 0) {
    const event = doneEvent(row.path);
    on.set(event, compile(normal.onDone, event, ofAny));
  }
  return {
    index: row.index,
    name: row.name,
    path: row.path,
    kind: row.kind,
    parent: row.parent,
    depth: row.depth,
    children: row.children,
    histories: row.histories,
    last: row.last,
    region: row.region,
    initial: [...normal.initial, ...normal.target].map((path) => mustFind(build, path)),
    entry: build.actions.actions(normal.entry, ofAny),
    exit: build.actions.actions(normal.exit, ofAny),
    on,
    always,
    after: normal.after.map((after) => build.actions.after(after, ofAny)),
    sticky: normal.sticky?.leaveBy ?? null,
  };
}

function mustFind(build: ChartBuild, path: string): number {
  const row = build.table.byPath.get(path);
  assert(row !== undefined, "paths of a normal chart are states of it");
  return row.index;
}
