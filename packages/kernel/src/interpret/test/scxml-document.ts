import { strict as assert } from "node:assert";
import type { NormalCandidate, NormalChart, NormalState } from "../../chart/normal-chart.ts";

/**
 * What the procedures of Appendix D in `appendix-d.ts` work on, under its names: states and transitions, what holds of
 * them in every configuration, and the ordered set.
 */
export interface State {
  readonly id: string;
  readonly type: NormalState["type"];
  readonly historyType: "shallow" | "deep" | null;
  readonly parent: State | null;
  readonly children: State[];
  readonly history: State[];
  readonly transitions: Transition[];
  /** Compound: targets of the initial transition; history: of the default transition. */
  initial: State[];
  readonly order: number;
}

export interface Transition {
  readonly source: State;
  readonly event: string | null;
  readonly type: "internal" | "external";
  readonly normal: NormalCandidate | null;
  target: State[];
}

/** The states of a chart by their ids, in document order, with the targets of their transitions resolved. */
export class ScxmlDocument {
  readonly root: State;
  readonly byId = new Map<string, State>();

  constructor(normal: NormalChart) {
    this.root = this.#readState(normal.root, "", null);
    this.#resolve(normal.root, this.root);
  }

  mustGetState(id: string): State {
    const state = this.byId.get(id);
    assert(state !== undefined, `there is a state ${id}`);
    return state;
  }

  #readState(normal: NormalState, id: string, parent: State | null): State {
    const state: State = {
      id,
      type: normal.type,
      historyType: normal.history,
      parent,
      children: [],
      history: [],
      transitions: [],
      initial: [],
      order: this.byId.size,
    };
    this.byId.set(id, state);
    for (const [name, child] of normal.states) {
      const below = this.#readState(child, id === "" ? name : `${id}.${name}`, state);
      (child.type === "history" ? state.history : state.children).push(below);
    }
    return state;
  }

  #resolve(normal: NormalState, state: State): void {
    const all = (paths: readonly string[]): State[] => paths.map((path) => this.mustGetState(path));
    state.initial = all([...normal.initial, ...normal.target]);
    const add = (candidates: readonly NormalCandidate[], event: string | null): void => {
      for (const candidate of candidates) {
        state.transitions.push({
          source: state,
          event,
          type: candidate.internal ? "internal" : "external",
          normal: candidate,
          target: all(candidate.target ?? []),
        });
      }
    };
    add(normal.always, null);
    for (const [event, candidates] of Object.entries(normal.on)) add(candidates, event);
    add(normal.onDone, `done.state.${state.id}`);
    for (const [name, child] of normal.states) {
      this.#resolve(child, this.mustGetState(state.id === "" ? name : `${state.id}.${name}`));
    }
  }
}

export class OrderedSet<T> {
  #items: T[] = [];
  add(item: T): void {
    if (!this.isMember(item)) this.#items.push(item);
  }
  delete(item: T): void {
    this.#items = this.#items.filter((other) => other !== item);
  }
  union(other: OrderedSet<T>): void {
    for (const item of other.toList()) this.add(item);
  }
  isMember(item: T): boolean {
    return this.#items.includes(item);
  }
  some(test: (item: T) => boolean): boolean {
    return this.#items.some(test);
  }
  hasIntersection(other: OrderedSet<T>): boolean {
    return this.#items.some((item) => other.isMember(item));
  }
  isEmpty(): boolean {
    return this.#items.length === 0;
  }
  clear(): void {
    this.#items = [];
  }
  toList(): T[] {
    return [...this.#items];
  }
}

export const documentOrder = (s1: State, s2: State): number => s1.order - s2.order;
export const entryOrder = documentOrder;
export const exitOrder = (s1: State, s2: State): number => documentOrder(s2, s1);

// function findLCCA(stateList)
export function findLCCA(stateList: State[]): State | null {
  const [head, ...tail] = stateList;
  assert(head !== undefined);
  const ancestors = getProperAncestors(head, null);
  for (const anc of ancestors.filter((s) => isCompoundStateOrScxmlElement(s))) {
    if (tail.every((s) => isDescendant(s, anc))) return anc;
  }
  return null;
}

// function getProperAncestors(state1, state2)
export function getProperAncestors(state1: State, state2: State | null): State[] {
  const ancestors: State[] = [];
  if (state2 !== null && (state2 === state1 || isDescendant(state2, state1))) return [];
  for (let s = state1.parent; s !== null && s !== state2; s = s.parent) ancestors.push(s);
  return ancestors;
}

export function isDescendant(state1: State, state2: State): boolean {
  for (let s = state1.parent; s !== null; s = s.parent) if (s === state2) return true;
  return false;
}

export function getChildStates(s: State): State[] {
  return s.children;
}
export function isSCXMLElement(s: State): boolean {
  return s.parent === null;
}
export function isHistoryState(s: State): boolean {
  return s.type === "history";
}
export function isFinalState(s: State): boolean {
  return s.type === "final";
}
export function isAtomicState(s: State): boolean {
  return s.type === "atomic" || s.type === "final";
}
export function isCompoundState(s: State): boolean {
  return s.type === "compound";
}
export function isParallelState(s: State): boolean {
  return s.type === "parallel";
}
function isCompoundStateOrScxmlElement(s: State): boolean {
  return isCompoundState(s) || isSCXMLElement(s); // D2
}
