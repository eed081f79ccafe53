import { createDraws } from "../../seeded-draws.ts";
import { gossipedSummaries } from "../gossiped-summaries.ts";
import type { MeshEvent } from "../mesh-event.ts";
import type { Shard } from "../shard.ts";
import { ShardMesh } from "../shard-mesh.ts";
import type { ShardMeshOptions } from "../shard-mesh-options.ts";
import { createTopology } from "../topology.ts";

/** A mesh for tests, and what it told. */
export interface SmallMesh {
  readonly mesh: ShardMesh;
  readonly events: readonly (readonly [number, MeshEvent])[];
  readonly delivered: ReadonlyMap<
    number,
    { readonly shard: Shard; readonly cell: number; readonly tick: number }
  >;
  /** Injects between two cells. */
  send(cell: number, to: number, ttlTicks?: number): number;
  run(ticks: number): void;
}

/** A mesh of 5×5 cells on a torus, unless `given` otherwise, with everything that it says. */
export function smallMesh(
  given: Partial<ShardMeshOptions> & {
    readonly side?: number;
    readonly wraps?: boolean;
    readonly reach?: 4 | 8;
  } = {},
): SmallMesh {
  const { side = 5, wraps = true, reach = 8, seed = 1 } = given;
  const topology = createTopology({ width: side, height: side, wraps, reach });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  const events: (readonly [number, MeshEvent])[] = [];
  const delivered = new Map<number, { shard: Shard; cell: number; tick: number }>();
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    onEvent: (event, tick) => events.push([tick, event]),
    onDeliver: (shard, cell, tick) => delivered.set(shard.id, { shard, cell, tick }),
    ...given,
  });
  return {
    mesh,
    events,
    delivered,
    send(cell, to, ttlTicks = 1_000) {
      const key = summaries[to];
      if (key === undefined) throw new Error(`no cell ${to}`);
      const injected = mesh.inject({ cell, to, key, payload: "p", ttlTicks });
      if (!injected.accepted) throw new Error(injected.text);
      return injected.id;
    },
    run(ticks) {
      for (let tick = 0; tick < ticks; tick += 1) mesh.tick();
    },
  };
}

/**
 * `pairs` random pairs of different cells of `small`, all injected at once into living ones, drawn by `seed`. Gives the
 * shards' ids.
 */
export function sendRandomly(small: SmallMesh, seed: number, pairs: number): readonly number[] {
  const draws = createDraws(seed);
  const ids: number[] = [];
  const { cells } = small.mesh.topology;
  while (ids.length < pairs) {
    const [from, to] = [draws.below(cells), draws.below(cells)];
    if (from !== to && small.mesh.isAlive(from)) ids.push(small.send(from, to));
  }
  return ids;
}
