import type { DecisionRecord } from "@swoosh/protocol";
import { DecisionGraph, type DecisionEdge } from "./decision-graph.ts";

export interface WalkStep {
  readonly decision: DecisionRecord;
  /** Edges from the decision that was asked for; 0: itself. */
  readonly depth: number;
  /** From which decision it was reached, by which edges; none for the first. */
  readonly from: { readonly index: number; readonly edges: readonly DecisionEdge[] } | null;
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
  const graph = new DecisionGraph();
  for (const decision of decisions) graph.add(decision);
  const first = graph.at(start);
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
      for (const [index, edges] of graph.behind(decision)) {
        const found = graph.at(index);
        if (found === undefined || seen.has(index)) continue;
        seen.add(index);
        next.push({ decision: found, depth, from: { index: decision.index, edges } });
      }
    layer = next.toSorted((one, other) => other.decision.index - one.decision.index);
  }
  return steps;
}
