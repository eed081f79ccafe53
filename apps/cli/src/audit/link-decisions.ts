import type { DecisionRecord } from "@swoosh/protocol";
import { DecisionGraph, type DecisionEdge } from "./decision-graph.ts";

/** A decision next to another, and why. */
export interface DecisionLink {
  readonly decision: DecisionRecord;
  readonly edges: readonly DecisionEdge[];
}

export interface LinkedDecision {
  readonly decision: DecisionRecord;
  /** What it follows from, newest first. */
  readonly followsFrom: readonly DecisionLink[];
  /** What came of it, oldest first: the decisions that follow from it. */
  readonly ledTo: readonly DecisionLink[];
}

/**
 * A decision with its links both ways, each a single edge of `walkDecisions`; undefined: none of them is the one. `decisions`: all
 * there are, in order.
 */
export async function linkDecision(
  decisions: AsyncIterable<DecisionRecord>,
  wanted: string,
): Promise<LinkedDecision | undefined> {
  const graph = new DecisionGraph();
  const followsFrom: DecisionLink[] = [];
  const ledTo: DecisionLink[] = [];
  let found: DecisionRecord | undefined;
  for await (const decision of decisions) {
    graph.add(decision);
    if (found === undefined) {
      if (!isNamed(decision, wanted)) continue;
      found = decision;
      for (const [index, edges] of graph.behind(decision)) {
        const source = graph.at(index);
        if (source !== undefined) followsFrom.push({ decision: source, edges });
      }
      continue;
    }
    const edges = graph.behind(decision).get(found.index);
    if (edges !== undefined) ledTo.push({ decision, edges });
  }
  if (found === undefined) return undefined;
  followsFrom.sort((one, other) => other.decision.index - one.decision.index);
  return { decision: found, followsFrom, ledTo };
}

/** A decision is named by the index of its record, by its hash, or by `bubble://dr/…`. */
export function isNamed({ id, index }: DecisionRecord, wanted: string): boolean {
  return String(index) === wanted || id === wanted || id.endsWith(`/${wanted}`);
}
