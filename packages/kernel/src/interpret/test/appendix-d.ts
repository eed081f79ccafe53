import { strict as assert } from "node:assert";
import type { NormalChart } from "../../chart/normal-chart.ts";
import {
  documentOrder,
  entryOrder,
  exitOrder,
  findLCCA,
  getChildStates,
  getProperAncestors,
  isAtomicState,
  isCompoundState,
  isDescendant,
  isFinalState,
  isHistoryState,
  isParallelState,
  isSCXMLElement,
  OrderedSet,
  ScxmlDocument,
  type State,
  type Transition,
} from "./scxml-document.ts";

/**
 * A literal transcription of "Algorithm for SCXML Interpretation" (W3C SCXML 1.0, Appendix D) over the normal form: the
 * same procedures under the same names, with ordered sets and lists, and no cleverness. It shares no code with our
 * interpreter. Left out is what the dialect has not (data model, invoke, donedata, external queue).
 *
 * The dialect's own rules, each marked D in the code, here and in `scxml-document.ts`:
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

export class AppendixD {
  readonly root: State;
  readonly byId: ReadonlyMap<string, State>;
  readonly #document: ScxmlDocument;
  readonly #content: Content;
  configuration = new OrderedSet<State>();
  historyValue = new Map<string, State[]>();
  readonly #internalQueue: string[] = [];
  #running = true;
  #asked = new Map<Transition, boolean>();
  microsteps = 0;

  constructor(normal: NormalChart, content: Content) {
    this.#content = content;
    this.#document = new ScxmlDocument(normal);
    this.root = this.#document.root;
    this.byId = this.#document.byId;
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
      const state = this.#document.mustGetState(id);
      this.configuration.add(state);
      for (const ancestor of getProperAncestors(state, null)) this.configuration.add(ancestor);
    }
    this.historyValue = new Map(
      Object.entries(history).map(([id, states]) => [
        id,
        states.map((name) => this.#document.mustGetState(name)),
      ]),
    );
  }

  atomicStates(): string[] {
    return this.configuration
      .toList()
      .filter((s) => isAtomicState(s))
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
    const target = isParallelState(this.root) ? this.root.children : this.root.initial; // D2
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
      .filter((s) => isAtomicState(s))
      .sort(documentOrder);
    for (const state of atomicStates) {
      loop: for (const s of [state, ...getProperAncestors(state, null)]) {
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
          if (isDescendant(t1.source, t2.source)) transitionsToRemove.add(t2);
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
          h.historyType === "deep" ? isAtomicState(s0) && isDescendant(s0, s) : s0.parent === s;
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
          if (domain !== null && isDescendant(s, domain)) statesToExit.add(s);
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
      if (isFinalState(s)) {
        const parent = s.parent;
        assert(parent !== null);
        if (isSCXMLElement(parent)) this.#running = false;
        else {
          const grandparent = parent.parent;
          assert(grandparent !== null);
          this.#internalQueue.push(`done.state.${parent.id}`);
          if (isParallelState(grandparent) && !isSCXMLElement(grandparent)) {
            if (getChildStates(grandparent).every((c) => this.#isInFinalState(c))) {
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
      if (ancestor === this.root && isParallelState(this.root)) {
        for (const child of getChildStates(this.root)) {
          // D2
          if (!statesToEnter.some((s) => isDescendant(s, child))) {
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
    if (isHistoryState(state)) {
      const value = this.historyValue.get(state.id) ?? state.initial;
      for (const s of value)
        this.#addDescendantStatesToEnter(s, statesToEnter, statesForDefaultEntry);
      for (const s of value) {
        this.#addAncestorStatesToEnter(s, state.parent, statesToEnter, statesForDefaultEntry);
      }
    } else {
      statesToEnter.add(state);
      if (isCompoundState(state)) {
        statesForDefaultEntry.add(state);
        for (const s of state.initial) {
          this.#addDescendantStatesToEnter(s, statesToEnter, statesForDefaultEntry);
        }
        for (const s of state.initial) {
          this.#addAncestorStatesToEnter(s, state, statesToEnter, statesForDefaultEntry);
        }
      } else if (isParallelState(state)) {
        for (const child of getChildStates(state)) {
          if (!statesToEnter.some((s) => isDescendant(s, child))) {
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
    for (const anc of getProperAncestors(state, ancestor)) {
      if (this.configuration.isMember(anc)) break; // D6
      statesToEnter.add(anc);
      if (isParallelState(anc)) {
        for (const child of getChildStates(anc)) {
          if (!statesToEnter.some((s) => isDescendant(s, child))) {
            this.#addDescendantStatesToEnter(child, statesToEnter, statesForDefaultEntry);
          }
        }
      }
    }
  }

  // procedure isInFinalState(s)
  #isInFinalState(s: State): boolean {
    if (isCompoundState(s)) {
      return getChildStates(s).some((c) => isFinalState(c) && this.configuration.isMember(c));
    } else if (isParallelState(s)) {
      return getChildStates(s).every((c) => this.#isInFinalState(c));
    } else return false;
  }

  // function getTransitionDomain(transition)
  #getTransitionDomain(t: Transition): State | null {
    const tstates = this.#getEffectiveTargetStates(t).toList();
    if (tstates.length === 0) return null;
    else if (isSCXMLElement(t.source)) return t.source; // D1
    else if (
      t.type === "internal" &&
      isCompoundState(t.source) &&
      tstates.every((s) => isDescendant(s, t.source))
    ) {
      return t.source;
    } else return findLCCA([t.source, ...tstates]);
  }

  // function getEffectiveTargetStates(transition)
  #getEffectiveTargetStates(transition: { readonly target: State[] }): OrderedSet<State> {
    const targets = new OrderedSet<State>();
    for (const s of transition.target) {
      if (isHistoryState(s)) {
        const value = this.historyValue.get(s.id);
        if (value !== undefined) for (const one of value) targets.add(one);
        else targets.union(this.#getEffectiveTargetStates({ target: s.initial }));
      } else targets.add(s);
    }
    return targets;
  }
}
