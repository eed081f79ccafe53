import { distancesFrom } from "../load/load-bound.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import type { Shard } from "../shards/shard.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import type { ShardMeshOptions } from "../shards/shard-mesh-options.ts";
import { createTopology } from "../shards/topology.ts";

/** Neighbours with shorter queues are preferred, by two hundredths of a cosine a shard. */
const SPREADING = { queue: 2 / 100, hint: 0 };

/** A mesh under load, and what it delivered: latency, distance, time. */
export interface LoadRig {
  readonly mesh: ShardMesh;
  readonly summaries: ReturnType<typeof gossipedSummaries>;
  readonly delivered: {
    readonly ticks: number;
    readonly distance: number;
    readonly tick: number;
  }[];
}

/**
 * A mesh of `side`² cells with summaries by `seed`, that keeps what it delivers, up to `limit`. What is `given` overrides
 * its own options.
 */
export function rigOf(
  side: number,
  seed: number,
  given: Partial<ShardMeshOptions>,
  limit = Number.POSITIVE_INFINITY,
): LoadRig {
  const topology = createTopology({ width: side, height: side });
  const summaries = gossipedSummaries(topology, { seed, rounds: side <= 8 ? 2 : 12 });
  const distances = new Map<number, Int32Array>();
  const delivered: LoadRig["delivered"] = [];
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    weights: SPREADING,
    onDeliver: (shard, cell, tick) => {
      if (delivered.length >= limit) return;
      const origin = originOf(shard);
      const from = distances.get(origin) ?? distancesFrom(topology, origin);
      distances.set(origin, from);
      delivered.push({ ticks: tick - shard.bornTick, distance: from[cell] ?? 0, tick });
    },
    ...given,
  });
  return { mesh, summaries, delivered };
}

function originOf(shard: Shard): number {
  let visit = shard.at;
  while (visit.earlier !== undefined) visit = visit.earlier;
  return visit.cell;
}
