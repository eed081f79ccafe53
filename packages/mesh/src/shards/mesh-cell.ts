import type { Shard } from "./shard.ts";

/** A shard that was sent and whose copy is kept: until the next cell has it (`sent`), and until it has gone on (`held`). */
export interface Kept {
  readonly shard: Shard;
  readonly to: number;
  /** The hop that the data frame makes: the acknowledgement names it. */
  readonly hops: number;
  state: "sent" | "held";
  /** Next try while `sent`, the end of keeping while `held`. */
  dueTick: number;
}

/** What one cell holds. Nobody else reads it; neighbours see its summary. */
export interface MeshCell {
  alive: boolean;
  /** Waiting to go on, first come first served. */
  readonly queue: Shard[];
  readonly kept: Map<number, Kept>;
  /** Last hop accepted of each shard, to know one that comes again. */
  readonly accepted: Map<number, { readonly hops: number; readonly tick: number }>;
  /** Shards that began here and of whose end nothing was heard, with the tick at which they must have ended. */
  readonly outstanding: Map<number, number>;
}

/** A cell that lives and holds nothing. */
export function createMeshCell(): MeshCell {
  return {
    alive: true,
    queue: [],
    kept: new Map(),
    accepted: new Map(),
    outstanding: new Map(),
  };
}

/** Calls `see` with the ids of all copies in a cell; of every cell at every tick, so without an iterator. */
export function seeCopies(cell: MeshCell, see: (id: number) => void): void {
  for (const { id } of cell.queue) see(id);
  for (const id of cell.kept.keys()) see(id);
}
