import { createMachine, raise, type AnyStateMachine } from "xstate";
import type { Action, Candidate, CompiledChart, StateNode } from "../../chart/compiled-chart.ts";

/** What an XState machine calls where our interpreter calls its host. */
export interface XStateCalls {
  holds(candidate: Candidate): boolean;
  /** null: the machine has no actions at all. */
  readonly note: ((call: string) => void) | null;
}

type Config = { [key: string]: unknown };

/**
 * The chart as an XState 5 machine: external transitions re-enter, raised events are raised, guards and the order of
 * exits, transitions and entries go to `calls`. What it leaves out: effects, timers, assigns, joins.
 */
export function toXState(chart: CompiledChart, calls: XStateCalls): AnyStateMachine {
  const [root] = chart.states;
  if (root === undefined) throw new Error("a chart has a root");
  return createMachine(stateConfig(chart, root, calls) as Parameters<typeof createMachine>[0]);
}

/** Ids without dots: XState reads a dot as a step down. */
export function idOf(state: StateNode): string {
  return `id_${state.path.replaceAll(".", "/")}`;
}

function stateConfig(chart: CompiledChart, state: StateNode, calls: XStateCalls): Config {
  const node = (index: number): StateNode => {
    const found = chart.states[index];
    if (found === undefined) throw new Error("an index of the table");
    return found;
  };
  const targets = (indexes: readonly number[]): string[] =>
    indexes.map((index) => `#${idOf(node(index))}`);
  if (state.kind === "shallow" || state.kind === "deep") {
    return {
      id: idOf(state),
      type: "history",
      history: state.kind,
      target: targets(state.initial),
    };
  }
  const below = [...state.children, ...state.histories].sort((one, other) => one - other).map(node);
  const states = below.map((child) => [child.name, stateConfig(chart, child, calls)]);
  const candidates = (list: readonly Candidate[]): Config[] =>
    list.map((candidate) => ({
      ...(candidate.targets.length > 0
        ? { target: targets(candidate.targets), reenter: !candidate.internal && state.parent >= 0 }
        : {}),
      guard: () => calls.holds(candidate),
      ...acting("actions", `act ${candidate.index}`, candidate.actions, calls),
    }));
  const done = `done.state.${state.path}`;
  const events = [...state.on].filter(([event]) => event !== done);
  const onDone = state.on.get(done);
  return {
    id: idOf(state),
    ...(state.kind === "parallel" || state.kind === "final" ? { type: state.kind } : {}),
    ...(state.kind === "compound" ? { initial: initialOf(state, node, targets) } : {}),
    ...(states.length > 0 ? { states: Object.fromEntries(states) } : {}),
    ...acting("entry", `enter ${state.path}`, state.entry, calls),
    ...acting("exit", `exit ${state.path}`, state.exit, calls),
    on: Object.fromEntries(events.map(([event, list]) => [event, candidates(list)])),
    ...(state.always.length > 0 ? { always: candidates(state.always) } : {}),
    ...(onDone === undefined ? {} : { onDone: candidates(onDone) }),
  };
}

/** The child's key where it is one child, which any XState reads. */
function initialOf(
  state: StateNode,
  node: (index: number) => StateNode,
  targets: (indexes: readonly number[]) => string[],
): unknown {
  const [only, ...others] = state.initial.map(node);
  if (only !== undefined && others.length === 0 && only.parent === state.index) return only.name;
  return { target: targets(state.initial) };
}

function acting(key: string, call: string, actions: readonly Action[], calls: XStateCalls): Config {
  const { note } = calls;
  if (note === null) return {};
  const raises = actions.flatMap((action) =>
    action.kind === "raise" ? [raise({ type: action.event })] : [],
  );
  return { [key]: [() => note(call), ...raises] };
}
