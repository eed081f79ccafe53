import { createEventWriter } from "../events/event-writer.ts";
import { LOG_SCHEMA, type GridEvent } from "../events/log-event.ts";
import { wayText } from "../events/state-text.ts";
import { createLoadDriver } from "../load/drive-load.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology } from "../shards/topology.ts";
import { createWire } from "../shards/wire.ts";

/** Side of the meshes whose logs are examined. */
export const SIDE = 5;

/** A log with the mesh that it came from. */
export interface Recording {
  readonly lines: readonly string[];
  readonly mesh: ShardMesh;
  /** The way of each shard that was delivered, as the shard itself carried it; never from the events. */
  readonly ways: ReadonlyMap<number, string>;
  /** Injections that were refused. */
  readonly rejected: number;
}

/** What is recorded: so many ticks, with so many shards always under way. */
export interface RecordOptions {
  readonly ticks: number;
  readonly shards: number;
  /** An automaton whose start stands in the log beside the mesh. */
  readonly grid?: GridEvent;
  /** Sees the mesh after each tick, and how many lines have led there. */
  readonly watch?: (mesh: ShardMesh, tick: number, lines: number) => void;
}

/**
 * A mesh under load, loss and deaths, with its whole log; `options` say for how long, under how much load, and who watches.
 * The same for the same `seed`.
 */
export function record(seed: number, options: RecordOptions): Recording {
  const { ticks, shards, grid, watch } = options;
  const topology = createTopology({ width: SIDE, height: SIDE });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  const writer = createEventWriter();
  const lines = [
    writer.line(
      { type: "begin", schema: LOG_SCHEMA, width: SIDE, height: SIDE, wraps: 1, reach: 8, seed },
      0,
    ),
  ];
  if (grid !== undefined) lines.push(writer.line(grid, 0));
  const ways = new Map<number, string>();
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    sendsPerTick: 8,
    wire: createWire(
      { lossPerMillion: 20_000, duplicatePerMillion: 10_000, delayTicksMax: 1 },
      seedOf(seed, 1),
    ),
    onEvent: (event, tick) => lines.push(writer.line(event, tick)),
    onDeliver: ({ id, at }) => ways.set(id, wayText(at)),
  });
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: seedOf(seed, 2),
    shape: { kind: "closed", shards },
  });
  const draws = createDraws(seedOf(seed, 3));
  for (let tick = 1; tick <= ticks; tick += 1) {
    driver.tick();
    if (tick % 40 === 0) mesh.kill(draws.below(topology.cells));
    if (tick % 40 === 20) for (let cell = 0; cell < topology.cells; cell += 1) mesh.heal(cell);
    watch?.(mesh, tick, lines.length);
  }
  const { injected, delivered, inFlight } = mesh.counts();
  lines.push(writer.line({ type: "close", injected, delivered, inFlight }, mesh.tickNumber));
  return { lines, mesh, ways, rejected: driver.rejected };
}
