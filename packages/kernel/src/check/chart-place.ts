import type { Candidate, CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import { doneEvent } from "../chart/done-event.ts";
import { nodeAt } from "../chart/domain.ts";

export type PlacePath = readonly (string | number)[];

/** Where a state stands in the chart's plain value. */
export function pathOfState(state: StateNode): PlacePath {
  if (state.path === "") return [];
  return state.path.split(".").flatMap((name) => ["states", name]);
}

/** Where a candidate stands, as if every one stood in a list: one that stands alone is found at its event. */
export function pathOfCandidate(chart: CompiledChart, candidate: Candidate): PlacePath {
  const source = nodeAt(chart.states, candidate.source);
  const path = pathOfState(source);
  if (candidate.event === null) return [...path, "always", source.always.indexOf(candidate)];
  const level = source.on.get(candidate.event) ?? [];
  const place = level.indexOf(candidate);
  if (candidate.event === doneEvent(source.path)) return [...path, "onDone", place];
  return [...path, "on", candidate.event, place];
}

/** `Order_Add in Flow.DRAFT`, `always in Flow.X`, `onDone of Flow.Y`. */
export function nameOfCandidate(chart: CompiledChart, candidate: Candidate): string {
  const source = nodeAt(chart.states, candidate.source);
  const name = nameOfState(source);
  if (candidate.event === null) return `always in ${name}`;
  if (candidate.event === doneEvent(source.path)) return `onDone of ${name}`;
  return `${candidate.event} in ${name}`;
}

export function nameOfState(state: StateNode): string {
  return state.path === "" ? "the root" : state.path;
}
