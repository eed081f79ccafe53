import { strict as assert } from "node:assert";
import type { NormalCandidate, NormalChart, NormalState } from "../../chart/normal-chart.ts";

/**
 * A literal transcription of "Algorithm for SCXML Interpretation" (W3C SCXML 1.0, Appendix D) over the normal form: the
 * same procedures under the same names, with ordered sets and lists, and no cleverness. It shares no code with our
 * interpreter. Left out is what the dialect has not (data model, invoke, donedata, external queue).
 *
 * The dialect's own rules, each marked D in the code:
 * D1 the root plays <scxml>: it is entered first, with its entry actions, and never left; its transitions are internal.
 * D2 a parallel root is <scxml> and <parallel> in one: where all below it is left, all its children are entered again.
 * D3 the interpretation ends when the root is in a final configuration.
 * D4 every candidate of a state is asked, also after one held, and none twice in one microstep (guards are pure).
 * D5 an event for which nothing is enabled changes nothing: eventless transitions are not looked at (again) after it.
 * D6 ancestors that are active and not left are not entered again: the entry set of 3.13 ("not currently active or in the
 *    exit set"), where the pseudo-code would enter what lies between a history's parent and the transition's domain.
 * D7 the domain of a transition is the one that its exit set was computed with: a history that the exit records may lie deeper, and the
 *    pseudo-code, which asks again, then enters children of a state that was exited and is not entered.
 */
export interface Content {
  conditionMatch(transition: Transition): boolean;
  exit(state: State): void;
  content(transition: Transition, domain: State): void;
  enter(state: State): void;
  raised(event: string, taken: boolean): void;
}

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

class OrderedSet<T> {
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

const documentOrder = (s1: State, s2: State): number => s1.order - s2.order;
const entryOrder = documentOrder;
const exitOrder = (s1: State, s2: State): number => documentOrder(s2, s1);

export class AppendixD {
  readonly root: State;
  readonly byId = new Map<string, State>();
  readonly #content: Content;
  configuration = new OrderedSet<State>();
  historyValue = new Map<string, State[]>();
  readonly #internalQueue: string[] = [];
  #running = true;
  #asked = new Map<Transition, boolean>();
  microsteps = 0;

  constructor(normal: NormalChart, content: Content) {
    this.#content = content;
    this.root = this.#readState(normal.root, "", null);
    this.#resolve(normal.root, this.root);
  }

  get running(): boolean {
    return this.#running;
  }

  /** Sets up a running interpretation as of a configuration that was reached before. */
  restore(
    atomicStates: readonly string[],
    history: { readonly [id: string]: readonly string[] },
  ): void {
    this.configuration.clear();
    for (const id of atomicStates) {
      const state = this.#state(id);
      this.configuration.add(state);
      for (const ancestor of this.#getProperAncestors(state, null))
        this.configuration.add(ancestor);
    }
    this.historyValue = new Map(
      Object.entries(history).map(([id, states]) => [id, states.map((name) => this.#state(name))]),
    );
  }

  atomicStates(): string[] {
    return this.configuration
      .toList()
      .filter((s) => this.#isAtomicState(s))
      .map((s) => s.id)
      .sort((one, other) => (one < other ? -1 : 1));
  }

  history(): { [id: string]: string[] } {
    const entries = [...this.historyValue].map(([id, states]): [string, string[]] => [
      id,
      states.map((s) => s.id).sort((one, other) => (one < other ? -1 : 1)),
    ]);
    return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  raise(event: string): void {
    this.#internalQueue.push(event);
  }

  // procedure interpret(doc)
  interpret(): void {
    this.configuration.add(this.root); // D1
    this.#content.enter(this.root); // D1
    this.microsteps = 1;
    const target = this.#isParallelState(this.root) ? this.root.children : this.root.initial; // D2
    this.#enterStates([{ source: this.root, event: null, type: "internal", normal: null, target }]);
    this.#macrostep();
  }

  // one turn of procedure mainEventLoop(), from the external event on; true: something was enabled
  externalEvent(event: string): boolean {
    this.microsteps = 0;
    const enabledTransitions = this.#selectTransitions(event);
    if (enabledTransitions.isEmpty()) return false; // D5
    this.#microstep(enabledTransitions.toList());
    this.#macrostep();
    return true;
  }

  #macrostep(): void {
    let macrostepDone = false;
    while (this.#running && !macrostepDone) {
      let enabledTransitions = this.#selectEventlessTransitions();
      while (enabledTransitions.isEmpty() && !macrostepDone) {
        // D5: "if" in the original
        const internalEvent = this.#internalQueue.shift();
        if (internalEvent === undefined) macrostepDone = true;
        else {
          enabledTransitions = this.#selectTransitions(internalEvent);
          this.#content.raised(internalEvent, !enabledTransitions.isEmpty());
        }
      }
      if (!enabledTransitions.isEmpty()) this.#microstep(enabledTransitions.toList());
    }
    for (const event of this.#internalQueue.splice(0)) this.#content.raised(event, false);
  }

  // function selectEventlessTransitions()
  #selectEventlessTransitions(): OrderedSet<Transition> {
    return this.#select((t) => t.event === null);
  }

  // function selectTransitions(event)
  #selectTransitions(event: string): OrderedSet<Transition> {
    return this.#select((t) => t.event !== null && t.event === event);
  }

  #select(nameMatch: (t: Transition) => boolean): OrderedSet<Transition> {
    const enabledTransitions = new OrderedSet<Transition>();
    this.#asked = new Map();
    const atomicStates = this.configuration
      .toList()
      .filter((s) => this.#isAtomicState(s))
      .sort(documentOrder);
    for (const state of atomicStates) {
      loop: for (const s of [state, ...this.#getProperAncestors(state, null)]) {
        const matching = s.transitions.filter(nameMatch);
        for (const t of matching) this.#conditionMatch(t); // D4
        for (const t of matching) {
          if (this.#conditionMatch(t)) {
            enabledTransitions.add(t);
            break loop;
          }
        }
      }
    }
    return this.#removeConflictingTransitions(enabledTransitions);
  }

  #conditionMatch(t: Transition): boolean {
    let answer = this.#asked.get(t);
    if (answer === undefined) {
      answer = this.#content.conditionMatch(t);
      this.#asked.set(t, answer);
    }
    return answer;
  }

  // function removeConflictingTransitions(enabledTransitions)
  #removeConflictingTransitions(
    enabledTransitions: OrderedSet<Transition>,
  ): OrderedSet<Transition> {
    const filteredTransitions = new OrderedSet<Transition>();
    for (const t1 of enabledTransitions.toList()) {
      let t1Preempted = false;
      const transitionsToRemove = new OrderedSet<Transition>();
      for (const t2 of filteredTransitions.toList()) {
        if (this.#computeExitSet([t1]).hasIntersection(this.#computeExitSet([t2]))) {
          if (this.#isDescendant(t1.source, t2.source)) transitionsToRemove.add(t2);
          else {
            t1Preempted = true;
            break;
          }
        }
      }
      if (!t1Preempted) {
        for (const t3 of transitionsToRemove.toList()) filteredTransitions.delete(t3);
        filteredTransitions.add(t1);
      }
    }
    return filteredTransitions;
  }

  // procedure microstep(enabledTransitions)
  #microstep(enabledTransitions: Transition[]): void {
    this.microsteps += 1;
    const domains = enabledTransitions.map((t) => this.#getTransitionDomain(t) ?? t.source);
    this.#exitStates(enabledTransitions);
    this.#executeTransitionContent(enabledTransitions, domains);
    this.#enterStates(enabledTransitions, domains);
  }

  // procedure exitStates(enabledTransitions)
  #exitStates(enabledTransitions: Transition[]): void {
    const statesToExit = this.#computeExitSet(enabledTransitions).toList().sort(exitOrder);
    const recorded = new Map<string, State[]>();
    for (const s of statesToExit) {
      for (const h of s.history) {
        const f = (s0: State): boolean =>
          h.historyType === "deep"
            ? this.#isAtomicState(s0) && this.#isDescendant(s0, s)
            : s0.parent === s;
        recorded.set(h.id, this.configuration.toList().filter(f));
      }
    }
    // The entry set of this microstep is computed from the new history values, as Appendix D does.
    for (const [id, states] of recorded) this.historyValue.set(id, states);
    for (const s of statesToExit) {
      this.#content.exit(s);
      this.configuration.delete(s);
    }
  }

  // function computeExitSet(transitions)
  #computeExitSet(transitions: Transition[]): OrderedSet<State> {
    const statesToExit = new OrderedSet<State>();
    for (const t of transitions) {
      if (t.target.length > 0) {
        const domain = this.#getTransitionDomain(t);
        for (const s of this.configuration.toList()) {
          if (domain !== null && this.#isDescendant(s, domain)) statesToExit.add(s);
        }
      }
    }
    return statesToExit;
  }

  // procedure executeTransitionContent(enabledTransitions)
  #executeTransitionContent(enabledTransitions: Transition[], domains: State[]): void {
    enabledTransitions.forEach((t, index) => {
      this.#content.content(t, domains[index] ?? t.source);
    });
  }

  // procedure enterStates(enabledTransitions)
  #enterStates(enabledTransitions: Transition[], domains: State[] = []): void {
    const statesToEnter = new OrderedSet<State>();
    const statesForDefaultEntry = new OrderedSet<State>();
    this.#computeEntrySet(enabledTransitions, domains, statesToEnter, statesForDefaultEntry);
    for (const s of statesToEnter.toList().sort(entryOrder)) {
      this.configuration.add(s);
      this.#content.enter(s);
      if (this.#isFinalState(s)) {
        const parent = s.parent;
        assert(parent !== null);
        if (this.#isSCXMLElement(parent)) this.#running = false;
        else {
          const grandparent = parent.parent;
          assert(grandparent !== null);
          this.#internalQueue.push(`done.state.${parent.id}`);
          if (this.#isParallelState(grandparent) && !this.#isSCXMLElement(grandparent)) {
            if (this.#getChildStates(grandparent).every((c) => this.#isInFinalState(c))) {
              this.#internalQueue.push(`done.state.${grandparent.id}`);
            }
          }
        }
      }
    }
    if (this.#isInFinalState(this.root)) this.#running = false; // D3
  }

  // procedure computeEntrySet(transitions, statesToEnter, statesForDefaultEntry, defaultHistoryContent)
  #computeEntrySet(
    transitions: Transition[],
    domains: State[],
    statesToEnter: OrderedSet<State>,
    statesForDefaultEntry: OrderedSet<State>,
  ): void {
    for (const [index, t] of transitions.entries()) {
      for (const s of t.target) {
        this.#addDescendantStatesToEnter(s, statesToEnter, statesForDefaultEntry);
      }
      const now = this.#getTransitionDomain(t);
      const ancestor = now === null ? null : (domains[index] ?? now); // D7
      for (const s of this.#getEffectiveTargetStates(t).toList()) {
        this.#addAncestorStatesToEnter(s, ancestor, statesToEnter, statesForDefaultEntry);
      }
      if (ancestor === this.root && this.#isParallelState(this.root)) {
        for (const child of this.#getChildStates(this.root)) {
          // D2
          if (!statesToEnter.some((s) => this.#isDescendant(s, child))) {
            this.#addDescendantStatesToEnter(child, statesToEnter, statesForDefaultEntry);
          }
        }
      }
    }
  }

  // procedure addDescendantStatesToEnter(state, statesToEnter, statesForDefaultEntry, defaultHistoryContent)
  #addDescendantStatesToEnter(
    state: State,
    statesToEnter: OrderedSet<State>,
    statesForDefaultEntry: OrderedSet<State>,
  ): void {
    if (this.#isHistoryState(state)) {
      const value = this.historyValue.get(state.id) ?? state.initial;
      for (const s of value)
        this.#addDescendantStatesToEnter(s, statesToEnter, statesForDefaultEntry);
      for (const s of value) {
        this.#addAncestorStatesToEnter(s, state.parent, statesToEnter, statesForDefaultEntry);
      }
    } else {
      statesToEnter.add(state);
      if (this.#isCompoundState(state)) {
        statesForDefaultEntry.add(state);
        for (const s of state.initial) {
          this.#addDescendantStatesToEnter(s, statesToEnter, statesForDefaultEntry);
        }
        for (const s of state.initial) {
          this.#addAncestorStatesToEnter(s, state, statesToEnter, statesForDefaultEntry);
        }
      } else if (this.#isParallelState(state)) {
        for (const child of this.#getChildStates(state)) {
          if (!statesToEnter.some((s) => this.#isDescendant(s, child))) {
            this.#addDescendantStatesToEnter(child, statesToEnter, statesForDefaultEntry);
          }
        }
      }
    }
  }

  // procedure addAncestorStatesToEnter(state, ancestor, statesToEnter, statesForDefaultEntry, defaultHistoryContent)
  #addAncestorStatesToEnter(
    state: State,
    ancestor: State | null,
    statesToEnter: OrderedSet<State>,
    statesForDefaultEntry: OrderedSet<State>,
  ): void {
    for (const anc of this.#getProperAncestors(state, ancestor)) {
      if (this.configuration.isMember(anc)) break; // D6
      statesToEnter.add(anc);
      if (this.#isParallelState(anc)) {
        for (const child of this.#getChildStates(anc)) {
          if (!statesToEnter.some((s) => this.#isDescendant(s, child))) {
            this.#addDescendantStatesToEnter(child, statesToEnter, statesForDefaultEntry);
          }
        }
      }
    }
  }

  // procedure isInFinalState(s)
  #isInFinalState(s: State): boolean {
    if (this.#isCompoundState(s)) {
      return this.#getChildStates(s).some(
        (c) => this.#isFinalState(c) && this.configuration.isMember(c),
      );
    } else if (this.#isParallelState(s)) {
      return this.#getChildStates(s).every((c) => this.#isInFinalState(c));
    } else return false;
  }

  // function getTransitionDomain(transition)
  #getTransitionDomain(t: Transition): State | null {
    const tstates = this.#getEffectiveTargetStates(t).toList();
    if (tstates.length === 0) return null;
    else if (this.#isSCXMLElement(t.source)) return t.source; // D1
    else if (
      t.type === "internal" &&
      this.#isCompoundState(t.source) &&
      tstates.every((s) => this.#isDescendant(s, t.source))
    ) {
      return t.source;
    } else return this.#findLCCA([t.source, ...tstates]);
  }

  // function findLCCA(stateList)
  #findLCCA(stateList: State[]): State | null {
    const [head, ...tail] = stateList;
    assert(head !== undefined);
    const ancestors = this.#getProperAncestors(head, null);
    for (const anc of ancestors.filter((s) => this.#isCompoundStateOrScxmlElement(s))) {
      if (tail.every((s) => this.#isDescendant(s, anc))) return anc;
    }
    return null;
  }

  // function getEffectiveTargetStates(transition)
  #getEffectiveTargetStates(transition: { readonly target: State[] }): OrderedSet<State> {
    const targets = new OrderedSet<State>();
    for (const s of transition.target) {
      if (this.#isHistoryState(s)) {
        const value = this.historyValue.get(s.id);
        if (value !== undefined) for (const one of value) targets.add(one);
        else targets.union(this.#getEffectiveTargetStates({ target: s.initial }));
      } else targets.add(s);
    }
    return targets;
  }

  // function getProperAncestors(state1, state2)
  #getProperAncestors(state1: State, state2: State | null): State[] {
    const ancestors: State[] = [];
    if (state2 !== null && (state2 === state1 || this.#isDescendant(state2, state1))) return [];
    for (let s = state1.parent; s !== null && s !== state2; s = s.parent) ancestors.push(s);
    return ancestors;
  }

  #isDescendant(state1: State, state2: State): boolean {
    for (let s = state1.parent; s !== null; s = s.parent) if (s === state2) return true;
    return false;
  }

  #getChildStates(s: State): State[] {
    return s.children;
  }
  #isSCXMLElement(s: State): boolean {
    return s.parent === null;
  }
  #isHistoryState(s: State): boolean {
    return s.type === "history";
  }
  #isFinalState(s: State): boolean {
    return s.type === "final";
  }
  #isAtomicState(s: State): boolean {
    return s.type === "atomic" || s.type === "final";
  }
  #isCompoundState(s: State): boolean {
    return s.type === "compound";
  }
  #isParallelState(s: State): boolean {
    return s.type === "parallel";
  }
  #isCompoundStateOrScxmlElement(s: State): boolean {
    return this.#isCompoundState(s) || this.#isSCXMLElement(s); // D2
  }

  #state(id: string): State {
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
    const all = (paths: readonly string[]): State[] => paths.map((path) => this.#state(path));
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
      this.#resolve(child, this.#state(state.id === "" ? name : `${state.id}.${name}`));
    }
  }
}
