import type { Clock } from "@swoosh/kernel";

/**
 * Calls `act` again and again, each time after the delay that the call before gave (ms), never twice at once. What `act` throws is our
 * mistake: it is told, and the next call comes after `afterDefectMs`.
 */
export class Repeat {
  readonly #clock: Clock;
  readonly #act: () => Promise<number>;
  readonly #onDefect: (error: unknown) => void;
  readonly #afterDefectMs: number;
  #cancel: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = true;

  constructor(options: {
    readonly clock: Clock;
    readonly act: () => Promise<number>;
    readonly onDefect: (error: unknown) => void;
    readonly afterDefectMs?: number;
  }) {
    this.#clock = options.clock;
    this.#act = options.act;
    this.#onDefect = options.onDefect;
    this.#afterDefectMs = options.afterDefectMs ?? 1_000;
  }

  /** The first call comes at once; resolves when it has ended. */
  async start(): Promise<void> {
    this.#isStopped = false;
    this.#run();
    await this.#running;
  }

  /** Resolves when a call that runs has ended; none comes after. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#running;
  }

  /** The next call comes now instead of later; one that runs is not disturbed. */
  hurry(): void {
    if (this.#isStopped || this.#cancel === undefined) return;
    this.#cancel();
    this.#run();
  }

  #run(): void {
    this.#cancel = undefined;
    this.#running = this.#once();
  }

  async #once(): Promise<void> {
    let delayMs = this.#afterDefectMs;
    try {
      delayMs = await this.#act();
    } catch (error) {
      this.#onDefect(error);
    }
    if (this.#isStopped) return;
    this.#cancel = this.#clock.wakeAt(this.#clock.now() + Math.max(0, Math.round(delayMs)), () => {
      if (!this.#isStopped) this.#run();
    });
  }
}
