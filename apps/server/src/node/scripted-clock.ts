import type { Clock } from "@swoosh/kernel";

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is set. Alarms that are due go off inside `set`, by (time, order of asking). */
export class ScriptedClock implements Clock {
  #nowMs: number;
  readonly #alarms = new Set<Alarm>();

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.add(alarm);
    // As a timer of 0 ms: never within the call that asks for it.
    if (at <= this.#nowMs) setImmediate(() => this.#ring());
    return () => this.#alarms.delete(alarm);
  }

  /** Jumps, either way. */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#ring();
  }

  #ring(): void {
    const due = [...this.#alarms].filter(({ at }) => at <= this.#nowMs);
    for (const alarm of due.toSorted((one, other) => one.at - other.at))
      if (this.#alarms.delete(alarm)) alarm.wake();
  }
}
