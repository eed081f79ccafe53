import type { Attestation } from "../chart/native-guard.ts";
import type { Effect } from "../reduce/document.ts";

/** Wall clock. Nothing else in the engine knows the time. */
export interface Clock {
  /** ms since the epoch; may jump either way. */
  now(): number;
  /** Calls `wake` once at or after `at` (ms); the answer cancels it. Late is fine, early is not. */
  wakeAt(at: number, wake: () => void): () => void;
}

/** One batch, appended whole or not at all. */
export interface JournalBatch {
  readonly firstIndex: number;
  /** Canonical texts of the records. */
  readonly records: readonly string[];
  /** Of the writer: an append under an older term than the journal has seen fails (K8). */
  readonly term: number;
}

/**
 * The append-only log on something durable. `append` resolves only when every byte of the batch would survive the
 * loss of power; after it rejected with `failed`, nothing more may be appended until it is opened again.
 */
export interface Journal {
  /** Records that are durable: 0 … size − 1. */
  readonly size: number;
  readonly term: number;
  append(batch: JournalBatch): Promise<void>;
  /** Texts of records from `from` on, at most `limit`. */
  read(from: number, limit: number): Promise<readonly string[]>;
  /** Newest readable snapshot's bytes by descending index, or none; see `log/snapshot.ts`. */
  latestSnapshot(): Promise<StoredSnapshot | undefined>;
  saveSnapshot(snapshot: StoredSnapshot): Promise<void>;
}

/** A manifest and the chunks that it names, by content (see `log/snapshot.ts`). */
export interface StoredSnapshot {
  readonly manifest: string;
  chunk(hash: string): Promise<string | undefined>;
}

/** How a journal says no. `full` passes once there is room; `failed` fences; `term` means that somebody else writes. */
export type JournalErrorCode = "full" | "failed" | "term" | "corrupt";

/** Keys and signatures; may work elsewhere (worker threads) and answer late. */
export interface Crypto {
  /** In order; never rejects for a bad signature. */
  verify(attestations: readonly Attestation[]): Promise<readonly boolean[]>;
  /** The node's own signature over `bytes`: 64 bytes, deterministic. */
  sign(bytes: Uint8Array): Uint8Array;
  /** The node's identity, `hmmm:pubkey:…`. */
  readonly node: string;
}

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
}

/** What leaves the engine, after it is durable and never before (K5). Must not throw and must not block. */
export interface Transport {
  /** Each durable record once, in order of index. */
  publish(index: number, text: string, leaf: string): void;
  /** An open effect to be carried out by `owner`; again after each restart, so executors are idempotent by id. */
  dispatch(effect: Effect): void;
  /** The effect is closed: whoever still works on it may stop. */
  withdraw(effectId: string): void;
}
