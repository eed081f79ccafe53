import { isJsonObject } from "../json/json.ts";
import type { Json } from "../json/json.ts";
import type { Hints } from "./did-you-mean.ts";
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
export function resolveTarget(text: string, from: NamedState, options: ResolveOptions): Resolution {
  const absolute = `#${options.chart}.`;
  if (text.startsWith("#")) {
    if (text.startsWith(absolute))
      return walk({ from: rootOf(from), sign: absolute }, text, options);
    return { state: null, message: `"${text}": an absolute target begins with ${absolute}` };
  }
  if (text.startsWith(".")) return walk({ from, sign: "." }, text, options);
  if (options.bare === "child") return walk({ from, sign: "" }, text, options);
  if (from.parent !== null) return walk({ from: from.parent, sign: "" }, text, options);
  return {
    state: null,
    message: `"${text}": the root has no siblings; write .${text} for its child`,
  };
}

export interface ResolveOptions {
  readonly chart: string;
  readonly bare: "sibling" | "child";
  readonly hints: Hints;
}

function walk(
  begin: { readonly from: NamedState; readonly sign: string },
  text: string,
  options: ResolveOptions,
): Resolution {
  let state = begin.from;
  for (const name of text.slice(begin.sign.length).split(".")) {
    const below = state.children.get(name);
    if (below === undefined) {
      const where = state.path === "" ? "the root" : state.path;
      const hint = whereElse(state, name, options);
      return { state: null, message: `"${text}": ${where} has no state "${name}"${hint}` };
    }
    state = below;
  }
  return { state };
}

/** Where the only state of that name is; else what is near, among what is there. */
function whereElse(parent: NamedState, name: string, options: ResolveOptions): string {
  const elsewhere = everyState(rootOf(parent)).filter((state) => state.name === name);
  const [only, ...others] = elsewhere;
  if (only === undefined || others.length > 0) {
    return options.hints.suggestion(name, parent.children.keys());
  }
  return `; did you mean "#${options.chart}.${only.path}"?`;
}

function rootOf(state: NamedState): NamedState {
  return state.parent === null ? state : rootOf(state.parent);
}
