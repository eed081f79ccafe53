import { Worker } from "node:worker_threads";
import type { Attestation, Crypto, SignedText } from "@swoosh/kernel";
import { canonicalize, hashOfCanonical } from "@swoosh/kernel/values";
import { hasher } from "../hasher.ts";
import type { PrivateKey } from "../keys/private-key.ts";
import type { SignatureCheck } from "./signature-holds.ts";
import { packChecks, type CheckedBatch } from "./check-batch.ts";
import { threadEnv } from "../node/thread-env.ts";

interface Waiting {
  readonly checks: readonly SignatureCheck[];
  resolve(holds: readonly boolean[]): void;
  reject(error: Error): void;
}

/** ms that a worker gets to end by itself: some thousand signatures, on a machine that has other work. */
const END_MS_MAX = 5_000;
/**
 * Batches that the worker has at once: one that it works on, and one that lies ready so that it never waits. What is asked
 * meanwhile goes together in the next: a message each way, a turn of the engine and an `fdatasync` are paid for each batch.
 */
const BATCHES_MAX = 2;
const STOPPING = "the server is stopping";

/** Is this evidence stored here? */
export type EvidenceKept = (hash: string) => Promise<boolean>;

/**
 * The port `Crypto` with signature checks in a worker thread. Everything that is asked in one turn of the loop, or while the
 * worker has enough to do, crosses in one message. Owns the worker; a worker that dies fails what it was asked and is started anew for what comes next.
 */
export class ThreadedCrypto implements Crypto {
  readonly node: string;
  readonly #key: PrivateKey;
  readonly #evidence: EvidenceKept;
  readonly #batches = new Map<number, readonly Waiting[]>();
  #worker: Worker | undefined;
  #number = 0;
  #next: Waiting[] = [];
  #closed: Promise<void> | undefined;

  constructor(key: PrivateKey, evidence: EvidenceKept) {
    this.#key = key;
    this.node = key.identity;
    this.#evidence = evidence;
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.#key.signBytes(bytes);
  }

  async verify(attestations: readonly Attestation[]): Promise<readonly boolean[]> {
    const asked = attestations.map((one) => (one.kind === "signature" ? checkOf(one) : null));
    const checks = asked.flatMap((check) => check ?? []);
    const holds = checks.length === 0 ? [] : await this.#ask(checks);
    const verdict: boolean[] = [];
    let place = 0;
    for (const [at, one] of attestations.entries()) {
      if (one.kind === "evidence") verdict.push(await this.#evidence(one.hash));
      else if (asked[at] === null) verdict.push(false);
      else {
        verdict.push(holds[place] === true);
        place += 1;
      }
    }
    return verdict;
  }

  holds(signed: SignedText): Promise<boolean> {
    return this.#ask([signed]).then(([holds]) => holds === true);
  }

  /**
   * Lets the worker finish what it was asked and end by itself: a thread that is ended inside libsodium or while its addon
   * is being unloaded can take the process with it. What does not end within `END_MS_MAX` is ended.
   */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.ref();
    worker.postMessage(null);
    const bound = setTimeout(() => void worker.terminate(), END_MS_MAX);
    await ended;
    clearTimeout(bound);
  }

  #ask(checks: readonly SignatureCheck[]): Promise<readonly boolean[]> {
    if (this.#closed !== undefined) return Promise.reject(new Error(STOPPING));
    return new Promise((resolve, reject) => {
      this.#next.push({ checks, resolve, reject });
      if (this.#next.length === 1) this.#sendSoon();
    });
  }

  /** At the end of this turn of the loop, where the worker can have one more. */
  #sendSoon(): void {
    setImmediate(() => {
      if (this.#batches.size < BATCHES_MAX) this.#send();
    });
  }

  #send(): void {
    const waiting = this.#next;
    if (waiting.length === 0) return;
    this.#next = [];
    if (this.#closed !== undefined) {
      for (const { reject } of waiting) reject(new Error(STOPPING));
      return;
    }
    this.#number += 1;
    this.#batches.set(this.#number, waiting);
    this.#mustWorker().postMessage({
      number: this.#number,
      text: packChecks(waiting.flatMap(({ checks }) => checks)),
    });
  }

  #mustWorker(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("verify-worker.ts", import.meta.url), {
      env: threadEnv(),
    });
    // The server's life hangs on its sockets; a worker that waits keeps no process alive.
    worker.unref();
    worker.on("message", (batch: CheckedBatch) => this.#settle(batch));
    worker.on("error", (error) => this.#lose(worker, error));
    worker.on("exit", () =>
      this.#lose(worker, new Error("the worker that checks signatures ended")),
    );
    this.#worker = worker;
    return worker;
  }

  #settle({ number, holds }: CheckedBatch): void {
    const waiting = this.#batches.get(number) ?? [];
    this.#batches.delete(number);
    // First of all: the worker goes on while the engine takes its turn with these.
    this.#send();
    let place = 0;
    for (const { checks, resolve } of waiting) {
      resolve(checks.map((_, offset) => holds[place + offset] === 1));
      place += checks.length;
    }
  }

  #lose(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = [...this.#batches.values()].flat();
    this.#batches.clear();
    const reason = this.#closed !== undefined ? new Error(STOPPING, { cause: error }) : error;
    for (const { reject } of lost) reject(reason);
    if (this.#next.length > 0) this.#sendSoon();
  }
}

/** null: the hash is not the payload's, so it cannot hold. */
function checkOf(one: Extract<Attestation, { kind: "signature" }>): SignatureCheck | null {
  const { key, payload, payload_hash: payloadHash, signature, type } = one;
  const body = canonicalize(payload);
  return hashOfCanonical(hasher, body) === payloadHash ? { body, key, signature, type } : null;
}
