import { assert } from "../invariant.ts";
import { compareUtf16 } from "../json/text.ts";
import { nodeAt } from "../chart/domain.ts";
import type { StateNode } from "../chart/compiled-chart.ts";
import type { Configuration } from "./step-host.ts";

/** What `leafSet` and `configurationFrom` agree on: one flag a state. */
export type ActiveFlags = Uint8Array;

/** The flags of a set of leaves: the leaves and everything above them. */
export function flagsOf(states: readonly StateNode[], leaves: readonly number[]): ActiveFlags {
  const flags = new Uint8Array(states.length);
  for (const leaf of leaves) {
    for (let state = leaf; state >= 0 && flags[state] === 0; state = nodeAt(states, state).parent) {
      flags[state] = 1;
    }
  }
  return flags;
}

/** SCXML's `isInFinalState`. */
export function isInFinalState(
  states: readonly StateNode[],
  state: StateNode,
  isActive: (state: number) => boolean,
): boolean {
  if (state.kind === "compound") {
    return state.children.some(
      (child) => nodeAt(states, child).kind === "final" && isActive(child),
    );
  }
  if (state.kind !== "parallel") return false;
  return state.children.every((child) => isInFinalState(states, nodeAt(states, child), isActive));
}

/** Makes a configuration of its leaves, given in document order. */
export function configurationFrom(
  states: readonly StateNode[],
  leaves: readonly number[],
): Configuration {
  assert(leaves.length > 0, "a configuration has a leaf");
  const flags = flagsOf(states, leaves);
  const isActive = (state: number): boolean => flags[state] === 1;
  return {
    leaves,
    paths: leaves.map((leaf) => nodeAt(states, leaf).path).sort(compareUtf16),
    isActive,
    done: isInFinalState(states, nodeAt(states, 0), isActive),
  };
}

/** Is this closed set of real states one that SCXML allows: one child of each compound state, all of each parallel one? */
export function isLegal(states: readonly StateNode[], flags: ActiveFlags): boolean {
  return states.every((state) => {
    if (flags[state.index] === 0) return true;
    const active = state.children.filter((child) => flags[child] === 1).length;
    if (state.kind === "compound") return active === 1;
    return active === state.children.length;
  });
}

/** Atomic and final states; histories are never active. */
export function isLeaf(state: StateNode): boolean {
  return state.kind === "atomic" || state.kind === "final";
}
