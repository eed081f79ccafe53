import type { Action, CompiledChart, EmitAction } from "../chart/compiled-chart.ts";
import { transitionDomain } from "../chart/domain.ts";

/** An emit with the state whose exit closes its effect, unless it is kept. */
export interface PlacedEmit {
  readonly emit: EmitAction;
  readonly state: number;
}

/** Of entry and exit actions that state is their own; of a transition its domain, of a targetless one its source. */
export function placedEmits(chart: CompiledChart): readonly PlacedEmit[] {
  const emits: PlacedEmit[] = [];
  const add = (actions: readonly Action[], state: number): void => {
    for (const action of actions) if (action.kind === "emit") emits.push({ emit: action, state });
  };
  for (const state of chart.states) {
    add(state.entry, state.index);
    add(state.exit, state.index);
  }
  for (const candidate of chart.candidates) {
    const domain = transitionDomain(chart.states, candidate);
    add(candidate.actions, domain < 0 ? candidate.source : domain);
  }
  return emits;
}
