import type { Topology } from "../shards/topology.ts";

/** What no routing can pass, computed from the mesh alone and never from a measurement. Shards a tick. */
export interface LoadBound {
  /** Mean hops over ordered pairs of different living cells, by the shortest ways. */
  readonly meanHops: number;
  /** Sends: cells × sends a tick ÷ mean hops. */
  readonly capacity: number;
  /** Sends across a cut of the mesh in two ÷ the share of the pairs that must cross it; the scarcer way of the scarcer cut. */
  readonly bisection: number;
  /** The smallest of what the population, the sends and the cut allow. */
  at(shards: number): number;
}

/**
 * X(K) = min(K ÷ (h + s), C · N ÷ h, B): s = 1 tick between a delivery and the first hop of what is injected after it, B
 * what the cut in two lets across. `sendsPerTick`: hops that each cell of `topology` can make in a tick. All of its cells
 * count as living.
 */
export function loadBound(topology: Topology, sendsPerTick: number): LoadBound {
  const meanHops = meanDistance(topology);
  const capacity = (topology.cells * sendsPerTick) / meanHops;
  const bisection = bisectionOf(topology, sendsPerTick);
  return {
    meanHops,
    capacity,
    bisection,
    at: (shards) => Math.min(shards / (meanHops + SERVICE_TICKS), capacity, bisection),
  };
}

/** Ticks beside its hops that a shard spends in a mesh without load. */
export const SERVICE_TICKS = 1;

/**
 * Of uniform ordered pairs in a mesh of N cells, |S| · |T| ÷ (N · (N − 1)) begin in S and end in T; each needs a send at
 * least by a cell of S that is beside T. Cut between whole columns and between whole rows, in the middle.
 */
function bisectionOf(topology: Topology, sendsPerTick: number): number {
  const { cells, width, height, neighbours } = topology;
  const cuts = [
    (cell: number): boolean => cell % width < Math.floor(width / 2),
    (cell: number): boolean => Math.floor(cell / width) < Math.floor(height / 2),
  ];
  const bounds = cuts.flatMap((isFirst) => {
    const sides = neighbours.map((_, cell) => isFirst(cell));
    const [first, second] = [true, false].map((side) => ({
      cells: sides.filter((one) => one === side).length,
      edge: neighbours.filter(
        (beside, cell) => sides[cell] === side && beside.some((to) => sides[to] !== side),
      ).length,
    }));
    if (first === undefined || second === undefined) return [];
    const crossing = (first.cells * second.cells) / (cells * (cells - 1));
    return [first, second].map(({ edge }) => (edge * sendsPerTick) / crossing);
  });
  return Math.min(...bounds);
}

function meanDistance(topology: Topology): number {
  let [sum, pairs] = [0, 0];
  for (let from = 0; from < topology.cells; from += 1) {
    for (const distance of distancesFrom(topology, from)) {
      if (distance <= 0) continue;
      sum += distance;
      pairs += 1;
    }
  }
  return sum / pairs;
}

/**
 * Hops of the shortest ways through `topology` from the cell `from` to each cell, breadth first; −1 where none leads. A
 * cell can be entered where `isOpen` says so; all unless given. For bounds and oracles: no router may call it.
 */
export function distancesFrom(
  topology: Topology,
  from: number,
  isOpen: (cell: number) => boolean = () => true,
): Int32Array {
  const distances = new Int32Array(topology.cells).fill(-1);
  distances[from] = 0;
  const waiting = [from];
  for (const cell of waiting) {
    for (const beside of topology.neighbours[cell] ?? []) {
      if (distances[beside] !== -1 || !isOpen(beside)) continue;
      distances[beside] = (distances[cell] ?? 0) + 1;
      waiting.push(beside);
    }
  }
  return distances;
}
