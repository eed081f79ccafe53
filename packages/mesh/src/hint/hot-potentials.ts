import { MeshError } from "../shards/mesh-error.ts";
import type { Topology } from "../shards/topology.ts";
import {
  createPotentialField,
  createTrailField,
  FORGOTTEN_PER_MILLE,
  type PotentialField,
} from "./hint-field.ts";

/**
 * A potential for each target that much goes to. One number a cell has no direction where there are many targets: what
 * leads to one leads away from another. So a target that receives often says so, and every cell keeps for it one more
 * number, made by gossip with its neighbours alone; a target that grows cold is forgotten.
 *
 * H1 nobody announces a target but what was delivered to it. H2 a cell keeps at most `targetsMax` numbers.
 */
export interface HotPotentials {
  /** The target has received a shard. */
  delivered(target: number, tick: number): void;
  /** One round of gossip for every announced target; whether any cell learnt something. */
  relax(isOpen: (cell: number) => boolean): boolean;
  /** Ends what has grown cold. */
  forget(tick: number): void;
  /** Hops that the cell believes are left; more than there are cells where it knows nothing; undefined: not announced. */
  at(cell: number, target: number): number | undefined;
}

/** How many targets are kept, and how soon they grow cold. */
export interface HotSettings {
  /** Numbers that a cell keeps. */
  readonly targetsMax: number;
  readonly decayPerMille: number;
}

/** By how much of what is missing to 1 a delivery warms its target, and from where on it is hot: three close in time. */
const WARMTH_PER_MILLE = 100;
const HOT_PER_MILLE = 250;
/** From where on a target is forgotten: half of that, so that one late delivery does not end it. */
const COLD_PER_MILLE = FORGOTTEN_PER_MILLE;
const TARGETS_MAX = 64;

/**
 * Nothing announced yet in the cells of `topology`. MeshError `bad_config` where the number of targets or the decay in
 * `settings` is none.
 */
export function createHotPotentials(topology: Topology, settings: HotSettings): HotPotentials {
  const { targetsMax, decayPerMille } = settings;
  if (!Number.isSafeInteger(targetsMax) || targetsMax < 1 || targetsMax > TARGETS_MAX)
    throw new MeshError("bad_config", `targetsMax ${targetsMax}; give 1 … ${TARGETS_MAX}`);
  const warmth = createTrailField(topology, { decayPerMille, depositPerMille: WARMTH_PER_MILLE });
  const fields = new Map<number, PotentialField>();
  const open = new Uint8Array(topology.cells);
  // A decision asks for one target and all neighbours: it is looked up once. −1 after every change of `fields`.
  let askedTarget = -1;
  let asked: PotentialField | undefined;
  return {
    delivered(target, tick) {
      warmth.deposit(target, tick);
      if (fields.has(target) || warmth.at(target, tick) * 1_000 < HOT_PER_MILLE) return;
      askedTarget = -1;
      fields.set(target, createPotentialField(topology, target));
      if (fields.size <= targetsMax) return;
      // Of equals the one that was announced first.
      const coldest = [...fields.keys()].reduce((cold, one) =>
        warmth.at(one, tick) < warmth.at(cold, tick) ? one : cold,
      );
      fields.delete(coldest);
    },
    forget(tick) {
      askedTarget = -1;
      for (const target of fields.keys())
        if (warmth.at(target, tick) * 1_000 < COLD_PER_MILLE) fields.delete(target);
    },
    relax(isOpen) {
      let hasChanged = false;
      for (let cell = 0; cell < topology.cells; cell += 1) open[cell] = isOpen(cell) ? 1 : 0;
      const isSeenOpen = (cell: number): boolean => open[cell] === 1;
      for (const field of fields.values()) hasChanged = field.relax(isSeenOpen) || hasChanged;
      return hasChanged;
    },
    at(cell, target) {
      if (target !== askedTarget) {
        asked = fields.get(target);
        askedTarget = target;
      }
      return asked === undefined ? undefined : asked.at(cell);
    },
  };
}
