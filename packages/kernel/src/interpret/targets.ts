import { assert } from "../invariant.ts";
import { nodeAt } from "../chart/domain.ts";
import type { CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import type { HistoryValue } from "./step-host.ts";

export function isHistory(state: StateNode): boolean {
  return state.kind === "shallow" || state.kind === "deep";
}

/** What was recorded for a history state, as indexes in document order; undefined: its parent was never left. */
export function recordedFor(
  chart: CompiledChart,
  history: HistoryValue,
  state: StateNode,
): readonly number[] | undefined {
  if (!Object.hasOwn(history, state.path)) return undefined;
  return history[state.path]?.map((path) => {
    const recorded = chart.stateByPath.get(path);
    assert(recorded !== undefined, "history names states of this chart");
    return recorded.index;
  });
}

/** SCXML's `getEffectiveTargetStates`: histories replaced by what they stand for now. */
export function effectiveTargets(
  chart: CompiledChart,
  history: HistoryValue,
  targets: readonly number[],
): readonly number[] {
  const effective = new Set<number>();
  for (const target of targets) {
    const state = nodeAt(chart.states, target);
    if (!isHistory(state)) {
      effective.add(target);
      continue;
    }
    const meant =
      recordedFor(chart, history, state) ?? effectiveTargets(chart, history, state.initial);
    for (const one of meant) effective.add(one);
  }
  return [...effective];
}
