import type { Clock } from "./ports.ts";

/** One alarm at a time: when the loop must look again though nobody called. */
export class Sleeper {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes at `at`; undefined: not at all. What was asked for before is forgotten. */
  sleepUntil(at: number | undefined): void {
    if (this.#alarm?.at === at) return;
    this.#alarm?.cancel();
    this.#alarm = null;
    if (at === undefined) return;
    const cancel = this.#clock.wakeAt(at, () => {
      this.#alarm = null;
      this.#wake();
    });
    this.#alarm = { at, cancel };
  }
}
