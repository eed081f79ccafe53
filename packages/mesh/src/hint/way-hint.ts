import type { Topology } from "../shards/topology.ts";
import { createTrailField } from "./hint-field.ts";
import { createHotPotentials, type HotSettings } from "./hot-potentials.ts";

/** How much a way is marked, how it fades, what it is worth. */
export interface WayHintSettings extends HotSettings {
  readonly depositPerMille: number;
  /** What a full trail is worth, in thousandths of a cosine. */
  readonly trailPerMille: number;
}

/**
 * What was delivered teaches the cells where to send what comes next: a trail on its way, and, for a target that much goes
 * to, a potential. In cosines, for the router's weight 1.
 */
export interface WayHint {
  /** Of a cell, for a shard that is addressed to `to`. */
  at(cell: number, to: number): number;
  /** A shard was delivered by these cells, its target the last one; without cells, only time has passed. */
  learn(way: readonly number[], tick: number): void;
  /** One round of gossip; whether any cell learnt something. */
  relax(isOpen: (cell: number) => boolean): boolean;
}

/** What a hop of a potential is worth, in cosines: more than all likeness, bonus and trail, for it knows the way. */
const HOP_WORTH = 10;

/**
 * A hint for the cells of `topology` that was taught nothing yet. MeshError `bad_config` where trail or potentials refuse
 * the `settings`.
 */
export function createWayHint(topology: Topology, settings: WayHintSettings): WayHint {
  const trail = createTrailField(topology, settings);
  const hot = createHotPotentials(topology, settings);
  const worth = settings.trailPerMille / 1_000;
  let now = 0;
  return {
    at(cell, to) {
      const hops = hot.at(cell, to);
      return hops === undefined ? trail.shown(cell, now) * worth : -hops * HOP_WORTH;
    },
    learn(way, tick) {
      now = tick;
      hot.forget(tick);
      for (const cell of way) trail.deposit(cell, tick);
      const target = way.at(-1);
      if (target !== undefined) hot.delivered(target, tick);
    },
    relax: (isOpen) => hot.relax(isOpen),
  };
}
