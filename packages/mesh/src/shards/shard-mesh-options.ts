import type { chooseHop, RouterWeights } from "../router/choose-hop.ts";
import type { MeshEvent } from "./mesh-event.ts";
import type { Shard } from "./shard.ts";
import type { Topology } from "./topology.ts";
import type { VectorKey } from "./vector-key.ts";
import type { Wire } from "./wire.ts";

/** What a mesh is made of, and who listens. */
export interface ShardMeshOptions {
  readonly topology: Topology;
  /** Public summary of each cell. */
  readonly summaries: readonly VectorKey[];
  readonly seed: number;
  /** Shards that a cell can send in one tick; default 1. */
  readonly sendsPerTick?: number;
  readonly windowShards?: number;
  readonly weights?: RouterWeights;
  /** Hint of a cell, as its neighbours see it, for a shard with an address. */
  readonly hint?: (cell: number, to: number) => number;
  readonly wire?: Wire;
  readonly route?: typeof chooseHop;
  readonly onEvent?: (event: MeshEvent, tick: number) => void;
  /** Called when a shard's bytes are at a place. */
  readonly onDeliver?: (shard: Shard, cell: number, tick: number) => void;
}

/** The shard's id, or why it was turned away. */
export type Injection =
  | { readonly accepted: true; readonly id: number }
  | { readonly accepted: false; readonly reason: "window" | "dead"; readonly text: string };
