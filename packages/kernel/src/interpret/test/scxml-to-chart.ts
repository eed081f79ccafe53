import type { Json, JsonObject } from "../../json/json.ts";
import { ContentConverter } from "./scxml-content.ts";
import { ScxmlNames, STATE_TAGS } from "./scxml-names.ts";
import { Unsupported } from "./unsupported.ts";
import type { XmlElement } from "./xml.ts";

/** A chart value with the way back to SCXML's ids. */
export interface ConvertedChart {
  readonly value: JsonObject;
  readonly names: ScxmlNames;
}

type Mutable = { [key: string]: Json };

/**
 * Converts an SCXML document into a chart of the dialect: one region, every event declared, names renamed injectively,
 * event descriptors written out over the events that can occur (`scripted` are those of the test). Throws `Unsupported`.
 */
export function scxmlToChart(
  root: XmlElement,
  scripted: readonly string[],
  readSource: (name: string) => string,
): ConvertedChart {
  const names = new ScxmlNames(root, scripted);
  const converter = new Converter(root, names, readSource);
  return { value: converter.chart(root), names };
}

class Converter {
  readonly #names: ScxmlNames;
  readonly #content: ContentConverter;
  readonly #guards: Mutable = {};
  readonly #handled = new Set<string>();
  /** Done events that only the state itself handles: these become `onDone`. */
  readonly #ownDone: ReadonlySet<string>;
  readonly #taken: ReadonlySet<string>;

  constructor(root: XmlElement, names: ScxmlNames, readSource: (name: string) => string) {
    this.#names = names;
    const takers = new Map<string, Set<XmlElement>>();
    for (const { state, transition } of transitionsBelow(root)) {
      for (const event of names.matching(transition.attributes.get("event") ?? "\u0000")) {
        const states = takers.get(event) ?? new Set();
        takers.set(event, states.add(state));
      }
    }
    this.#taken = new Set(takers.keys());
    const own = [...takers].filter(([event, states]) =>
      [...states].every((state) => event === `done.state.${state.attributes.get("id")}`),
    );
    this.#ownDone = new Set(own.map(([event]) => event));
    this.#content = new ContentConverter(names, this.#taken, readSource);
  }

  chart(root: XmlElement): JsonObject {
    const scripts = root.children.filter((child) => child.name === "script");
    const entry = this.#content.actions(scripts);
    const state = { ...(entry.length > 0 ? { entry } : {}), ...this.#state(root) };
    const data = [...this.#names.data];
    const properties = Object.fromEntries(data.map(([name, value]) => [name, schemaOf(value)]));
    const transitions = [...this.#handled].map((name) => [name, { by: ["client"] }]);
    const value = {
      chart: "scion",
      version: 1,
      regions: ["root"],
      context: { type: "object", required: data.map(([name]) => name), properties },
      initialContext: Object.fromEntries(data),
      transitions: Object.fromEntries(transitions),
      guards: this.#guards,
      ...state,
    };
    return JSON.parse(JSON.stringify(value));
  }

  #state(element: XmlElement): Mutable {
    const state: Mutable = {};
    if (element.name === "parallel" || element.name === "final") state.type = element.name;
    if (element.name === "history") return this.#history(element);
    const children = element.children.filter((child) => STATE_TAGS.includes(child.name));
    if (children.length > 0) {
      const states = children.map((child) => [this.#names.nameOf(child), this.#state(child)]);
      state.states = Object.fromEntries(states);
    }
    const initial = this.#initial(element);
    if (initial.length > 0) state.initial = initial;
    for (const [tag, key] of [
      ["onentry", "entry"],
      ["onexit", "exit"],
    ] as const) {
      const blocks = element.children.filter((child) => child.name === tag);
      const actions = blocks.flatMap((block) => this.#content.actions(block.children));
      if (actions.length > 0) state[key] = actions;
    }
    const unknown = element.children.find((child) =>
      ["invoke", "conf:script"].includes(child.name),
    );
    if (unknown !== undefined) throw new Unsupported(`<${unknown.name}>`);
    this.#transitions(element, state);
    return state;
  }

  #history(element: XmlElement): Mutable {
    const [transition] = element.children.filter((child) => child.name === "transition");
    const type = element.attributes.get("type") ?? "shallow";
    const history: Mutable = { type: "history", history: type };
    if (transition === undefined) return history;
    this.#refuseContent(transition, "the default of a history");
    return { ...history, target: this.#targets(transition) };
  }

  #initial(element: XmlElement): readonly string[] {
    const attribute = element.attributes.get("initial");
    if (attribute !== undefined) return this.#absolute(attribute);
    const [child] = element.children.filter((one) => one.name === "initial");
    const transition = child?.children.find((one) => one.name === "transition");
    if (transition === undefined) return [];
    this.#refuseContent(transition, "an initial transition");
    return this.#targets(transition);
  }

  #refuseContent(transition: XmlElement, what: string): void {
    const content = transition.children.filter((child) => child.name !== "log");
    if (content.length > 0) throw new Unsupported(`executable content in ${what}`);
  }

  #targets(transition: XmlElement): readonly string[] {
    return this.#absolute(transition.attributes.get("target") ?? "");
  }

  #absolute(ids: string): readonly string[] {
    const names = ids
      .trim()
      .split(/\s+/)
      .filter((id) => id !== "");
    return names.map((id) => `#scion.${this.#names.path(id)}`);
  }

  #transitions(element: XmlElement, state: Mutable): void {
    const on = new Map<string, Json[]>();
    const onDone: Json[] = [];
    const always: Json[] = [];
    const done = `done.state.${element.attributes.get("id")}`;
    for (const transition of element.children.filter((child) => child.name === "transition")) {
      const event = transition.attributes.get("event");
      const candidate = this.#candidate(element, transition);
      if (event === undefined) always.push(candidate);
      for (const name of event === undefined ? [] : this.#names.matching(event)) {
        if (name === done && state.states !== undefined && this.#ownDone.has(done))
          onDone.push(candidate);
        else on.set(name, [...(on.get(name) ?? []), candidate]);
      }
    }
    const canBeDone = state.states !== undefined && element.name !== "scxml";
    if (canBeDone && this.#taken.has(done) && !this.#ownDone.has(done)) {
      onDone.push({ actions: [{ raise: this.#names.eventName(done) }] });
    }
    if (always.length > 0) state.always = always;
    if (onDone.length > 0) state.onDone = onDone;
    if (on.size === 0) return;
    const renamed = [...on].map(([name, list]) => [this.#names.eventName(name), list] as const);
    for (const [name] of renamed) this.#handled.add(name);
    state.on = Object.fromEntries(renamed);
  }

  #candidate(source: XmlElement, transition: XmlElement): JsonObject {
    const candidate: Mutable = {};
    const targets = this.#targets(transition);
    if (targets.length > 0) candidate.target = targets;
    const isCompound =
      source.name === "state" && source.children.some((child) => STATE_TAGS.includes(child.name));
    const prefix = isCompound ? `#scion.${this.#names.pathOf(source)}.` : "";
    const inside = targets.length > 0 && targets.every((target) => target.startsWith(prefix));
    if (transition.attributes.get("type") === "internal" && isCompound && inside) {
      candidate.internal = true;
    }
    const condition = transition.attributes.get("cond");
    if (condition !== undefined) {
      const name = `g${Object.keys(this.#guards).length}`;
      this.#guards[name] = { when: this.#content.cel(condition), reason: "no" };
      candidate.guards = [name];
    }
    const actions = this.#content.actions(transition.children);
    if (actions.length > 0) candidate.actions = actions;
    return candidate;
  }
}

function schemaOf(value: unknown): Json {
  if (Array.isArray(value)) return { type: "array", items: { type: "integer" } };
  if (typeof value === "number") return { type: "integer" };
  return typeof value === "boolean" ? { type: "boolean" } : { type: "string" };
}

function transitionsBelow(
  element: XmlElement,
): readonly { readonly state: XmlElement; readonly transition: XmlElement }[] {
  return element.children.flatMap((child) => {
    if (child.name === "transition") return [{ state: element, transition: child }];
    return STATE_TAGS.includes(child.name) && child.name !== "history"
      ? transitionsBelow(child)
      : [];
  });
}
