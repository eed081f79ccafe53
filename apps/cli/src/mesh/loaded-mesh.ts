import {
  createEventWriter,
  createLoadDriver,
  createTopology,
  gossipedSummaries,
  ShardMesh,
} from "@swoosh/mesh";

/** Shards that the load keeps under way. */
export const LOAD_SHARDS = 16;

export interface LoadedMesh {
  tick(): void;
  inFlight(): number;
  delivered(): number;
  /** Of the lines of all events so far; nobody keeps them. */
  eventBytes(): number;
}

/** `side`² cells with keys of 768 numbers under a steady load of 16 shards, every event written to a line. */
export function createLoadedMesh(side: number): LoadedMesh {
  const topology = createTopology({ width: side, height: side });
  const summaries = gossipedSummaries(topology, { seed: 1, rounds: 2 });
  const writer = createEventWriter();
  let bytes = 0;
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed: 1,
    sendsPerTick: 8,
    onEvent: (event, tick) => {
      bytes += writer.line(event, tick).length;
    },
  });
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: 2,
    shape: { kind: "closed", shards: LOAD_SHARDS },
  });
  return {
    tick: () => driver.tick(),
    inFlight: () => mesh.counts().inFlight,
    delivered: () => mesh.counts().delivered,
    eventBytes: () => bytes,
  };
}
