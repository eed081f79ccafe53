import type { JsonObject } from "../json/json.ts";
import { unreachable } from "../unreachable.ts";
import type {
  NormalAction,
  NormalAfter,
  NormalCandidate,
  NormalChart,
  NormalState,
} from "../chart/normal-chart.ts";
import { jsonOf } from "./json-of.ts";
import { childPath, isPathBelow } from "./state-rows.ts";

/**
 * A chart as the JSON of an XState v5 machine config, for Stately's tools and XState's interpreter.
 *
 * Transitions that are external here have `reenter: true` (XState's default is internal). Guards are names, several of
 * them `{ type: "and", params: { guards } }`; actions are `{ type: assign | raise | emit | cancel | join, params }`; a timer
 * `after: <id>` raises its event. What XState has no words for is kept under `meta.swoosh` (of the root: declarations,
 * schemas, guards; of a state: sticky, onFailure, timers' expressions, initial paths, the order of its children, which JSON
 * objects may lose) and comes back by `fromXState`. Print it as it stands: XState too goes by the order of `states`.
 */
export function toXState(chart: NormalChart): JsonObject {
  const { root, initialContext, ...declarations } = chart;
  return {
    id: chart.chart,
    version: String(chart.version),
    context: initialContext,
    ...stateConfig({ chart, path: "", state: root }, { declarations: jsonOf(declarations) }),
  };
}

interface Placed {
  readonly chart: NormalChart;
  readonly path: string;
  readonly state: NormalState;
}

function stateConfig(placed: Placed, extra: JsonObject): JsonObject {
  const { chart, path, state } = placed;
  const meta: JsonObject = { ...extra, ...metaOf(path, state) };
  return {
    ...kindOf(chart, path, state),
    ...(state.states.length === 0
      ? {}
      : {
          states: Object.fromEntries(
            state.states.map(([name, below]) => [
              name,
              stateConfig({ chart, path: childPath(path, name), state: below }, {}),
            ]),
          ),
        }),
    ...listed("entry", state.entry.map(actionOf)),
    ...listed("exit", state.exit.map(actionOf)),
    ...(Object.keys(state.on).length === 0
      ? {}
      : {
          on: Object.fromEntries(
            Object.entries(state.on).map(([event, candidates]) => [
              event,
              candidates.map((candidate) => transitionOf(placed, candidate)),
            ]),
          ),
        }),
    ...listed(
      "always",
      state.always.map((candidate) => transitionOf(placed, candidate)),
    ),
    ...listed(
      "onDone",
      state.onDone.map((candidate) => transitionOf(placed, candidate)),
    ),
    ...(state.after.length === 0
      ? {}
      : { after: Object.fromEntries(state.after.map((after) => [after.id, timerOf(after)])) }),
    ...(Object.keys(meta).length === 0 ? {} : { meta: { swoosh: meta } }),
  };
}

function kindOf(chart: NormalChart, path: string, state: NormalState): JsonObject {
  switch (state.type) {
    case "atomic":
      return {};
    case "compound":
      return { initial: initialChild(path, state) };
    case "parallel":
      return { type: "parallel" };
    case "final":
      return { type: "final" };
    case "history":
      return {
        type: "history",
        history: state.history ?? "shallow",
        ...(state.target.length === 0 ? {} : targetOf(chart, state.target)),
      };
    default:
      return unreachable(state.type);
  }
}

/** XState's `initial` is the name of a child: where ours leads further down, `meta` has the whole. */
function initialChild(path: string, state: NormalState): string {
  const first = state.initial[0] ?? "";
  const child = state.states.find(([name]) => {
    const below = childPath(path, name);
    return first === below || isPathBelow(first, below);
  });
  return child?.[0] ?? "";
}

function metaOf(path: string, state: NormalState): JsonObject {
  const [first, ...others] = state.initial;
  const isChild = first === undefined || first === childPath(path, initialChild(path, state));
  const names = state.states.map(([name]) => name);
  const isSorted = names.every((name, place) => place === 0 || (names[place - 1] ?? "") < name);
  return {
    ...(isSorted ? {} : { order: names }),
    ...(isChild && others.length === 0 ? {} : { initial: state.initial }),
    ...(state.sticky === null ? {} : { sticky: { leaveBy: state.sticky.leaveBy } }),
    ...(state.onFailure === null ? {} : { onFailure: state.onFailure }),
    ...(state.after.length === 0 ? {} : { after: state.after.map((after) => jsonOf(after)) }),
  };
}

function transitionOf({ chart, path }: Placed, candidate: NormalCandidate): JsonObject {
  const isRoot = path === "";
  const reenters = candidate.target !== null && !candidate.internal && !isRoot;
  const saysInternal = candidate.target !== null && !isRoot;
  return {
    ...(candidate.target === null ? {} : targetOf(chart, candidate.target)),
    ...(reenters ? { reenter: true } : {}),
    ...guardOf(candidate.guards),
    ...listed("actions", candidate.actions.map(actionOf)),
    ...(candidate.internal && !saysInternal ? { meta: { swoosh: { internal: true } } } : {}),
  };
}

function targetOf(chart: NormalChart, targets: readonly string[]): JsonObject {
  const ids = targets.map((path) => (path === "" ? `#${chart.chart}` : `#${chart.chart}.${path}`));
  const [only, ...others] = ids;
  return { target: only !== undefined && others.length === 0 ? only : ids };
}

function guardOf(guards: readonly string[]): JsonObject {
  const [only, ...others] = guards;
  if (only === undefined) return {};
  if (others.length === 0) return { guard: only };
  return { guard: { type: "and", params: { guards } } };
}

function actionOf(action: NormalAction): JsonObject {
  if ("assign" in action) {
    return {
      type: "assign",
      params: { assign: action.assign.map(([path, value]) => [path, value]) },
    };
  }
  if ("raise" in action) return { type: "raise", params: { event: action.raise } };
  if ("emit" in action) return { type: "emit", params: jsonOf(action.emit) };
  if ("cancel" in action) return { type: "cancel", params: { id: action.cancel } };
  if ("join" in action) return { type: "join", params: jsonOf(action.join) };
  return unreachable(action);
}

function timerOf(after: NormalAfter): JsonObject {
  return { actions: [{ type: "raise", params: { event: after.raise } }] };
}

function listed(key: string, items: readonly JsonObject[]): JsonObject {
  return items.length === 0 ? {} : { [key]: items };
}
