import { createDraws, type Draws } from "../seeded-draws.ts";
import type { ShardMesh } from "../shards/shard-mesh.ts";
import type { VectorKey } from "../shards/vector-key.ts";
import { MeshError } from "../shards/mesh-error.ts";

/** Uniform ordered pairs of different cells, the same for the same seed. */
export interface LoadOptions {
  readonly mesh: ShardMesh;
  readonly summaries: readonly VectorKey[];
  readonly seed: number;
  /** Closed loop: this many shards are always under way. Open loop: so many thousandths of a shard come each tick. */
  readonly shape:
    | { readonly kind: "closed"; readonly shards: number }
    | { readonly kind: "open"; readonly milliShardsPerTick: number };
}

/** Drives a mesh tick by tick. Whoever owns the mesh tells it of deliveries by the mesh's own counts. */
export interface LoadDriver {
  /** Injects what is due, then ticks the mesh. */
  tick(): void;
  /** Shards that were turned away at injection. */
  readonly rejected: number;
  /** Another rate from now on; for an open loop. */
  setRate(milliShardsPerTick: number): void;
}

/** Places tried for one shard of a closed loop before it waits for the next tick. */
const TRIES_MAX = 16;

/**
 * A driver that has injected nothing yet into the mesh of `options`. MeshError `bad_config` where its load is no whole
 * number from 0.
 */
export function createLoadDriver(options: LoadOptions): LoadDriver {
  const { mesh, summaries, shape } = options;
  const size = shape.kind === "closed" ? shape.shards : shape.milliShardsPerTick;
  if (!Number.isSafeInteger(size) || size < 0)
    throw new MeshError("bad_config", `a load of ${size}; give a whole number from 0`);
  const draws = createDraws(options.seed);
  let [rejected, rate, owed] = [0, shape.kind === "open" ? shape.milliShardsPerTick : 0, 0];
  const injectOne = (tries: number): void => {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const [from, to] = pairOf(draws, mesh);
      const key = summaries[to];
      if (key === undefined) return;
      if (mesh.inject({ cell: from, to, key, payload: "load", ttlTicks: LOAD_TTL_TICKS }).accepted)
        return;
      rejected += 1;
    }
  };
  return {
    tick() {
      if (shape.kind === "closed") {
        for (let missing = shape.shards - mesh.counts().inFlight; missing > 0; missing -= 1)
          injectOne(TRIES_MAX);
      } else {
        for (owed += rate; owed >= 1_000; owed -= 1_000) injectOne(1);
      }
      mesh.tick();
    },
    get rejected() {
      return rejected;
    },
    setRate(milliShardsPerTick) {
      rate = milliShardsPerTick;
    },
  };
}

/** So long that nothing expires unless it is stuck: an expiry is a drop. */
const LOAD_TTL_TICKS = 100_000;

function pairOf(draws: Draws, mesh: ShardMesh): readonly [number, number] {
  const { cells } = mesh.topology;
  const from = draws.below(cells);
  const other = draws.below(cells - 1);
  return [from, other < from ? other : other + 1];
}
