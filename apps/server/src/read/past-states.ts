import { JournalError, PastWorld, type IndexedHead } from "@swoosh/kernel";
import type { CompiledChart } from "@swoosh/kernel";
import { PAST_KEPT_MAX, PAST_QUEUE_MAX, PAST_RETRY_MS, PAST_WORLD_KEPT_MS } from "./limits.ts";
import type { ReadSource } from "./read-source.ts";
import { given, refused, type Reading } from "./reading.ts";

/** Head of an instance as it was after some record, with the chart that it ran under. */
export interface PastHead {
  readonly head: IndexedHead;
  readonly chart: CompiledChart;
}

/**
 * States of the past, rebuilt from snapshot and log one at a time. Owns the world that was rebuilt last, for a while, and
 * the heads that were asked for lately. Whoever comes while one is being rebuilt and another waits is told 429.
 */
export class PastStates {
  readonly #source: ReadSource;
  readonly #kept = new Map<string, PastHead | null>();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #world: PastWorld | null = null;
  #forget: NodeJS.Timeout | undefined;

  constructor(source: ReadSource) {
    this.#source = source;
  }

  /** The head after record `index`; undefined as value: the instance did not exist yet. */
  async headAt(instance: string, index: number): Promise<Reading<PastHead | undefined>> {
    const { size } = this.#source;
    if (index >= size)
      return refused(
        "bad_query",
        `at is ${index}; an index from 0 to ${size - 1}, the last record`,
      );
    const key = `${instance}@${index}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return given(kept ?? undefined);
    if (this.#waiting > PAST_QUEUE_MAX)
      return refused(
        "rate_limited",
        "another state of the past is being rebuilt, and one waits; ask again",
        { after_ms: PAST_RETRY_MS },
      );
    this.#waiting += 1;
    const mine = this.#last.then(() => this.#rebuild(instance, index));
    this.#last = mine.catch(() => {});
    try {
      const found = await mine;
      this.#keep(key, found ?? null);
      return given(found);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Gives back what it holds. */
  close(): void {
    clearTimeout(this.#forget);
    this.#world = null;
  }

  async #rebuild(instance: string, index: number): Promise<PastHead | undefined> {
    const { journal, kernel } = this.#source;
    clearTimeout(this.#forget);
    if (this.#world === null || this.#world.size > index + 1)
      this.#world = await PastWorld.before(kernel, journal, index);
    const world = this.#world;
    try {
      await world.advanceTo(index + 1, nextTurn);
    } catch (error) {
      this.#world = null;
      throw error;
    }
    this.#forget = setTimeout(() => (this.#world = null), PAST_WORLD_KEPT_MS);
    this.#forget.unref();
    const head = world.head(instance);
    if (head === undefined) return undefined;
    const chart = world.state.chartByHash(head.document.meta.chart_hash);
    if (chart === undefined)
      throw new JournalError("corrupt", `the chart of ${instance} at ${index} is not at hand`);
    return { head, chart };
  }

  #keep(key: string, head: PastHead | null): void {
    this.#kept.set(key, head);
    if (this.#kept.size <= PAST_KEPT_MAX) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
