import { MeshError } from "../shards/mesh-error.ts";
import { quantise, type VectorKey } from "../shards/vector-key.ts";
import { EmbedFault, type Embedder } from "./embedder.ts";
import { truncate } from "./truncate.ts";

/** Bounds of a queue before an embedder, and what it asks of the world. */
export interface EmbedQueueOptions {
  readonly embedder: Embedder;
  /** Waits that long; the process's timer, or a test's clock. */
  readonly waitMs: (ms: number) => Promise<void>;
  /** Texts that may wait; more are refused at once. Default 1024. */
  readonly waitingMax?: number;
  /** Requests in flight at most; the queue finds out by itself how many the server stands. Default 8. */
  readonly concurrencyMax?: number;
  /** Texts of one request at most. Default 32. */
  readonly batchMax?: number;
}

/** What a queue has gone through; nothing is swallowed without being counted. */
export interface EmbedQueueFigures {
  readonly waiting: number;
  readonly inFlight: number;
  readonly concurrency: number;
  readonly batch: number;
  readonly embedded: number;
  readonly failed: number;
  readonly refused: number;
  readonly truncated: number;
  readonly halvings: number;
  readonly busyAnswers: number;
  readonly retries: number;
}

interface Waiting {
  readonly text: string;
  readonly resolve: (key: VectorKey) => void;
  readonly reject: (error: MeshError) => void;
  tries: number;
}

/** No answer: so many tries, with a pause that doubles. Busy is no failure, and tried for long. */
const DOWN_TRIES_MAX = 4;
const BUSY_TRIES_MAX = 200;
const PAUSE_MS = 10;
const PAUSE_MS_MAX = 640;
/** Requests that must succeed at one concurrency before one more is tried; doubled after each time it was too much. */
const PROBE_AFTER = 4;
const PROBE_AFTER_MAX = 256;

/**
 * A bounded, adaptive queue before an embedder. Q1 at most `concurrency` requests are in flight; it falls by one when
 * the server says that it is busy, and rises by one after a run of successes. Q2 a batch halves when the server runs out
 * of memory, and stays so. Q3 a text waits, is embedded, or fails with a reason; none is lost. Q4 what comes back is
 * checked (number, dimension, finite) before anything is given on.
 */
export class EmbedQueue {
  readonly #options: EmbedQueueOptions;
  readonly #waiting: Waiting[] = [];
  readonly #concurrencyMax: number;
  #batch: number;
  #concurrency = 1;
  #inFlight = 0;
  #successes = 0;
  #probeAfter = PROBE_AFTER;
  #pausing = false;
  #warm: Promise<void> | undefined;
  #figures = {
    embedded: 0,
    failed: 0,
    refused: 0,
    truncated: 0,
    halvings: 0,
    busyAnswers: 0,
    retries: 0,
  };

  /** Takes what `options` leave out from its defaults; nothing is asked of the embedder yet. */
  constructor(options: EmbedQueueOptions) {
    this.#options = options;
    this.#batch = options.batchMax ?? 32;
    this.#concurrencyMax = options.concurrencyMax ?? 8;
  }

  figures(): EmbedQueueFigures {
    return {
      ...this.#figures,
      waiting: this.#waiting.length,
      inFlight: this.#inFlight,
      concurrency: this.#concurrency,
      batch: this.#batch,
    };
  }

  /** One request whose only purpose is that the model is loaded. Failing is no error: the first text will say so. */
  warmUp(): Promise<void> {
    this.#warm ??= this.#options.embedder.embed(["warm"]).then(
      () => {},
      () => {},
    );
    return this.#warm;
  }

  /** The text's key. Rejects with MeshError `queue_full` at once, or `embedder_failed` when it could not be had. */
  embed(text: string): Promise<VectorKey> {
    const waitingMax = this.#options.waitingMax ?? 1_024;
    if (this.#waiting.length >= waitingMax) {
      this.#figures.refused += 1;
      return Promise.reject(
        new MeshError(
          "queue_full",
          `${waitingMax} texts wait for ${this.#options.embedder.name}; send this one later`,
        ),
      );
    }
    const cut = truncate(text);
    if (cut.isCut) this.#figures.truncated += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text: cut.text, resolve, reject, tries: 0 });
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#pausing && this.#inFlight < this.#concurrency && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batch);
      this.#inFlight += 1;
      void this.#send(batch);
    }
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.warmUp();
      const vectors = await this.#options.embedder.embed(batch.map(({ text }) => text));
      this.#give(batch, vectors);
      this.#succeeded();
    } catch (error) {
      await this.#failed(batch, error);
    } finally {
      this.#inFlight -= 1;
      this.#pump();
    }
  }

  /** One bad vector fails its own text alone. */
  #give(batch: readonly Waiting[], vectors: readonly ArrayLike<number>[]): void {
    if (vectors.length !== batch.length)
      throw new EmbedFault("wrong", `it gave ${vectors.length} vectors for ${batch.length} texts`);
    for (const [index, one] of batch.entries()) {
      try {
        one.resolve(quantise(vectors[index] ?? []));
        this.#figures.embedded += 1;
      } catch (error) {
        this.#fail([one], error);
      }
    }
  }

  #succeeded(): void {
    this.#successes += 1;
    if (this.#successes < this.#probeAfter || this.#concurrency >= this.#concurrencyMax) return;
    this.#successes = 0;
    this.#concurrency += 1;
  }

  async #failed(batch: readonly Waiting[], error: unknown): Promise<void> {
    const kind = error instanceof EmbedFault ? error.kind : "wrong";
    if (kind === "memory" && batch.length > 1) {
      this.#batch = Math.max(1, Math.min(this.#batch, Math.floor(batch.length / 2)));
      this.#figures.halvings += 1;
      this.#waiting.unshift(...batch);
      return;
    }
    const triesMax = kind === "busy" ? BUSY_TRIES_MAX : kind === "down" ? DOWN_TRIES_MAX : 0;
    const tries = 1 + Math.max(...batch.map((one) => one.tries));
    if (tries > triesMax) return this.#fail(batch, error);
    if (kind === "busy") this.#yield();
    this.#figures.retries += 1;
    for (const one of batch) one.tries = tries;
    this.#waiting.unshift(...batch);
    await this.#pause(Math.min(PAUSE_MS_MAX, PAUSE_MS * (1 << Math.min(tries - 1, 10))));
  }

  #yield(): void {
    this.#figures.busyAnswers += 1;
    this.#successes = 0;
    this.#probeAfter = Math.min(PROBE_AFTER_MAX, this.#probeAfter * 2);
    this.#concurrency = Math.max(1, Math.min(this.#concurrency, this.#inFlight - 1));
  }

  /** Nothing is sent meanwhile: a server that is down is not hammered. */
  async #pause(ms: number): Promise<void> {
    this.#pausing = true;
    await this.#options.waitMs(ms);
    this.#pausing = false;
  }

  #fail(batch: readonly Waiting[], error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#figures.failed += batch.length;
    for (const { reject } of batch)
      reject(new MeshError("embedder_failed", `${this.#options.embedder.name}: ${reason}`, error));
  }
}
