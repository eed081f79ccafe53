import { isBelow, nodeAt } from "../../chart/domain.ts";
import type { Candidate, CompiledChart, StateNode } from "../../chart/compiled-chart.ts";
import type { JsonObject } from "../../json/json.ts";

/** A way in which XState 5 differs from SCXML on purpose or by omission, and what SCXML says. */
export interface XStateDifference {
  readonly name: string;
  /** The paragraph of W3C SCXML 1.0 that decides for us. */
  readonly paragraph: string;
  /** A chart on which the two differ, and the events that show it. */
  readonly chart: JsonObject;
  readonly events: readonly string[];
  /** Charts on which they may differ for this reason. */
  mayShow(chart: CompiledChart): boolean;
}

const BY_CLIENT = { by: ["client"] };

export const XSTATE_DIFFERENCES: readonly XStateDifference[] = [
  {
    name: "a parallel state as the domain of a transition",
    paragraph:
      "Appendix D, findLCCA: the least common compound ancestor, or <scxml>; 3.13 defines the exit set by it. XState takes the least common ancestor of any kind, and so leaves less.",
    chart: {
      chart: "difference",
      version: 1,
      regions: ["root"],
      transitions: { E: BY_CLIENT },
      states: {
        P: {
          type: "parallel",
          states: { A: { on: { E: { target: "A" } } }, B: {} },
        },
      },
    },
    events: ["E"],
    mayShow: (chart) => chart.candidates.some((candidate) => commonIsParallel(chart, candidate)),
  },
  {
    name: "a transition above a parallel state beside one inside it",
    paragraph:
      "Appendix D, selectTransitions: each active atomic state looks upwards for itself, so a region without a transition of its own selects that of an ancestor, also where another region has one. XState looks above a parallel state only if nothing inside is enabled.",
    chart: {
      chart: "difference",
      version: 1,
      regions: ["root"],
      transitions: { E: BY_CLIENT },
      on: { E: {} },
      states: { P: { type: "parallel", states: { A: { on: { E: {} } }, B: {} } } },
    },
    events: ["E"],
    mayShow: hasHandlersAroundParallel,
  },
  {
    name: "initial states that are not one child",
    paragraph:
      "3.2, 3.6: the value of initial is a list of states, each a descendant. XState 5 reads one child.",
    chart: {
      chart: "difference",
      version: 1,
      regions: ["root"],
      initial: "P.A.A2",
      states: { P: { type: "parallel", states: { A: { states: { A1: {}, A2: {} } } } } },
    },
    events: [],
    mayShow: (chart) => chart.states.some((state) => hasOtherInitial(chart, state)),
  },
  {
    name: "a history of a state around the transition's domain",
    paragraph:
      "3.13: the entry set holds what is not active, or is left. XState enters active states between the history's parent and the domain once more, without leaving them.",
    chart: {
      chart: "difference",
      version: 1,
      regions: ["root"],
      initial: "A",
      transitions: { E: BY_CLIENT },
      states: {
        A: {
          initial: "A1",
          states: { A1: { on: { E: { target: "#difference.H" } } }, A2: {} },
        },
        H: { type: "history", history: "deep", target: "#difference.A.A2" },
      },
    },
    events: ["E"],
    mayShow: (chart) => chart.candidates.some((candidate) => isBelowOwnHistory(chart, candidate)),
  },
];

function isBelowOwnHistory(chart: CompiledChart, { source, targets }: Candidate): boolean {
  return targets.some((target) => {
    const { kind, parent } = nodeAt(chart.states, target);
    return (kind === "shallow" || kind === "deep") && isBelow(chart.states, source, parent);
  });
}

function commonIsParallel(chart: CompiledChart, candidate: Candidate): boolean {
  if (candidate.targets.length === 0 || candidate.source === 0) return false;
  if (candidate.internal) return false;
  let above = nodeAt(chart.states, candidate.source).parent;
  while (!candidate.targets.every((target) => isBelow(chart.states, target, above))) {
    above = nodeAt(chart.states, above).parent;
  }
  return nodeAt(chart.states, above).kind === "parallel";
}

function hasHandlersAroundParallel(chart: CompiledChart): boolean {
  const events = [null, ...new Set(chart.states.flatMap((state) => [...state.on.keys()]))];
  const handles = (state: StateNode, event: string | null): boolean =>
    event === null ? state.always.length > 0 : state.on.has(event);
  return chart.states.some(
    (parallel) =>
      parallel.kind === "parallel" &&
      events.some((event) => {
        const handlers = chart.states.filter((state) => handles(state, event));
        const around = handlers.some(
          ({ index }) => index === parallel.index || isBelow(chart.states, parallel.index, index),
        );
        return around && handlers.some(({ index }) => isBelow(chart.states, index, parallel.index));
      }),
  );
}

function hasOtherInitial(chart: CompiledChart, state: StateNode): boolean {
  if (state.kind !== "compound") return false;
  const [first, ...others] = state.initial;
  if (first === undefined || others.length > 0) return true;
  return nodeAt(chart.states, first).parent !== state.index;
}
