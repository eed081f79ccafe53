import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import type { ChartProblem } from "../chart/normal-chart.ts";
import { childPath } from "./state-rows.ts";

type Place = readonly (string | number)[];

/** A state of an XState config with its place in the tree. */
export interface XStateNode {
  readonly config: JsonObject;
  /** Dotted, without the machine's id; the root's is ``. */
  readonly path: string;
  readonly parent: XStateNode | null;
  /** Where it stands in the file. */
  readonly place: Place;
}

/** What the import of one machine has found so far: problems, events, guards; and its ids, which targets refer to. */
export class ImportPass {
  readonly problems: ChartProblem[] = [];
  readonly events = new Set<string>();
  /** Events that only the chart itself raises. */
  readonly own = new Set<string>();
  readonly guards = new Set<string>();
  readonly chart: string;
  readonly #nodes = new Map<string, XStateNode>();
  readonly #ids = new Map<string, XStateNode>();

  constructor(chart: string, root: XStateNode) {
    this.chart = chart;
    this.#index(root, typeof root.config.id === "string" ? root.config.id : "(machine)");
  }

  refuse(place: Place, message: string): void {
    this.problems.push(problemAt(place, message));
  }

  /** The path of a target as XState reads it (`B` beside, `.B` below, `#id`, `#id.B`); undefined: refused. */
  resolve(text: string, from: XStateNode, place: Place): string | undefined {
    const found = this.#find(text, from);
    if (found === undefined)
      this.refuse(place, `there is no state "${text}" seen from ${named(from)}`);
    else if (found.path === "")
      this.refuse(place, `"${text}" is the whole machine: a chart's root is never left`);
    else return found.path;
    return undefined;
  }

  /** The dialect's absolute form. */
  absolute(path: string): string {
    return `#${this.chart}.${path}`;
  }

  node(path: string): XStateNode | undefined {
    return this.#nodes.get(path);
  }

  #index(node: XStateNode, id: string): void {
    this.#nodes.set(node.path, node);
    this.#ids.set(typeof node.config.id === "string" ? node.config.id : id, node);
    for (const child of childrenOf(node)) this.#index(child, `${id}.${nameOf(child)}`);
  }

  #find(text: string, from: XStateNode): XStateNode | undefined {
    if (!text.startsWith("#")) {
      const base = text.startsWith(".") ? from : from.parent;
      return base === null ? undefined : this.#below(base, text.replace(/^\./, "").split("."));
    }
    const whole = this.#ids.get(text.slice(1));
    if (whole !== undefined) return whole;
    for (let end = text.lastIndexOf("."); end > 0; end = text.lastIndexOf(".", end - 1)) {
      const start = this.#ids.get(text.slice(1, end));
      if (start !== undefined) return this.#below(start, text.slice(end + 1).split("."));
    }
    return undefined;
  }

  #below(node: XStateNode, names: readonly string[]): XStateNode | undefined {
    return this.#nodes.get(names.reduce(childPath, node.path));
  }
}

/** In document order: as `toXState` noted it, else as the file has them. */
export function childrenOf(node: XStateNode): readonly XStateNode[] {
  const { states } = node.config;
  if (states === undefined || !isJsonObject(states)) return [];
  const order = itemsOf(swooshMeta(node.config).order);
  const place = (name: string): number =>
    order.includes(name) ? order.indexOf(name) : order.length;
  const entries = Object.entries(states).sort(([one], [other]) => place(one) - place(other));
  return entries.map(([name, config]) => ({
    config: isJsonObject(config) ? config : {},
    path: childPath(node.path, name),
    parent: node,
    place: [...node.place, "states", name],
  }));
}

export function nameOf(node: XStateNode): string {
  return String(node.place.at(-1) ?? "");
}

/** A state in a message. */
export function named(node: XStateNode): string {
  return node.path === "" ? "the root" : node.path;
}

/** `meta.swoosh` of a state or transition. */
export function swooshMeta(config: JsonObject): JsonObject {
  const { meta } = config;
  if (meta === undefined || !isJsonObject(meta)) return {};
  const { swoosh } = meta;
  return swoosh !== undefined && isJsonObject(swoosh) ? swoosh : {};
}

export function problemAt(path: Place, message: string): ChartProblem {
  return { severity: "error", code: "xstate", message, path, line: null, column: null };
}

/** XState takes one thing or a list of them nearly everywhere. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}
