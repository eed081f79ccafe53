import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { ValueHash } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { Head } from "./document.ts";
import { genesisOf } from "./genesis.ts";
import type { Genesis } from "./genesis.ts";
import { IdentityIndex } from "./identity-index.ts";
import type { Accepted, ClockBounds, State } from "./state.ts";
import type { World } from "./world.ts";

/**
 * A world with the records of one batch on top, before they are durable. Owns what the batch adds and never touches the
 * world below; `commit` applies the batch to it, dropping the overlay drops the batch.
 */
export class Overlay implements State {
  readonly registry: IdentityIndex;
  readonly #base: World;
  readonly #heads = new Map<string, Head>();
  readonly #current = new Map<string, CompiledChart>();
  readonly #charts = new Map<ValueHash, CompiledChart>();
  readonly #batch: Accepted[] = [];
  #genesis: Genesis | null = null;

  constructor(base: World) {
    this.#base = base;
    this.registry = new IdentityIndex(base.registry);
  }

  get origin(): string {
    return (this.#genesis ?? this.#base).origin;
  }

  get bounds(): ClockBounds {
    return (this.#genesis ?? this.#base).bounds;
  }

  get flags(): readonly number[] {
    return (this.#genesis ?? this.#base).flags;
  }

  get node(): string {
    return (this.#genesis ?? this.#base).node;
  }

  /** Accepted records on top of the world, in order. */
  get batch(): readonly Accepted[] {
    return this.#batch;
  }

  head(instance: string): Head | undefined {
    return this.#heads.get(instance) ?? this.#base.head(instance);
  }

  chart(name: string): CompiledChart | undefined {
    return this.#current.get(name) ?? this.#base.chart(name);
  }

  chartByHash(hash: ValueHash): CompiledChart | undefined {
    return this.#charts.get(hash) ?? this.#base.chartByHash(hash);
  }

  /** Lays one more record on top. */
  apply(accepted: Accepted): void {
    const { record, heads, installed } = accepted;
    const index = this.#base.end.size + this.#batch.length;
    assert(record.index === index, `K4: record ${record.index} is the batch's next, ${index}`);
    if (index === 0) this.#genesis = genesisOf(accepted);
    if (installed !== null) {
      this.#charts.set(installed.hash, installed);
      this.#current.set(installed.name, installed);
    }
    for (const head of heads) {
      this.#heads.set(head.document.meta.instance, head);
      this.registry.put(head);
    }
    this.#batch.push(accepted);
  }

  /** Applies the batch to the world below; the overlay is of no use afterwards. */
  commit(): void {
    for (const accepted of this.#batch) this.#base.apply(accepted);
    this.#batch.length = 0;
    this.#heads.clear();
  }
}
