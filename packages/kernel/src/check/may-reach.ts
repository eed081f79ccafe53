import type { Action, Candidate, CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import { doneEvent } from "../chart/done-event.ts";
import { isBelow, nodeAt } from "../chart/domain.ts";
import { Coverage } from "./coverage.ts";
import { known, type Formula } from "./formula.ts";
import type { GuardFormulas } from "./guard-formula.ts";

/**
 * What might ever be entered, taken and done, without looking at configurations: a transition may be taken when its source
 * may be active, its event may come and no known guard is against it. More than the truth, and quick whatever the size of
 * the chart: what is not in here is unreachable for sure.
 */
export function mayReach(chart: CompiledChart, formulas: GuardFormulas): Coverage {
  const reach = new Reach(chart, formulas);
  while (reach.grow());
  return reach.coverage;
}

class Reach {
  readonly coverage: Coverage;
  readonly #chart: CompiledChart;
  readonly #formulas: GuardFormulas;
  readonly #events = new Set<string>();
  #size = 0;

  constructor(chart: CompiledChart, formulas: GuardFormulas) {
    this.#chart = chart;
    this.#formulas = formulas;
    this.coverage = new Coverage(chart);
    for (const declaration of chart.transitions.values()) {
      const isProposable = declaration.by.length > 0 || declaration.joinedBy.length > 0;
      if (isProposable) this.#events.add(declaration.name);
    }
    this.#enter(0);
  }

  /** One more round; false: nothing was new. */
  grow(): boolean {
    for (const state of this.#chart.states) {
      if (!this.coverage.states.has(state.index)) continue;
      for (const after of state.after) this.#events.add(after.raise);
      for (const level of [state.always, ...state.on.values()]) this.#takeLevel(level);
      this.#finishAbove(state);
    }
    for (const region of this.#chart.regions) {
      if (region.onFailure >= 0 && this.coverage.states.has(region.state))
        this.#enter(region.onFailure);
    }
    const size =
      this.coverage.states.size +
      this.coverage.candidates.size +
      this.coverage.done.size +
      this.#events.size;
    const hasGrown = size > this.#size;
    this.#size = size;
    return hasGrown;
  }

  /** Candidates in order, down to the first that always holds. */
  #takeLevel(level: readonly Candidate[]): void {
    for (const candidate of level) {
      if (candidate.event !== null && !this.#events.has(candidate.event)) return;
      const truth = this.#truthOf(candidate);
      if (truth === false) continue;
      this.#take(candidate);
      if (truth === true) return;
    }
  }

  /** false: never; true: whenever it is asked. */
  #truthOf(candidate: Candidate): boolean | undefined {
    const { states } = this.#chart;
    const formula = this.#formulas.all(candidate.guards);
    const around = (state: number): boolean =>
      state === candidate.source || isBelow(states, candidate.source, state);
    const given = (other: boolean) => ({
      isActive: (state: number) => around(state) || (other && this.coverage.states.has(state)),
      assumed: () => undefined,
    });
    // A state may be active or not at that moment: sure is only what both views say.
    const [most, least] = [known(formula, given(true)), known(formula, given(false))];
    if (isMonotone(formula)) return most === least ? most : undefined;
    return formula.kind === "constant" ? formula.value : undefined;
  }

  #take(candidate: Candidate): void {
    this.coverage.takeCandidate(candidate);
    this.#run(candidate.actions);
    for (const target of candidate.targets) this.#enter(target);
    if (candidate.targets.length > 0) {
      const source = nodeAt(this.#chart.states, candidate.source);
      this.#run(source.exit);
    }
  }

  /** A state, all above it, and all that entering it means. */
  #enter(index: number): void {
    const { states } = this.#chart;
    const state = nodeAt(states, index);
    if (state.parent >= 0 && !this.coverage.states.has(state.parent)) this.#enter(state.parent);
    if (state.kind === "shallow" || state.kind === "deep") {
      this.coverage.states.add(index);
      for (const target of state.initial) this.#enter(target);
      return;
    }
    if (this.coverage.states.has(index)) return;
    this.coverage.enterState(state);
    this.#run(state.entry);
    this.#run(state.exit);
    const below = state.kind === "parallel" ? state.children : state.initial;
    for (const child of below) this.#enter(child);
    const parent = state.parent < 0 ? undefined : nodeAt(states, state.parent);
    if (parent?.kind === "parallel") for (const sibling of parent.children) this.#enter(sibling);
  }

  #finishAbove(state: StateNode): void {
    if (state.kind !== "final" || state.parent <= 0) return;
    const { states } = this.#chart;
    const parent = nodeAt(states, state.parent);
    this.#done(parent);
    const above = nodeAt(states, parent.parent);
    if (above.index > 0 && above.kind === "parallel" && this.#mayBeFinal(above)) this.#done(above);
  }

  #mayBeFinal(state: StateNode): boolean {
    const { states } = this.#chart;
    const children = state.children.map((child) => nodeAt(states, child));
    if (state.kind === "parallel") return children.every((child) => this.#mayBeFinal(child));
    return children.some(({ kind, index }) => kind === "final" && this.coverage.states.has(index));
  }

  #done(state: StateNode): void {
    this.coverage.finishState(state);
    this.#events.add(doneEvent(state.path));
  }

  #run(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind === "raise") this.#events.add(action.event);
      if (action.kind === "emit") this.#events.add(action.onDeadline);
    }
  }
}

/** No state under a `not`: more active states can only make it truer. */
function isMonotone(formula: Formula): boolean {
  if (formula.kind === "not") return formula.of.kind === "atom" || formula.of.kind === "constant";
  if (formula.kind !== "all" && formula.kind !== "some") return true;
  return formula.parts.every(isMonotone);
}
