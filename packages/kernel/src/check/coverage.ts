import type { Candidate, CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import { nodeAt } from "../chart/domain.ts";

/** What has been entered, taken and done. */
export class Coverage {
  readonly states: Set<number> = new Set();
  readonly candidates: Set<number> = new Set();
  /** States whose `done.state` event came up. */
  readonly done: Set<number> = new Set();
  readonly #chart: CompiledChart;

  constructor(chart: CompiledChart) {
    this.#chart = chart;
  }

  enterState(state: StateNode): void {
    if (this.states.has(state.index)) return;
    this.states.add(state.index);
    this.#passHistories(state.initial);
  }

  takeCandidate(candidate: Candidate): void {
    if (this.candidates.has(candidate.index)) return;
    this.candidates.add(candidate.index);
    this.#passHistories(candidate.targets);
  }

  finishState(state: StateNode): void {
    this.done.add(state.index);
  }

  /** A history is never active: it is reached when something leads to it. */
  #passHistories(targets: readonly number[]): void {
    for (const target of targets) {
      const { kind } = nodeAt(this.#chart.states, target);
      if (kind === "shallow" || kind === "deep") this.states.add(target);
    }
  }
}
