import { NO_CELL } from "../shards/mesh-event.ts";
import type { Shard } from "../shards/shard.ts";
import type { ShardMesh } from "../shards/shard-mesh.ts";
import { stateText } from "./state-text.ts";

/**
 * The state of a running mesh as `stateText` has it, read from what the cells really hold and never from the events: a
 * replay's digest is compared with it.
 */
export function liveState(mesh: ShardMesh): string {
  const { injected, delivered, expired, dropped, duplicates } = mesh.counts();
  const ended = expired + dropped.unreachable + dropped["cell-died"];
  const shards = new Map<number, { readonly shard: Shard; readonly copies: Map<number, Shard> }>();
  mesh.eachCopy((shard, cell, isPlaced) => {
    const known = shards.get(shard.id) ?? { shard, copies: new Map<number, Shard>() };
    shards.set(shard.id, known);
    if (isPlaced) known.copies.set(cell, shard);
  });
  const cells = Array.from({ length: mesh.topology.cells }, (_, cell) => cell);
  return stateText({
    counts: { injected, delivered, ended, duplicates },
    dead: cells.filter((cell) => !mesh.isAlive(cell)),
    shards: [...shards.values()].map(({ shard, copies }) => ({
      id: shard.id,
      payload: shard.payload,
      to: shard.to ?? NO_CELL,
      bornTick: shard.bornTick,
      ttlTicks: shard.ttlTicks,
      copies: [...copies.values()].map(({ at }) => at),
    })),
  });
}
