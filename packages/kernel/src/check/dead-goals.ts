import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { ExploredNode, Exploration } from "./explore.ts";
import { isOpen, type Goal } from "./goals.ts";

/** A goal that can never be met again from some node on. */
export interface DeadGoal {
  readonly goal: Goal;
  /** The first node, breadth first: its way is a shortest one. */
  readonly node: ExploredNode;
  /** Nodes like it. */
  readonly count: number;
}

/**
 * For each goal the nodes from which no sequence of events ever does something for it, though it is still open. Nodes that
 * were not expanded, or not wholly, count as if everything could still happen there, so a bound makes no false finding.
 */
export function deadGoals(chart: CompiledChart, exploration: Exploration): readonly DeadGoal[] {
  const { nodes, goals } = exploration;
  const before: number[][] = nodes.map(() => []);
  for (const node of nodes) for (const next of node.next) before[next]?.push(node.index);
  return goals.list.flatMap((goal, bit): readonly DeadGoal[] => {
    const isAlive = (node: ExploredNode): boolean =>
      !node.isExpanded || node.isCut || node.moves.has(bit);
    const idle = nodes.filter((node) => !isAlive(node) && isOpen(chart, goal, node.configuration));
    if (idle.length === 0) return [];
    const alive = new Set<number>();
    const open: number[] = [];
    for (const node of nodes) if (isAlive(node)) open.push(node.index);
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (alive.has(index)) continue;
      alive.add(index);
      open.push(...(before[index] ?? []));
    }
    const dead = idle.filter((node) => !alive.has(node.index));
    const [node] = dead;
    return node === undefined ? [] : [{ goal, node, count: dead.length }];
  });
}
