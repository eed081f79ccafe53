import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { JsonObject } from "../json/json.ts";
import type { IndexedHead } from "../reduce/document.ts";
import type { State } from "../reduce/state.ts";
import type { Refused } from "../refusal.ts";
import type { Answer, RefusedAnswer } from "./answer.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { engineBounds, type EngineOptions } from "./engine-options.ts";
import type { Fence } from "./fence.ts";
import type { LaneBounds } from "./lanes.ts";
import { LiveEngine } from "./live-engine.ts";
import type { Ports } from "./ports.ts";
import { recover, type Recovery } from "./recover.ts";
import type { SnapshotResult } from "./snapshot-taker.ts";

/**
 * The kernel's one loop over its ports (kernel design §5). A turn takes the queue, reduces, appends, syncs once,
 * publishes, answers; the next turn's queue fills meanwhile. Everything that is shown here is durable (K5).
 */
export interface Engine {
  /**
   * A proposal on the wire (transition API), as the text of a body or as its value. Never rejects: what cannot be
   * taken is refused. A `fenced` answer leaves open whether the proposal was recorded: ask again with the same key.
   */
  propose(request: string | JsonObject, options?: ProposeOptions): Promise<Answer>;
  /**
   * What a proposal would be refused with if it came now, whatever it holds; null: it would be let in. Takes no place and
   * costs the same however full the engine is, so whoever stands before the engine asks this before any work of its own.
   */
  turnsAway(options?: Pick<ProposeOptions, "operator">): RefusedAnswer | null;
  /** Records that the node makes of itself. */
  readonly act: EngineActs;
  /** The durable state: heads, charts, identities. Changes under the reader between turns, never within one. */
  readonly state: State;
  /** A head with the index of the record that made it. */
  head(instance: string): IndexedHead | undefined;
  /** Of all instances, in the order of their creation; `from` leaves out as many. Use it within one turn. */
  instances(from?: number): Iterable<string>;
  /** Installed charts, the last installed last. */
  charts(): Iterable<CompiledChart>;
  /** Texts of durable records from `from` on, at most `limit`. */
  records(from: number, limit: number): Promise<readonly string[]>;
  /** Size and root of the log's tree; never beyond what is durable. */
  checkpoint(): { readonly size: number; readonly root: string };
  status(): EngineStatus;
  /** Stores the state as of some durable record that is not older than this call. Calls that overlap share one. */
  snapshot(): Promise<SnapshotResult>;
  /** Takes no more, answers all that is under way, takes a snapshot. Resolves at once where the engine is fenced. */
  stop(): Promise<void>;
  /** Resolves when the engine has fenced itself. */
  readonly fenced: Promise<Fence>;
}

export interface ProposeOptions {
  /** The same verdict, but nothing is recorded. */
  readonly dryRun?: boolean;
  /** The caller knows (a session's token) that the signer is an operator: it may use the reserved lane. */
  readonly operator?: boolean;
}

export interface EngineActs {
  /** New instances of this name get this chart from here on. The normal form is stored as evidence first. */
  installChart(chart: CompiledChart): Promise<Answer>;
  /** Moves an instance to another version of its chart, installed or not; `mapping` is recorded. */
  migrate(instance: string, to: CompiledChart, mapping: JsonObject): Promise<Answer>;
  /** Notes an instance's final hash. */
  seal(instance: string): Promise<Answer>;
}

export interface EngineStatus {
  readonly condition: "ok" | "degraded" | "fenced" | "stopped";
  /** What is wrong, in sentences; empty where all is well. */
  readonly problems: readonly string[];
  readonly fence: Fence | null;
  readonly origin: string;
  readonly term: number;
  /** Durable records. */
  readonly size: number;
  /** Journal time of the last one, ms. */
  readonly at: number;
  /** Under way, by lane. */
  readonly depths: LaneBounds;
  /** Timers that reduce refused, by instance. */
  readonly stuck: ReadonlyMap<string, Refused>;
  readonly snapshotIndex: number | null;
  readonly recovery: Recovery;
}

/**
 * Opens an engine on a journal: the newest readable snapshot and the records after it, or an older one, or the whole
 * log; an empty journal gets `options.genesis`. Rejects where the log cannot be what it was (a `JournalError` with code
 * `corrupt`, naming the index): it never starts on a state that it could not replay.
 */
export async function createEngine(
  kernel: EngineKernel,
  ports: Ports,
  options: EngineOptions = {},
): Promise<Engine> {
  const recovered = await recover(kernel, ports, options.genesis);
  return new LiveEngine({ kernel, ports, bounds: engineBounds(options), recovered });
}
