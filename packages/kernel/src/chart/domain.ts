import { assert } from "../invariant.ts";
import type { StateKind } from "./compiled-chart.ts";

/** As much of a state as the tree algorithms of SCXML need; rows stand in document order, the root is 0. */
export interface TreeNode {
  readonly index: number;
  readonly kind: StateKind;
  readonly parent: number;
  readonly last: number;
  readonly children: readonly number[];
}

export interface TransitionShape {
  readonly source: number;
  /** States, not histories: where a target is a history, what it stands for (SCXML's effective targets). */
  readonly targets: readonly number[];
  readonly internal: boolean;
}

/** The row of a state that is known to be in the table. */
export function nodeAt<Node>(tree: readonly Node[], index: number): Node {
  const node = tree[index];
  assert(node !== undefined, "the index is one of the table");
  return node;
}

/** SCXML's `isDescendant`: strictly below. */
export function isBelow(tree: readonly TreeNode[], state: number, ancestor: number): boolean {
  return ancestor < state && state <= nodeAt(tree, ancestor).last;
}

/**
 * SCXML's `getTransitionDomain`: the state below which everything active is left. −1 where there is no target.
 * The root stands for the `<scxml>` element: it is never left, and its own transitions are internal.
 */
export function transitionDomain(tree: readonly TreeNode[], shape: TransitionShape): number {
  const { source, targets, internal } = shape;
  if (targets.length === 0) return -1;
  if (source === 0) return 0;
  const below = (ancestor: number): boolean =>
    targets.every((target) => isBelow(tree, target, ancestor));
  if (internal && nodeAt(tree, source).kind === "compound" && below(source)) return source;
  let ancestor = nodeAt(tree, source).parent;
  while (ancestor > 0 && !(nodeAt(tree, ancestor).kind === "compound" && below(ancestor))) {
    ancestor = nodeAt(tree, ancestor).parent;
  }
  return ancestor;
}

/** SCXML's least common ancestor of two states, either included (no restriction on its kind). */
export function commonAncestor(tree: readonly TreeNode[], one: number, other: number): number {
  let ancestor = one;
  while (ancestor !== other && !isBelow(tree, other, ancestor))
    ancestor = nodeAt(tree, ancestor).parent;
  return ancestor;
}

/** Can both states be active at once, neither being below the other? */
export function areOrthogonal(tree: readonly TreeNode[], one: number, other: number): boolean {
  if (one === other) return false;
  const ancestor = commonAncestor(tree, one, other);
  return ancestor !== one && ancestor !== other && nodeAt(tree, ancestor).kind === "parallel";
}
