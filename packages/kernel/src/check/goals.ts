import type { CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import { nodeAt } from "../chart/domain.ts";
import { isInFinalState } from "../interpret/configuration.ts";
import type { Configuration } from "../interpret/step-host.ts";

/**
 * What must stay possible: something happens in a region until it is final; a sticky state is left. Each goal is a bit in
 * the sets that the exploration keeps for its nodes.
 */
export interface Goal {
  readonly kind: "region" | "sticky";
  readonly state: StateNode;
}

export interface Goals {
  readonly list: readonly Goal[];
  /** Goal of a region by the region's index. */
  readonly ofRegion: readonly number[];
  /** Goal of a sticky state by its index. */
  readonly ofSticky: ReadonlyMap<number, number>;
}

export function goalsOf(chart: CompiledChart): Goals {
  const list: Goal[] = [];
  const ofRegion = chart.regions.map((region) => {
    list.push({ kind: "region", state: nodeAt(chart.states, region.state) });
    return list.length - 1;
  });
  const ofSticky = new Map<number, number>();
  for (const state of chart.states) {
    if (state.sticky === null) continue;
    ofSticky.set(state.index, list.length);
    list.push({ kind: "sticky", state });
  }
  return { list, ofRegion, ofSticky };
}

/** Does the goal still matter in this configuration? */
export function isOpen(chart: CompiledChart, goal: Goal, configuration: Configuration): boolean {
  const { state } = goal;
  if (configuration.done || !configuration.isActive(state.index)) return false;
  if (goal.kind === "sticky") return true;
  const isActive = (index: number): boolean => configuration.isActive(index);
  return !isInFinalState(chart.states, state, isActive);
}

/** A set of small numbers, of fixed size. */
export class BitSet {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  add(bit: number): void {
    const word = bit >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (bit & 31));
  }

  has(bit: number): boolean {
    return (((this.#words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }
}
