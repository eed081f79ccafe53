import type { CompiledChart } from "../chart/compiled-chart.ts";
import { EMPTY_FRONTIER } from "../log/tree.ts";
import type { IndexedHead } from "../reduce/document.ts";
import type { Accepted, State } from "../reduce/state.ts";
import { World, type LogEnd } from "../reduce/world.ts";
import { ChartShelf } from "./chart-shelf.ts";
import { chartsNamedBy } from "./charts-named-by.ts";
import { DurableState } from "./durable-state.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { IdempotencyIndex } from "./idempotency-index.ts";
import { JournalError } from "./journal-error.ts";
import { digestOfText } from "./key-digest.ts";
import type { Journal } from "./ports.ts";
import { recoverLog, type Recovery } from "./recover.ts";
import { SnapshotTaker, type SnapshotResult } from "./snapshot-taker.ts";

/** What became of a record that somebody else wrote; `problem` in words, where it is not what it must be. */
export type Replicated =
  | { readonly ok: true; readonly accepted: Accepted }
  | { readonly ok: false; readonly problem: string };

/**
 * A second state beside the one that writes a log: it decides every record again. Its own journal is appended to by the
 * caller, with the records that were taken, in order; a snapshot may be taken whenever nothing waits for that.
 *
 * R1 a record that was taken gave its own bytes again (K7), follows the one before (K4), and its key is new (K6).
 * R2 one that was refused has changed nothing.
 */
export class Replica {
  readonly #kernel: EngineKernel;
  readonly #shelf: ChartShelf;
  readonly #durable: DurableState;
  readonly #taker: SnapshotTaker;
  /** How the state was found at opening. */
  readonly recovery: Recovery;

  private constructor(
    kernel: EngineKernel,
    journal: Journal,
    start: {
      readonly durable: DurableState;
      readonly shelf: ChartShelf;
      readonly recovery: Recovery;
    },
  ) {
    this.#kernel = kernel;
    this.#shelf = start.shelf;
    this.#durable = start.durable;
    this.recovery = start.recovery;
    this.#taker = new SnapshotTaker(kernel, journal, start.durable);
  }

  /** From the journal's newest usable snapshot and the records after it; an empty journal is the state before record 0. */
  static async open(kernel: EngineKernel, journal: Journal): Promise<Replica> {
    // Of its own, in memory: records are taken before they are durable here, which the journal's own index must not know.
    const keys = new IdempotencyIndex();
    if (journal.size > 0)
      return new Replica(kernel, journal, await recoverLog(kernel, journal, keys));
    const shelf = new ChartShelf(kernel, journal);
    const world = new World((hash) => shelf.at(hash));
    const start = { world, frontier: EMPTY_FRONTIER, hlc: "" };
    const durable = new DurableState(kernel, start, keys);
    const recovery = { snapshotIndex: null, replayed: 0, skipped: [] };
    return new Replica(kernel, journal, { durable, shelf, recovery });
  }

  get state(): State {
    return this.#durable.state;
  }

  get end(): LogEnd {
    return this.#durable.end;
  }

  /** Records taken. */
  get size(): number {
    return this.#durable.size;
  }

  /** Index of the last record in the newest snapshot that was taken here. */
  get snapshotIndex(): number | null {
    return this.#taker.lastIndex;
  }

  /** Root of the tree of all records taken, 64 hex. */
  root(): string {
    return this.#durable.root();
  }

  head(instance: string): IndexedHead | undefined {
    return this.#durable.world.head(instance);
  }

  /** Of all instances, in the order of their creation; `from` leaves out as many. */
  *instances(from = 0): Generator<string, void, undefined> {
    let place = 0;
    for (const { document } of this.#durable.world.heads()) {
      if (place >= from) yield document.meta.instance;
      place += 1;
    }
  }

  /** Installed charts, the last installed last. */
  charts(): Iterable<CompiledChart> {
    return this.#durable.world.charts();
  }

  /**
   * Takes the next record. The normal forms of the charts that it names (`chartsNamedBy`) must be evidence by then. Rejects
   * with a `JournalError` where this machine's disk fails.
   */
  async take(text: string): Promise<Replicated> {
    try {
      for (const hash of chartsNamedBy(text))
        await this.#shelf.fetch(hash, (name) => this.state.chart(name)?.normal);
    } catch (error) {
      // What the own disk does says nothing of the record.
      if (!(error instanceof JournalError) || error.code !== "corrupt") throw error;
      return { ok: false, problem: error.message };
    }
    const replayed = this.#kernel.replay(this.#durable.world, text);
    if (!replayed.ok) {
      const { expected, field, found } = replayed;
      return { ok: false, problem: `${field}: the log says ${found}, replay gives ${expected}` };
    }
    const digest = digestOfText(this.#kernel.hasher, text);
    const before = digest === null ? undefined : this.#durable.keys.find(digest);
    if (before !== undefined)
      return { ok: false, problem: `its idempotency key stands for record ${before} already` };
    this.#durable.fold(replayed.accepted);
    return { ok: true, accepted: replayed.accepted };
  }

  /** Stores the state as it is. Every record that was taken must be durable by now. */
  snapshot(): Promise<SnapshotResult> {
    return this.#taker.take();
  }
}
