import type { DecisionRecord } from "@swoosh/protocol";

/** Why one decision stands behind another. */
export type DecisionEdge = "derived-from" | "depends-on" | "influenced-by";

/** Decisions by what others name of them, added in order. */
export class DecisionGraph {
  readonly #byIndex = new Map<number, DecisionRecord>();
  readonly #byLeaf = new Map<string, number>();
  /** Records that brought an instance to a state, in order: the same state may come again. */
  readonly #byState = new Map<string, number[]>();
  readonly #byEvidence = new Map<string, number>();

  add(decision: DecisionRecord): void {
    const { evidence, id, index, instance, state_post_hash: post } = decision;
    this.#byIndex.set(index, decision);
    this.#byLeaf.set(leafOf(id), index);
    const state = `${instance} ${post}`;
    const known = this.#byState.get(state) ?? [];
    known.push(index);
    this.#byState.set(state, known);
    for (const hash of evidence) if (!this.#byEvidence.has(hash)) this.#byEvidence.set(hash, index);
  }

  at(index: number): DecisionRecord | undefined {
    return this.#byIndex.get(index);
  }

  /** Decisions that stand directly behind one that was added, by index. */
  behind(decision: DecisionRecord): ReadonlyMap<number, readonly DecisionEdge[]> {
    const found = new Map<number, DecisionEdge[]>();
    const add = (index: number | undefined, edge: DecisionEdge): void => {
      if (index === undefined || index >= decision.index) return;
      const edges = found.get(index) ?? [];
      if (!edges.includes(edge)) edges.push(edge);
      found.set(index, edges);
    };
    for (const leaf of decision.derived_from) add(this.#byLeaf.get(leafOf(leaf)), "derived-from");
    for (const { hash, instance } of decision.reads) {
      const made = this.#byState.get(`${instance} ${hash}`) ?? [];
      add(
        made.findLast((index) => index < decision.index),
        "depends-on",
      );
    }
    for (const hash of decision.influenced_by) add(this.#byEvidence.get(hash), "influenced-by");
    return found;
  }
}

/** `bubble://dr/sha256-…`, `sha256-…` and bare hex name the same leaf. */
function leafOf(name: string): string {
  return name.slice(-64);
}
