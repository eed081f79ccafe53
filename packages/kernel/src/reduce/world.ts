import type { CompiledChart } from "../chart/compiled-chart.ts";
import { NO_LEAF } from "../hash.ts";
import type { LeafHash, ValueHash } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { IndexedHead } from "./document.ts";
import { genesisOf } from "./genesis.ts";
import { IdentityIndex } from "./identity-index.ts";
import type { Accepted, ClockBounds, State } from "./state.ts";

/** Compiled charts by hash, from wherever their normal forms are kept: records name charts by hash alone. */
export type ChartSource = (hash: ValueHash) => CompiledChart | undefined;

/** What a snapshot must give back for a world to go on from it. */
export interface WorldSnapshot {
  readonly origin: string;
  readonly bounds: ClockBounds;
  readonly flags: readonly number[];
  readonly node: string;
  /** In order of installation: of several with one name the last is the current one. */
  readonly charts: Iterable<CompiledChart>;
  readonly heads: Iterable<IndexedHead>;
  readonly end: LogEnd;
}

/** Where the next record goes. */
export interface LogEnd {
  /** Records applied: index of the next. */
  readonly size: number;
  /** Leaf hash of the last record. */
  readonly leaf: LeafHash;
  /** Journal time of the last record, ms. */
  readonly at: number;
}

/**
 * The fold of the journal: heads, charts, identities, and where the log ends. Owns all of it; `apply` alone changes it,
 * record by record in order of index. Knows nothing of what is durable.
 *
 * W1 each head is the last one that a record gave its instance.
 * W2 `end` moves by one record at a time, and its time never goes back (K2, K4).
 * W3 nothing but record 0 sets origin, bounds, flags and node.
 */
export class World implements State {
  origin = "";
  bounds: ClockBounds = { behindMs: 0, aheadMs: 0 };
  flags: readonly number[] = [];
  node = "";
  end: LogEnd = { size: 0, leaf: NO_LEAF, at: 0 };
  readonly registry = new IdentityIndex();
  readonly #source: ChartSource;
  readonly #heads = new Map<string, IndexedHead>();
  readonly #current = new Map<string, CompiledChart>();
  readonly #charts = new Map<ValueHash, CompiledChart>();

  /** The world before record 0. */
  constructor(source: ChartSource) {
    this.#source = source;
  }

  static restore(source: ChartSource, snapshot: WorldSnapshot): World {
    const world = new World(source);
    world.origin = snapshot.origin;
    world.bounds = snapshot.bounds;
    world.flags = snapshot.flags;
    world.node = snapshot.node;
    world.end = snapshot.end;
    for (const chart of snapshot.charts) world.#install(chart);
    for (const head of snapshot.heads) world.#put(head);
    return world;
  }

  head(instance: string): IndexedHead | undefined {
    return this.#heads.get(instance);
  }

  chart(name: string): CompiledChart | undefined {
    return this.#current.get(name);
  }

  /** Charts that are installed, and before that those at hand: record 0 names its chart by hash. */
  chartByHash(hash: ValueHash): CompiledChart | undefined {
    return this.#charts.get(hash) ?? this.#source(hash);
  }

  /** Heads in the order in which their instances were created. */
  heads(): IterableIterator<IndexedHead> {
    return this.#heads.values();
  }

  get headCount(): number {
    return this.#heads.size;
  }

  /** Installed charts, the last installed last. */
  charts(): IterableIterator<CompiledChart> {
    return this.#charts.values();
  }

  apply(accepted: Accepted): void {
    const { record, heads, installed } = accepted;
    const { end } = this;
    assert(record.index === end.size, `K4: record ${record.index} comes after ${end.size} records`);
    assert(record.prev === end.leaf, `K4: record ${record.index} names the last leaf`);
    assert(record.at >= end.at, `K2: time goes from ${end.at} to ${record.at} at ${record.index}`);
    if (record.index === 0) this.#begin(accepted);
    if (installed !== null) this.#install(installed);
    for (const { document, hash } of heads) this.#put({ document, hash, index: record.index });
    this.end = { size: end.size + 1, leaf: accepted.leaf, at: record.at };
  }

  #begin(accepted: Accepted): void {
    const { origin, bounds, flags, node } = genesisOf(accepted);
    this.origin = origin;
    this.bounds = bounds;
    this.flags = flags;
    this.node = node;
  }

  #install(chart: CompiledChart): void {
    this.#charts.delete(chart.hash);
    this.#charts.set(chart.hash, chart);
    this.#current.set(chart.name, chart);
  }

  #put(head: IndexedHead): void {
    this.#heads.set(head.document.meta.instance, head);
    this.registry.put(head);
  }
}
