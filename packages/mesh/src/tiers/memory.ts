import type { Hasher } from "@swoosh/kernel/values";
import { createDraws, seedOf, type Draws } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology, type Topology } from "../shards/topology.ts";
import { cosine, type VectorKey } from "../shards/vector-key.ts";
import { decodeItem, encodeItem, type MemoryItem } from "./memory-item.ts";
import { mostUsed, NO_USAGE, usedAt, type Usage } from "./usage.ts";

/** Tier 3: bytes by their hash. What `put` has returned from survives a crash. */
export interface LongTermStore {
  put(hash: string, text: string): void;
  get(hash: string): string | undefined;
  /** Hashes in order of UTF-16 units. */
  list(): readonly string[];
}

/** Where memories lie in the mesh: all of tier 2 that must be found again in another process. */
export interface MemoryState {
  readonly side: number;
  readonly seed: number;
  readonly tick: number;
  readonly dead: readonly number[];
  readonly residents: readonly (readonly [
    cell: number,
    hash: string,
    score: number,
    tick: number,
  ])[];
}

/** A memory that was found, how like it is, and where. */
export interface Recalled {
  readonly hash: string;
  readonly item: MemoryItem;
  readonly cosine: number;
  /** 1 working, 2 in a cell of the mesh, 3 from disk. */
  readonly tier: 1 | 2 | 3;
  /** Cell that held it; −1 for tiers 1 and 3. */
  readonly cell: number;
  /** Hops of the query through the mesh. */
  readonly hops: number;
}

/** Memories asked for last, kept at hand. */
const WORKING_MAX = 32;
/** Memories of one cell; the least used makes room. 768 codes each: 50 KB. */
const CELL_ITEMS_MAX = 64;
/** From here on a find in a cell is the thing itself and not merely the nearest. */
const SURE_COSINE_PERCENT = 95;
const TTL_TICKS = 4_096;
/** Cells a side of the mesh that memories settle in. */
export const MEMORY_SIDE_DEFAULT = 10;

/**
 * Three tiers of memory over one mesh. Tier 1 is what was asked for last, tier 2 shards that rest in cells, found by
 * routing the query hop by hop, tier 3 everything on disk by its hash. A memory is in tier 3 before `remember` returns;
 * what tier 2 loses with its cells is found in tier 3 and put into a living cell again.
 */
export class Memory {
  readonly #hasher: Hasher;
  readonly #store: LongTermStore;
  readonly #topology: Topology;
  readonly #seed: number;
  readonly #mesh: ShardMesh;
  readonly #draws: Draws;
  readonly #residents: Map<string, Usage>[];
  readonly #working = new Map<string, Usage>();
  readonly #items = new Map<string, MemoryItem>();
  /** What could not be read of tier 3, by hash. */
  readonly damaged = new Map<string, string>();
  #arrival: { readonly cell: number; readonly hops: number } | undefined;
  #clock: number;

  /**
   * A memory over the store that is `given`; where a state is given too, its mesh is that of the state. Nothing is read
   * from the store yet.
   */
  constructor(given: {
    readonly hasher: Hasher;
    readonly store: LongTermStore;
    readonly state?: MemoryState;
  }) {
    const {
      side = MEMORY_SIDE_DEFAULT,
      seed = 1,
      tick = 0,
      dead = [],
      residents = [],
    } = given.state ?? {};
    this.#hasher = given.hasher;
    this.#store = given.store;
    this.#seed = seed;
    this.#topology = createTopology({ width: side, height: side });
    this.#mesh = new ShardMesh({
      topology: this.#topology,
      summaries: gossipedSummaries(this.#topology, { seed, rounds: GOSSIP_ROUNDS }),
      seed,
      onDeliver: (shard, cell) => {
        this.#arrival = { cell, hops: shard.hops };
      },
    });
    this.#clock = tick;
    this.#draws = createDraws(seedOf(seed, tick));
    this.#residents = Array.from({ length: this.#topology.cells }, () => new Map<string, Usage>());
    for (const cell of dead) this.#mesh.kill(cell);
    for (const [cell, hash, score, usedTick] of residents)
      this.#residents[cell]?.set(hash, { score, tick: usedTick });
  }

  state(): MemoryState {
    const cells = [...this.#residents.keys()];
    return {
      side: this.#topology.width,
      seed: this.#seed,
      tick: this.#clock,
      dead: cells.filter((cell) => !this.#mesh.isAlive(cell)),
      residents: cells.flatMap((cell) =>
        [...(this.#residents[cell] ?? [])].map(
          ([hash, { score, tick }]) => [cell, hash, score, tick] as const,
        ),
      ),
    };
  }

  /** `item` is durable in tier 3 when it returns. Gives the memory's hash and the cell where it rests; −1 if no cell lives. */
  remember(item: MemoryItem): {
    readonly hash: string;
    readonly cell: number;
    readonly hops: number;
  } {
    const { hash, text } = encodeItem(this.#hasher, item);
    this.#store.put(hash, text);
    this.#items.set(hash, decodeItem(this.#hasher, hash, text));
    const there = this.#route(item.key, hash);
    if (there !== undefined) this.#settle(there.cell, hash);
    return { hash, cell: there?.cell ?? -1, hops: there?.hops ?? 0 };
  }

  /**
   * The memories most like the key, best first, each from the nearest tier that has it. Of the model that is `given` alone;
   * one from all tiers unless said otherwise.
   */
  recall(
    key: VectorKey,
    given: {
      readonly model: string;
      readonly count?: number;
      readonly tiers?: readonly (1 | 2 | 3)[];
    },
  ): readonly Recalled[] {
    const { model, count = 1, tiers = [1, 2, 3] } = given;
    const found = new Map<string, Recalled>();
    const there = tiers.includes(2) ? this.#route(key, "query") : undefined;
    const consider = (hash: string, tier: 1 | 2 | 3, cell: number): void => {
      if (found.has(hash)) return;
      const item = this.#item(hash);
      if (item === undefined || item.model !== model) return;
      found.set(hash, {
        hash,
        item,
        cosine: cosine(item.key, key),
        tier,
        cell,
        hops: there?.hops ?? 0,
      });
    };
    if (tiers.includes(1)) for (const hash of this.#working.keys()) consider(hash, 1, -1);
    if (there !== undefined) {
      for (const cell of [there.cell, ...(this.#topology.neighbours[there.cell] ?? [])]) {
        if (!this.#mesh.isAlive(cell)) continue;
        for (const hash of this.#residents[cell]?.keys() ?? []) consider(hash, 2, cell);
      }
    }
    const isSure = [...found.values()].some((one) => one.cosine * 100 >= SURE_COSINE_PERCENT);
    if (tiers.includes(3) && (!isSure || count > 1))
      for (const hash of this.#store.list()) consider(hash, 3, -1);
    const best = [...found.values()]
      .sort((a, b) => b.cosine - a.cosine || (a.hash < b.hash ? -1 : 1))
      .slice(0, count);
    for (const one of best) this.#use(one);
    return best;
  }

  /** The cell dies, and what rested in it is gone from tier 2. */
  kill(cell: number): void {
    this.#mesh.kill(cell);
    this.#residents[cell]?.clear();
  }

  /** A new, empty cell in the place of a dead one. */
  heal(cell: number): void {
    this.#mesh.heal(cell);
  }

  /** So many `ticks` go by, which fades uses. */
  age(ticks: number): void {
    this.#clock += ticks;
  }

  get cells(): number {
    return this.#topology.cells;
  }

  /** Whether `cell` lives; MeshError `bad_config` where there is none of this number. */
  isAlive(cell: number): boolean {
    return this.#mesh.isAlive(cell);
  }

  /** Memories that rest in `cell`; 0 where there is no such cell. */
  residentCount(cell: number): number {
    return this.#residents[cell]?.size ?? 0;
  }

  /** Found again: fresher in its tier, at hand in tier 1, and back in a living cell if it had lost its own. */
  #use(one: Recalled): void {
    const { hash, cell, tier } = one;
    this.#working.set(hash, usedAt(this.#working.get(hash) ?? NO_USAGE, this.#clock));
    if (this.#working.size > WORKING_MAX) {
      const kept = new Set(mostUsed(this.#working, this.#clock, WORKING_MAX));
      for (const name of this.#working.keys()) if (!kept.has(name)) this.#working.delete(name);
    }
    if (tier === 2) this.#settle(cell, hash);
    if (tier !== 3) return;
    const there = this.#route(one.item.key, hash);
    if (there !== undefined) this.#settle(there.cell, hash);
  }

  #settle(cell: number, hash: string): void {
    const residents = this.#residents[cell];
    if (residents === undefined) return;
    residents.set(hash, usedAt(residents.get(hash) ?? NO_USAGE, this.#clock));
    if (residents.size <= CELL_ITEMS_MAX) return;
    // The newcomer has just been used, so the least used is another one.
    const kept = new Set(mostUsed(residents, this.#clock, CELL_ITEMS_MAX));
    for (const name of residents.keys()) if (!kept.has(name)) residents.delete(name);
  }

  /** Hop by hop from some living cell to the one that is most like the key. */
  #route(
    key: VectorKey,
    payload: string,
  ): { readonly cell: number; readonly hops: number } | undefined {
    const living = [...this.#residents.keys()].filter((cell) => this.#mesh.isAlive(cell));
    const entry = living[this.#draws.below(Math.max(1, living.length))];
    if (entry === undefined) return undefined;
    this.#arrival = undefined;
    if (!this.#mesh.inject({ cell: entry, key, payload, ttlTicks: TTL_TICKS }).accepted)
      return undefined;
    for (
      let tick = 0;
      tick < TTL_TICKS && this.#arrival === undefined && this.#mesh.counts().inFlight > 0;
      tick += 1
    )
      this.#mesh.tick();
    // Word of the arrival goes home, so that the window of the entry does not fill.
    for (let tick = 0; tick < this.#topology.width; tick += 1) this.#mesh.tick();
    this.#clock += 1;
    return this.#arrival;
  }

  #item(hash: string): MemoryItem | undefined {
    const known = this.#items.get(hash);
    if (known !== undefined || this.damaged.has(hash)) return known;
    const text = this.#store.get(hash);
    if (text === undefined) return undefined;
    try {
      const item = decodeItem(this.#hasher, hash, text);
      this.#items.set(hash, item);
      return item;
    } catch (error) {
      this.damaged.set(hash, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}

/** The field of summaries reaches across half of a mesh of 10×10. */
const GOSSIP_ROUNDS = 6;
