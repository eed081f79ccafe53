import type { Topology } from "../shards/topology.ts";
import { MeshError } from "../shards/mesh-error.ts";

/**
 * One number a cell, which its neighbours see: a trail that decays. Decay is lazy: a cell holds its value and the tick
 * at which it was right, and a table of powers does the rest, so that an idle cell costs nothing.
 */
export interface TrailField {
  /** Value now, 0 … 1: v · λⁿ after n ticks without a deposit. */
  at(cell: number, tick: number): number;
  /** What a shard on its way is told: the value, or 0 once nothing was deposited for three half-lives. */
  shown(cell: number, tick: number): number;
  /** Raises the cell by a share of what is missing to 1. */
  deposit(cell: number, tick: number): void;
}

/** Powers kept: what has decayed for longer is 0 to six digits at any half-life that makes sense. */
const POWERS = 4_096;
/**
 * What is left of a trail, in thousandths, when it is not shown any more: an eighth, after three half-lives, as of the warmth
 * of a target that is forgotten. Nobody has gone that way for so long that the world may be another one, and however faint, a
 * number that is not 0 sends shards where nothing speaks for going. By age, not by strength: a fresh trail counts
 * though it was gone but once.
 */
export const FORGOTTEN_PER_MILLE = 125;

/**
 * A field over the cells of `topology` without a trail. MeshError `bad_config` where a rate that is `given` is not from 0 to
 * 1,000.
 */
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
  // A trail that does not decay is never forgotten.
  const forgotten = powers.findIndex((power) => power * 1_000 <= FORGOTTEN_PER_MILLE);
  const shownTicks = forgotten < 0 ? POWERS : forgotten;
  const within = (cell: number, tick: number, ticksMax: number): number => {
    const age = tick - (stamps[cell] ?? 0);
    return age < ticksMax ? (values[cell] ?? 0) * (powers[age] ?? 0) : 0;
  };
  const at = (cell: number, tick: number): number => within(cell, tick, POWERS);
  return {
    at,
    shown: (cell, tick) => within(cell, tick, shownTicks),
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
  /** One round of gossip: every cell looks at its neighbours once. Whether any of them learnt something. */
  relax(isOpen: (cell: number) => boolean): boolean;
}

/** A field over the cells of `topology` in which only the `sink`, a cell of it, knows where it is. */
export function createPotentialField(topology: Topology, sink: number): PotentialField {
  const { cells } = topology;
  const unknown = cells;
  let values = new Int32Array(cells).fill(unknown);
  let next = new Int32Array(cells);
  const shown = new Int32Array(cells);
  values[sink] = 0;
  return {
    at: (cell) => values[cell] ?? unknown,
    relax(isOpen) {
      for (let cell = 0; cell < cells; cell += 1)
        shown[cell] = isOpen(cell) ? (values[cell] ?? unknown) : CLOSED;
      let hasChanged = false;
      for (let cell = 0; cell < cells; cell += 1) {
        const own = values[cell] ?? unknown;
        next[cell] = own;
        // A cell that is blocked keeps what it knew: what blocks it may move on.
        if (cell === sink || shown[cell] === CLOSED) continue;
        let least = unknown;
        for (const beside of topology.neighbours[cell] ?? []) {
          const value = shown[beside] ?? unknown;
          if (value < least) least = value;
        }
        const learnt = least < unknown ? least + 1 : unknown;
        next[cell] = learnt;
        if (learnt !== own) hasChanged = true;
      }
      [values, next] = [next, values];
      return hasChanged;
    },
  };
}

/** Shown of a cell that cannot be entered: more than any number of hops. */
const CLOSED = 0x7fff_ffff;
