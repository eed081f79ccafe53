import type { Shard } from "./shard.ts";
import { cosine, type VectorKey } from "./vector-key.ts";

/** Cosines that are kept: 32 MB, however many cells there are; and the keys that they belong to at most. */
const COSINES_MAX = 4_194_304;
const KEYS_MAX = 4_096;

/** How like the cells' summaries are to shards' keys. Shards of one address share their key, a query lives as long as its shard. */
export class Affinities {
  readonly #summaries: readonly VectorKey[];
  readonly #known = new Map<number, Float64Array>();
  readonly #keysMax: number;

  constructor(summaries: readonly VectorKey[]) {
    this.#summaries = summaries;
    this.#keysMax = Math.max(
      1,
      Math.min(KEYS_MAX, Math.floor(COSINES_MAX / Math.max(1, summaries.length))),
    );
  }

  /**
   * Cosine of the key of `shard` with the summary of `cell`, −1 … 1; −1 where there is no such cell. Once computed it is
   * kept.
   */
  of(shard: Shard, cell: number): number {
    const name = shard.to ?? -shard.id;
    let known = this.#known.get(name);
    if (known === undefined) {
      if (this.#known.size >= this.#keysMax) this.#known.clear();
      known = new Float64Array(this.#summaries.length).fill(Number.NaN);
      this.#known.set(name, known);
    }
    let affinity = known[cell] ?? Number.NaN;
    if (Number.isNaN(affinity)) {
      const summary = this.#summaries[cell];
      affinity = summary === undefined ? -1 : cosine(summary, shard.key);
      known[cell] = affinity;
    }
    return affinity;
  }
}
