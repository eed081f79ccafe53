import type { ValueHash } from "../hash.ts";
import { beginSnapshot } from "../log/snapshot.ts";
import type { SnapshotChart, SnapshotFacts, SnapshotManifest } from "../log/snapshot-manifest.ts";
import { assertDurable } from "./invariants.ts";
import type { DurableState } from "./durable-state.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { JournalError } from "./journal-error.ts";
import type { Journal } from "./ports.ts";

export type SnapshotResult =
  | { readonly kind: "taken"; readonly index: number }
  /** Nothing is lost by it: the log stands for the state. */
  | { readonly kind: "failed"; readonly message: string };

/**
 * Takes snapshots one at a time. S1: a call is answered by a snapshot that was begun after it, and calls that come
 * while one is being taken share the next. S2: a chunk is left out only where a durable snapshot of this engine has it.
 * The documents are immutable, so writing goes on beside the loop, chunk by chunk; grouping them is done in one go.
 */
export class SnapshotTaker {
  readonly #kernel: EngineKernel;
  readonly #journal: Journal;
  readonly #durable: DurableState;
  #previous: SnapshotManifest | null = null;
  #running: Promise<SnapshotResult> | null = null;
  #next: Promise<SnapshotResult> | null = null;

  constructor(kernel: EngineKernel, journal: Journal, durable: DurableState) {
    this.#kernel = kernel;
    this.#journal = journal;
    this.#durable = durable;
  }

  /** Index of the last one that this engine stored. */
  get lastIndex(): number | null {
    return this.#previous?.lastAppliedIndex ?? null;
  }

  take(): Promise<SnapshotResult> {
    if (this.#running === null) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<SnapshotResult> {
    const running = this.#take().finally(() => {
      this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #take(): Promise<SnapshotResult> {
    const facts = factsOf(this.#durable);
    assertDurable(facts.lastAppliedIndex, this.#journal.size);
    if (facts.lastAppliedIndex === this.lastIndex)
      return { kind: "taken", index: facts.lastAppliedIndex };
    const begun = beginSnapshot(
      this.#kernel.hasher,
      { facts, heads: this.#durable.world.heads() },
      this.#previous,
    );
    try {
      await this.#journal.saveSnapshot(begun);
    } catch (error) {
      if (error instanceof JournalError) return { kind: "failed", message: error.message };
      throw error;
    }
    this.#previous = begun.decoded;
    return { kind: "taken", index: begun.index };
  }
}

function factsOf(durable: DurableState): SnapshotFacts {
  const { end, state } = durable;
  return {
    at: end.at,
    bounds: state.bounds,
    charts: chartsOf(durable),
    flags: state.flags,
    frontier: durable.frontier(),
    lastAppliedHLC: durable.hlc,
    lastAppliedIndex: end.size - 1,
    leaf: end.leaf,
    node: state.node,
    origin: state.origin,
  };
}

/** Installed ones, and those that instances were moved to without being installed. */
function chartsOf({ world }: DurableState): readonly SnapshotChart[] {
  const charts = new Map<ValueHash, SnapshotChart>();
  for (const { hash, name } of world.charts())
    charts.set(hash, { current: world.chart(name)?.hash === hash, hash, name });
  for (const { document } of world.heads()) {
    const { chart: name, chart_hash: hash } = document.meta;
    if (!charts.has(hash)) charts.set(hash, { current: false, hash, name });
  }
  return [...charts.values()];
}
