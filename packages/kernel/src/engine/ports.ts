import type { Attestation } from "../chart/native-guard.ts";
import type { ValueHash } from "../hash.ts";
import type { Effect } from "../reduce/document.ts";
import type { KeyDigest } from "./key-digest.ts";

/**
 * The only doors of the engine to the world. Each has one contract suite (`testing/*.contract.ts`) that every
 * implementation must pass; what a sentence here promises, a case there checks.
 */
export interface Ports {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly transport: Transport;
}

/** Wall clock. Nothing else in the engine knows the time. */
export interface Clock {
  /** ms since the epoch, an integer ≥ 0; may jump either way. */
  now(): number;
  /**
   * Calls `wake` once, never inside this call, when the clock reads `at` (ms) or more; the answer cancels it, and may
   * be called at any time. Late is fine, early is not. `wake` never throws.
   */
  wakeAt(at: number, wake: () => void): () => void;
}

/** One batch, appended whole or not at all. */
export interface JournalBatch {
  readonly firstIndex: number;
  /** Canonical texts of the records; at least one. */
  readonly records: readonly string[];
  /** Of the writer: an append under an older term than the journal has seen fails (K8). */
  readonly term: number;
}

/**
 * The append-only log on something durable. Every rejection is a `JournalError`.
 *
 * `append` resolves only when every byte of the batch would survive the loss of power. After `full` nothing of the
 * batch is in the journal and the same batch may be tried again. After `failed` or `term` nobody knows whether the batch
 * is in, and every later append rejects until the journal is opened again.
 */
export interface Journal {
  /** Records that are durable: 0 … size − 1. Grows only by an append that resolves. */
  readonly size: number;
  /** Term of this writer, given at opening; higher than that of every writer before. */
  readonly term: number;
  append(batch: JournalBatch): Promise<void>;
  /** Texts of durable records from `from` on, in order, at most `limit`; none at or beyond `size`. */
  read(from: number, limit: number): Promise<readonly string[]>;
  /** Snapshots, newest first. Whether they can be read is found by reading them. */
  snapshots(): Promise<readonly StoredSnapshot[]>;
  /** Resolves when the manifest and all its chunks are durable; chunks that are there already are not written again. */
  saveSnapshot(snapshot: SnapshotFiles): Promise<void>;
  /** Text stored under its value hash (normal forms of charts), or undefined. */
  evidence(hash: ValueHash): Promise<string | undefined>;
  /** Resolves when `text` is durable under `hash`. The same pair again is fine. */
  saveEvidence(hash: ValueHash, text: string): Promise<void>;
  /**
   * The idempotency keys of its records, where it has an index of them that outlives the process; one for the whole life
   * of this writer. null: the engine reads every record at each start, and holds all keys in memory.
   */
  keys(): Promise<KeyIndex | null>;
}

/**
 * Which record an idempotency key led to. Holds what the durable records say and nothing else, and can be made anew from
 * them at any time; what is damaged in it is made anew, never answered from. `find` and `add` throw a `JournalError` where
 * not even the records can be read.
 */
export interface KeyIndex {
  /** The keys of records 0 … size − 1 are in it. At opening it may be anything from 0 to the journal's size. */
  readonly size: number;
  /** Index of the record that a key with this digest led to. Whoever answers from that record compares its key first. */
  find(digest: KeyDigest): number | undefined;
  /** Record `size` is durable; `digest` is that of its key, null where nobody can ask for it. K6: no digest twice. */
  add(digest: KeyDigest | null): void;
}

/** What reading alone needs of a journal: also one that others write. */
export type JournalReader = Pick<Journal, "size" | "read" | "snapshots" | "evidence">;

/** A manifest and the chunks that it names, by content (see `log/snapshot.ts`). */
export interface StoredSnapshot {
  readonly manifest: string;
  /** The chunk's text, or undefined where it is missing or cannot be read. */
  chunk(hash: string): Promise<string | undefined>;
}

export interface SnapshotFiles {
  /** Of the last record in it. */
  readonly index: number;
  /** By hash. Walked to the end, once: they may be made as they are asked for, so that nobody holds all of them. */
  readonly chunks: Iterable<readonly [hash: string, text: string]>;
  /** Read after `chunks` was walked: it may not be known before. */
  readonly manifest: string;
}

/** Keys and signatures; may work elsewhere (worker threads) and answer late. */
export interface Crypto {
  /**
   * One answer for each, in order. A signature holds if `payload_hash` is the value hash of `payload` and Ed25519
   * (strict: RFC 8032, canonical and no small-order points, S < L, cofactorless) accepts the DSSE encoding
   * (`dsse.ts`) of `type` and the canonical bytes of `payload`. Evidence holds if those bytes are stored here.
   * Never rejects for junk: that is false.
   */
  verify(attestations: readonly Attestation[]): Promise<readonly boolean[]>;
  /**
   * Of one signature over a text that the caller has in canonical form already: does Ed25519, as above, accept the DSSE
   * encoding of `type` and `body`? Saves writing and hashing the payload a second time for every proposal. May be left out.
   */
  holds?(signed: SignedText): Promise<boolean>;
  /** The node's own signature over `bytes`: 64 bytes, deterministic. */
  sign(bytes: Uint8Array): Uint8Array;
  /** The node's identity, `hmmm:pubkey:…`. */
  readonly node: string;
}

/** A signature with the very text that it is over. */
export interface SignedText {
  /** `hmmm:pubkey:…` */
  readonly key: string;
  /** DSSE payload type. */
  readonly type: string;
  readonly body: string;
  /** base64url, no padding, of 64 bytes. */
  readonly signature: string;
}

export interface Random {
  /** `count` unpredictable bytes, in an array that nobody else holds. */
  bytes(count: number): Uint8Array;
}

/** What leaves the engine, after it is durable and never before (K5). Must not throw, block, or call the engine back. */
export interface Transport {
  /** Each record once after it became durable, in order of index; never those that were durable at opening. */
  publish(index: number, text: string, leaf: string): void;
  /** An open effect to be carried out by `owner`; again after each restart, so executors are idempotent by id. */
  dispatch(effect: Effect): void;
  /** The effect is closed: whoever still works on it may stop. */
  withdraw(effectId: string): void;
}
