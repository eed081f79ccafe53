import { Worker } from "node:worker_threads";
import type { FoundMemories, KeptMemory } from "@swoosh/protocol";
import { given, refused, type Reading } from "../read/reading.ts";
import {
  MEMORY_RETRY_MS,
  MEMORY_WAITING_MAX,
  MEMORY_WAITING_OF_ONE_MAX,
  THREAD_END_MS_MAX,
  THREAD_HEAP_MB_MAX,
} from "./limits.ts";
import type {
  MemoryAnswer,
  MemoryQuestion,
  MemoryWish,
  MemoryWorkerData,
} from "./memory-messages.ts";
import { memoryPath } from "./memory-path.ts";
import { threadEnv } from "../node/thread-env.ts";

/** What the thread is started with, but for the data folder. */
export type MemorySettings = Omit<MemoryWorkerData, "data">;

/** ms of one request to an embedder, unless somebody says so. */
export const EMBEDDER_MS_DEFAULT = 10_000;

/** Built in, so there is nothing to ask. */
export const MEMORY_SETTINGS_DEFAULT: MemorySettings = {
  embedder: { embedder: "ngrams" },
  timeoutMs: EMBEDDER_MS_DEFAULT,
};

interface Waiting {
  readonly path: string;
  answer(answer: MemoryAnswer): void;
  lose(): void;
}

/**
 * The memories of a data folder, kept by a thread of their own: routing, likeness and syncs take milliseconds to seconds,
 * which the engine's loop does not have. The thread begins with the first question, so whoever has none pays nothing.
 *
 * MT1 questions are bounded, all together and of one instance; what finds no place is refused at once.
 * MT2 a thread that dies loses what it was asked, which is told, and is started anew for what comes next.
 */
export class MemoryThread {
  readonly #settings: MemoryWorkerData;
  readonly #onDefect: (error: unknown) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #number = 0;
  #isClosed = false;

  constructor(settings: MemoryWorkerData, onDefect: (error: unknown) => void = () => {}) {
    this.#settings = settings;
    this.#onDefect = onDefect;
  }

  /** `instance`: whose memory; undefined: the node's own. */
  async remember(
    instance: string | undefined,
    what: { readonly text: string; readonly source: string },
  ): Promise<Reading<readonly KeptMemory[]>> {
    const answer = await this.#ask(instance, { kind: "remember", ...what });
    return answer.kind === "kept" ? given(answer.items) : this.#no(answer);
  }

  async recall(
    instance: string | undefined,
    what: { readonly query: string; readonly limit: number },
  ): Promise<Reading<FoundMemories>> {
    const answer = await this.#ask(instance, { kind: "recall", ...what });
    return answer.kind === "found" ? given(answer.found) : this.#no(answer);
  }

  /** Lets the thread finish what it works on, for at most `THREAD_END_MS_MAX`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.ref();
    worker.postMessage(null);
    const bound = setTimeout(() => void worker.terminate(), THREAD_END_MS_MAX);
    await ended;
    clearTimeout(bound);
  }

  #ask(instance: string | undefined, what: MemoryWish): Promise<MemoryAnswer> {
    const path = memoryPath(this.#settings.data, instance);
    this.#number += 1;
    const question: MemoryQuestion = { number: this.#number, path, what };
    const { number } = question;
    if (this.#isClosed) return Promise.resolve(lost(number));
    const own = [...this.#waiting.values()].filter((one) => one.path === path).length;
    if (this.#waiting.size >= MEMORY_WAITING_MAX || own >= MEMORY_WAITING_OF_ONE_MAX)
      return Promise.resolve({
        number,
        kind: "refused",
        code: "overloaded",
        detail: `${own} questions to this memory wait, of ${this.#waiting.size} in all; the most are ${MEMORY_WAITING_OF_ONE_MAX} and ${MEMORY_WAITING_MAX}`,
        afterMs: MEMORY_RETRY_MS,
      });
    return new Promise((resolve) => {
      this.#waiting.set(number, { path, answer: resolve, lose: () => resolve(lost(number)) });
      this.#mustWorker().postMessage(question);
    });
  }

  #no(answer: MemoryAnswer): Extract<Reading<never>, { ok: false }> {
    if (answer.kind !== "refused") throw new Error(`the thread answered with ${answer.kind}`);
    const { afterMs, code, defect, detail } = answer;
    if (defect !== undefined) this.#onDefect(new Error(defect));
    return refused(code, detail, afterMs === undefined ? undefined : { after_ms: afterMs });
  }

  #mustWorker(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("memory-worker.ts", import.meta.url), {
      workerData: this.#settings,
      env: threadEnv(),
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB_MAX },
    });
    // The server's life hangs on its sockets; a thread that waits keeps no process alive.
    worker.unref();
    worker.on("message", (answer: MemoryAnswer) => {
      const waiting = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      waiting?.answer(answer);
    });
    worker.on("error", (error) => this.#lose(worker, error));
    worker.on("exit", () => this.#lose(worker));
    this.#worker = worker;
    return worker;
  }

  #lose(worker: Worker, error?: unknown): void {
    if (error !== undefined) this.#onDefect(error);
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lostOnes = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of lostOnes) one.lose();
  }
}

function lost(number: number): MemoryAnswer {
  return {
    number,
    kind: "refused",
    code: "memory_unavailable",
    detail: "the thread that keeps memories has ended; ask again",
    afterMs: MEMORY_RETRY_MS,
  };
}
