import type { DecisionRecord } from "@swoosh/protocol";

/** Why one decision stands behind another. */
export type WalkEdge = "derived-from" | "depends-on" | "influenced-by";

export interface WalkStep {
  readonly decision: DecisionRecord;
  /** Edges from the decision that was asked for; 0: itself. */
  readonly depth: number;
  /** From which decision it was reached, by which edges; none for the first. */
  readonly from: { readonly index: number; readonly edges: readonly WalkEdge[] } | null;
}

/**
 * Walks back over provenance: what a decision derives from (the records before it of what it touched), what it depends on (the records that
 * made the states that its guards read), and what influenced it (the records that named the same evidence first). Nearer ones come first, of equally near
 * ones the newer; each once, with the edges by which it was reached first. `decisions`: up to the one that is asked for, in order.
 */
export function walkDecisions(
  decisions: readonly DecisionRecord[],
  start: number,
  bounds: { readonly depthMax: number; readonly stepsMax: number },
): readonly WalkStep[] {
  const sources = new Sources(decisions);
  const first = sources.at(start);
  if (first === undefined) return [];
  const steps: WalkStep[] = [];
  const seen = new Set<number>([start]);
  let layer: readonly WalkStep[] = [{ decision: first, depth: 0, from: null }];
  while (layer.length > 0) {
    const room = bounds.stepsMax - steps.length;
    steps.push(...layer.slice(0, room));
    const depth = (layer[0]?.depth ?? 0) + 1;
    if (depth > bounds.depthMax || layer.length >= room) break;
    const next: WalkStep[] = [];
    for (const { decision } of layer)
      for (const [index, edges] of sources.behind(decision)) {
        const found = sources.at(index);
        if (found === undefined || seen.has(index)) continue;
        seen.add(index);
        next.push({ decision: found, depth, from: { index: decision.index, edges } });
      }
    layer = next.toSorted((one, other) => other.decision.index - one.decision.index);
  }
  return steps;
}

/** Decisions by what others name of them. */
class Sources {
  readonly #byIndex = new Map<number, DecisionRecord>();
  readonly #byLeaf = new Map<string, number>();
  /** Records that brought an instance to a state, in order: the same state may come again. */
  readonly #byState = new Map<string, number[]>();
  readonly #byEvidence = new Map<string, number>();

  constructor(decisions: readonly DecisionRecord[]) {
    for (const decision of decisions) {
      const { evidence, id, index, instance, state_post_hash: post } = decision;
      this.#byIndex.set(index, decision);
      this.#byLeaf.set(leafOf(id), index);
      const state = `${instance} ${post}`;
      const known = this.#byState.get(state) ?? [];
      known.push(index);
      this.#byState.set(state, known);
      for (const hash of evidence)
        if (!this.#byEvidence.has(hash)) this.#byEvidence.set(hash, index);
    }
  }

  at(index: number): DecisionRecord | undefined {
    return this.#byIndex.get(index);
  }

  behind(decision: DecisionRecord): ReadonlyMap<number, readonly WalkEdge[]> {
    const found = new Map<number, WalkEdge[]>();
    const add = (index: number | undefined, edge: WalkEdge): void => {
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
