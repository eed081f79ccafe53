import { isJsonObject } from "../json/json.ts";
import type { Json } from "../json/json.ts";
import { suggestion } from "./did-you-mean.ts";
import { isName } from "./read-place.ts";

/** The tree of a chart's states by name alone, made before anything else is read, so that targets can be resolved at once. */
export interface NamedState {
  readonly name: string;
  /** Without the chart's name; the root's is ``. */
  readonly path: string;
  readonly isHistory: boolean;
  readonly parent: NamedState | null;
  readonly children: ReadonlyMap<string, NamedState>;
}

/** Lenient: what is malformed has no children, and is reported by whoever reads it for good. */
export function scanStates(chart: Json): NamedState {
  return scan(chart, "", null);
}

function scan(value: Json, name: string, parent: NamedState | null): NamedState {
  const fields = isJsonObject(value) ? value : {};
  const children = new Map<string, NamedState>();
  const path = parent === null || parent.path === "" ? name : `${parent.path}.${name}`;
  const state = { name, path, isHistory: fields.type === "history", parent, children };
  if (fields.states !== undefined && isJsonObject(fields.states)) {
    for (const [child, below] of Object.entries(fields.states)) {
      if (isName(child)) children.set(child, scan(below, child, state));
    }
  }
  return state;
}

/** The state and everything below it, in document order. */
export function everyState(state: NamedState): readonly NamedState[] {
  return [state, ...[...state.children.values()].flatMap(everyState)];
}

export type Resolution =
  | { readonly state: NamedState }
  | { readonly state: null; readonly message: string };

/**
 * Resolves a target: `A` beside, `.A` below, `#chart.Path.To.STATE` from the root; each may go on with `.B`.
 * `bare` says what a name without a sign means: a sibling of `from`, or its child.
 */
export function resolveTarget(
  text: string,
  from: NamedState,
  options: { readonly chart: string; readonly bare: "sibling" | "child" },
): Resolution {
  const absolute = `#${options.chart}.`;
  if (text.startsWith("#")) {
    if (text.startsWith(absolute)) return walk(rootOf(from), text, absolute);
    return { state: null, message: `"${text}": an absolute target begins with ${absolute}` };
  }
  if (text.startsWith(".")) return walk(from, text, ".", absolute);
  if (options.bare === "child") return walk(from, text, "", absolute);
  if (from.parent !== null) return walk(from.parent, text, "", absolute);
  return {
    state: null,
    message: `"${text}": the root has no siblings; write .${text} for its child`,
  };
}

function walk(from: NamedState, text: string, sign: string, absolute = sign): Resolution {
  let state = from;
  for (const name of text.slice(sign.length).split(".")) {
    const below = state.children.get(name);
    if (below === undefined) {
      const where = state.path === "" ? "the root" : state.path;
      const hint = whereElse(state, name, absolute);
      return { state: null, message: `"${text}": ${where} has no state "${name}"${hint}` };
    }
    state = below;
  }
  return { state };
}

/** Where the only state of that name is; else what is near, among what is there. */
function whereElse(parent: NamedState, name: string, absolute: string): string {
  const elsewhere = everyState(rootOf(parent)).filter((state) => state.name === name);
  const [only, ...others] = elsewhere;
  if (only === undefined || others.length > 0) return suggestion(name, parent.children.keys());
  return `; did you mean "${absolute}${only.path}"?`;
}

function rootOf(state: NamedState): NamedState {
  return state.parent === null ? state : rootOf(state.parent);
}
