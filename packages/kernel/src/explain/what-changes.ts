import type { Action, Candidate, CompiledChart, StateNode } from "../chart/compiled-chart.ts";

/** Who writes this key of the context: events, and entries and exits of states, in the words of a sentence. */
export function writersOf(chart: CompiledChart, key: string): readonly string[] {
  const writers = new Set<string>();
  for (const candidate of chart.candidates) {
    if (assigns(candidate.actions, key))
      writers.add(candidate.event ?? sourceWords(chart, candidate));
  }
  for (const state of chart.states) {
    if (assigns(state.entry, key)) writers.add(`entering ${state.path}`);
    if (assigns(state.exit, key)) writers.add(`leaving ${state.path}`);
  }
  return [...writers];
}

/** Events with a candidate that leads into a state from outside of it. */
export function waysInto(chart: CompiledChart, state: StateNode): readonly string[] {
  return eventsWhere(
    chart,
    (source, target) =>
      !isWithin(source, state) && (isWithin(target, state) || holds(target, state)),
  );
}

/** Events with a candidate that leads out of a state. */
export function waysOutOf(chart: CompiledChart, state: StateNode): readonly string[] {
  return eventsWhere(
    chart,
    (source, target) =>
      (isWithin(source, state) || holds(source, state)) &&
      !isWithin(target, state) &&
      !holds(target, state),
  );
}

function eventsWhere(
  chart: CompiledChart,
  fits: (source: StateNode, target: StateNode) => boolean,
): readonly string[] {
  const events = new Set<string>();
  for (const candidate of chart.candidates) {
    const source = chart.states[candidate.source];
    for (const index of candidate.targets) {
      const target = chart.states[index];
      if (source === undefined || target === undefined || !fits(source, target)) continue;
      events.add(candidate.event ?? sourceWords(chart, candidate));
    }
  }
  return [...events];
}

/** Is `state` the other, or below it? */
function isWithin(state: StateNode, other: StateNode): boolean {
  return other.index <= state.index && state.index <= other.last;
}

/** Is `state` above the other? */
function holds(state: StateNode, other: StateNode): boolean {
  return state.index < other.index && other.index <= state.last;
}

function assigns(actions: readonly Action[], key: string): boolean {
  return actions.some(
    (action) => action.kind === "assign" && action.assignments.some(({ path }) => path[0] === key),
  );
}

function sourceWords(chart: CompiledChart, candidate: Candidate): string {
  const path = chart.states[candidate.source]?.path ?? "";
  return `${path === "" ? "the root" : path} by itself`;
}
