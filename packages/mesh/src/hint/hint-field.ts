import type { Topology } from "../shards/topology.ts";
import { MeshError } from "../shards/mesh-error.ts";

/**
 * One number a cell, which its neighbours see: a trail that decays. Decay is lazy: a cell holds its value and the tick
 * at which it was right, and a table of powers does the rest, so that an idle cell costs nothing.
 */
export interface TrailField {
  /** Value now, 0 … 1. */
  at(cell: number, tick: number): number;
  /** Raises the cell by a share of what is missing to 1. */
  deposit(cell: number, tick: number): void;
}

/** Powers kept: what has decayed for longer is 0 to six digits at any half-life that makes sense. */
const POWERS = 4_096;

export function createTrailField(
  topology: Topology,
  given: { readonly decayPerMille: number; readonly depositPerMille: number },
): TrailField {
  const { decayPerMille, depositPerMille } = given;
  for (const [name, rate] of [
    ["decayPerMille", decayPerMille],
    ["depositPerMille", depositPerMille],
  ] as const) {
    if (!(rate >= 0 && rate <= 1_000))
      throw new MeshError("bad_config", `${name} ${rate}; give 0 … 1000`);
  }
  const values = new Float64Array(topology.cells);
  const stamps = new Int32Array(topology.cells);
  const powers = new Float64Array(POWERS).fill(1);
  for (let age = 1; age < POWERS; age += 1)
    powers[age] = ((powers[age - 1] ?? 0) * (1_000 - decayPerMille)) / 1_000;
  const at = (cell: number, tick: number): number => {
    const age = tick - (stamps[cell] ?? 0);
    return age < POWERS ? (values[cell] ?? 0) * (powers[age] ?? 0) : 0;
  };
  return {
    at,
    deposit(cell, tick) {
      const value = at(cell, tick);
      values[cell] = value + ((1 - value) * depositPerMille) / 1_000;
      stamps[cell] = tick;
    },
  };
}

/**
 * Potential of one sink, made by the cells alone: each is one more than the least of its neighbours, round after round.
 * After as many rounds as the way is long it is the number of hops left; a blocked cell has none.
 */
export interface PotentialField {
  /** Hops to the sink as far as the cell knows; a number above all distances where it knows nothing. */
  at(cell: number): number;
  /** One round of gossip: every cell looks at its neighbours once. */
  relax(isOpen: (cell: number) => boolean): void;
}

export function createPotentialField(topology: Topology, sink: number): PotentialField {
  const unknown = topology.cells;
  let values = new Int32Array(topology.cells).fill(unknown);
  values[sink] = 0;
  return {
    at: (cell) => values[cell] ?? unknown,
    relax(isOpen) {
      const next = new Int32Array(topology.cells).fill(unknown);
      for (let cell = 0; cell < topology.cells; cell += 1) {
        if (!isOpen(cell)) continue;
        let least = unknown;
        for (const beside of topology.neighbours[cell] ?? [])
          if (isOpen(beside)) least = Math.min(least, values[beside] ?? unknown);
        next[cell] = cell === sink ? 0 : Math.min(unknown, least + 1);
      }
      values = next;
    },
  };
}
