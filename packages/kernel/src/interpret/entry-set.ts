import { isBelow, nodeAt } from "../chart/domain.ts";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { isHistory, recordedFor } from "./targets.ts";
import type { HistoryValue } from "./step-host.ts";

/**
 * SCXML's `computeEntrySet` for one microstep, filled transition by transition. Owns the states to be entered and whether
 * a history state was passed on the way (then the result holds for this history only).
 *
 * E1 a state that is active and not left is not entered (SCXML 3.13, "entry set"). Appendix D alone would enter such
 *    states again where a history lies above the transition's domain.
 */
export class EntrySet {
  readonly states = new Set<number>();
  passedHistory = false;
  readonly #chart: CompiledChart;
  readonly #history: HistoryValue;
  /** Active before and not left. */
  readonly #kept: ReadonlySet<number>;

  constructor(chart: CompiledChart, history: HistoryValue, kept: ReadonlySet<number>) {
    this.#chart = chart;
    this.#history = history;
    this.#kept = kept;
  }

  /** `addDescendantStatesToEnter`: the state, and below it whatever entering it by default means. */
  addDescendants(index: number): void {
    const state = nodeAt(this.#chart.states, index);
    if (isHistory(state)) {
      this.passedHistory = true;
      this.#addAll(recordedFor(this.#chart, this.#history, state) ?? state.initial, state.parent);
      return;
    }
    this.states.add(index);
    if (state.kind === "compound") this.#addAll(state.initial, index);
    if (state.kind === "parallel") this.#addChildren(state.children);
  }

  /** `addAncestorStatesToEnter`: everything above a state and below `ancestor`, with the other children of parallels. */
  addAncestors(index: number, ancestor: number): void {
    for (let above = this.#parentOf(index); above !== ancestor; above = this.#parentOf(above)) {
      if (this.#kept.has(above)) return;
      const state = nodeAt(this.#chart.states, above);
      this.states.add(above);
      if (state.kind === "parallel") this.#addChildren(state.children);
    }
  }

  /** A parallel root that all was left of, being never left itself: what no target named is entered by default. */
  completeRoot(): void {
    const root = nodeAt(this.#chart.states, 0);
    if (root.kind === "parallel") this.#addChildren(root.children);
  }

  #addAll(targets: readonly number[], ancestor: number): void {
    for (const target of targets) this.addDescendants(target);
    for (const target of targets) this.addAncestors(target, ancestor);
  }

  #addChildren(children: readonly number[]): void {
    for (const child of children) {
      if (!this.#hasBelow(child)) this.addDescendants(child);
    }
  }

  #hasBelow(child: number): boolean {
    for (const state of this.states) if (isBelow(this.#chart.states, state, child)) return true;
    return false;
  }

  #parentOf(index: number): number {
    return nodeAt(this.#chart.states, index).parent;
  }
}
