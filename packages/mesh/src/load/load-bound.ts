import type { Topology } from "../shards/topology.ts";

/** What no routing can pass, computed from the mesh alone and never from a measurement. Shards a tick. */
export interface LoadBound {
  /** Mean hops over ordered pairs of different living cells, by the shortest ways. */
  readonly meanHops: number;
  /** Sends: cells × sends a tick ÷ mean hops. */
  readonly capacity: number;
  /** The smaller of what the population allows and what the sends allow. */
  at(shards: number): number;
}

/** X(K) = min(K ÷ (h + s), C · N ÷ h): s = 1 tick between a delivery and the first hop of what is injected after it. */
export function loadBound(topology: Topology, sendsPerTick: number): LoadBound {
  const meanHops = meanDistance(topology);
  const capacity = (topology.cells * sendsPerTick) / meanHops;
  return {
    meanHops,
    capacity,
    at: (shards) => Math.min(shards / (meanHops + SERVICE_TICKS), capacity),
  };
}

/** Ticks beside its hops that a shard spends in a mesh without load. */
export const SERVICE_TICKS = 1;

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

/** Hops of the shortest ways, breadth first; −1 where none leads. For bounds and oracles: no router may call it. */
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
