import type { CompiledChart, IndexedHead, JournalReader, Kernel, State } from "@swoosh/kernel";
import type { ReadEngine } from "./read-node.ts";

/** What can be read: the durable state of one node and its log. A leader's is the engine's; a follower has its own. */
export interface ReadSource {
  readonly kernel: Kernel;
  readonly state: State;
  /** Durable records. */
  readonly size: number;
  /** Journal time of the last one, ms. */
  readonly at: number;
  /** The machine's clock, ms. */
  now(): number;
  head(instance: string): IndexedHead | undefined;
  /** In the order of their creation, without the first `from`. */
  instances(from: number): Iterable<string>;
  charts(): Iterable<CompiledChart>;
  records(from: number, limit: number): Promise<readonly string[]>;
  /** For states of the past: records, snapshots, charts. */
  readonly journal: JournalReader;
}

/** Reads of an engine. Of a leader's: what was acknowledged before the read is in it, for it publishes before it answers. */
export function engineSource(given: {
  readonly kernel: Kernel;
  readonly engine: ReadEngine;
  readonly journal: JournalReader;
  readonly now: () => number;
}): ReadSource {
  const { engine, journal, kernel, now } = given;
  return {
    kernel,
    journal,
    now,
    get state() {
      return engine.state;
    },
    get size() {
      return engine.checkpoint().size;
    },
    get at() {
      return engine.status().at;
    },
    head: (instance) => engine.head(instance),
    instances: (from) => engine.instances(from),
    charts: () => engine.charts(),
    records: (from, limit) => engine.records(from, limit),
  };
}
