import { isJsonObject } from "../json/json.ts";
import type { Json } from "../json/json.ts";
import type { Hints } from "./did-you-mean.ts";
import { valueMeant } from "./value-meant.ts";
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

/** The keys that the root and that a state can have. */
export interface KnownKeys {
  readonly chart: readonly string[];
  readonly state: readonly string[];
}

/** Lenient: what is malformed has no children, and is reported by whoever reads it for good. */
export function scanStates(chart: Json, keys: KnownKeys): NamedState {
  return scan(chart, { name: "", parent: null }, keys);
}

function scan(
  value: Json,
  { name, parent }: Pick<NamedState, "name" | "parent">,
  keys: KnownKeys,
): NamedState {
  const fields = isJsonObject(value) ? value : {};
  const known = parent === null ? keys.chart : keys.state;
  const states = valueMeant(fields, "states", known);
  const children = new Map<string, NamedState>();
  const path = parent === null || parent.path === "" ? name : `${parent.path}.${name}`;
  const isHistory = valueMeant(fields, "type", known) === "history";
  const state = { name, path, isHistory, parent, children };
  if (states !== undefined && isJsonObject(states)) {
    for (const [child, below] of Object.entries(states)) {
      if (isName(child)) children.set(child, scan(below, { name: child, parent: state }, keys));
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
    // Without a name of the chart any will do: the name is what is to be mended.
    const sign = options.chart === "" ? text.slice(0, text.indexOf(".") + 1) : absolute;
    if (sign !== "" && text.startsWith(sign))
      return walk({ from: rootOf(from), sign }, text, options);
    const message =
      text === `#${options.chart}`
        ? `"${text}": the root is always active; name a state below it, as in ${absolute}STATE`
        : `"${text}": an absolute target begins with ${absolute}`;
    return { state: null, message };
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
