import { nodeAt } from "../chart/domain.ts";
import type { Candidate, StateNode } from "../chart/compiled-chart.ts";
import type { Configuration, StepHost } from "./step-host.ts";

/** The candidates of one state for one event. */
export type Level = readonly Candidate[];

/**
 * Where SCXML's `selectTransitions` looks for one event in one configuration: for each active leaf in document order the
 * levels from the leaf upwards, as indexes into `levels`; leaves without any are left out.
 */
export interface Selection {
  readonly levels: readonly Level[];
  readonly walks: readonly (readonly number[])[];
  /** The only level, where there is but one: by far the most common case. */
  readonly single: Level | null;
}

const NOTHING: Selection = { levels: [], walks: [], single: null };

/** `event` null: eventless transitions. */
export function selectionOf(
  states: readonly StateNode[],
  configuration: Configuration,
  event: string | null,
): Selection {
  const levels: Level[] = [];
  const levelOfState = new Map<number, number>();
  const walks: number[][] = [];
  for (const leaf of configuration.leaves) {
    const walk: number[] = [];
    for (let index = leaf; index >= 0;) {
      const state = nodeAt(states, index);
      const candidates = event === null ? state.always : (state.on.get(event) ?? []);
      if (candidates.length > 0) {
        const known = levelOfState.get(index);
        walk.push(known ?? levels.length);
        if (known === undefined) {
          levelOfState.set(index, levels.length);
          levels.push(candidates);
        }
      }
      index = state.parent;
    }
    if (walk.length > 0) walks.push(walk);
  }
  const [single] = levels;
  if (single === undefined) return NOTHING;
  return { levels, walks, single: levels.length === 1 ? single : null };
}

/** Asks all candidates of a level, also after one held; gives the first that held. */
export function firstHeld(level: Level, host: StepHost): Candidate | null {
  let held: Candidate | null = null;
  for (const candidate of level) {
    if (host.holds(candidate) && held === null) held = candidate;
  }
  return held;
}

/** The enabled transitions before preemption, in the order of the leaves that selected them. A level is asked once. */
export function enabledBy(selection: Selection, host: StepHost): readonly Candidate[] {
  const asked = new Map<number, Candidate | null>();
  const enabled: Candidate[] = [];
  for (const walk of selection.walks) {
    for (const level of walk) {
      let held = asked.get(level);
      if (held === undefined) {
        held = firstHeld(nodeAt(selection.levels, level), host);
        asked.set(level, held);
        if (held !== null) enabled.push(held);
      }
      if (held !== null) break;
    }
  }
  return enabled;
}
