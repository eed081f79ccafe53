import type { Clock } from "@swoosh/kernel";

/** The clock as a process sees it that may be stopped for a while: what became due meanwhile goes off when it goes on. */
export class PausableClock implements Clock {
  readonly #inner: Clock;
  /** What it read when the process stopped; null while it runs. */
  #stoppedAt: number | null = null;
  #overdue: (() => void)[] = [];

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  now(): number {
    return this.#stoppedAt ?? this.#inner.now();
  }

  wakeAt(at: number, wake: () => void): () => void {
    const cancel = this.#inner.wakeAt(at, () => {
      if (this.#stoppedAt === null) wake();
      else this.#overdue.push(wake);
    });
    return () => {
      cancel();
      this.#overdue = this.#overdue.filter((other) => other !== wake);
    };
  }

  pause(): void {
    this.#stoppedAt ??= this.#inner.now();
  }

  resume(): void {
    this.#stoppedAt = null;
    for (const wake of this.#overdue.splice(0)) wake();
  }
}
