import type { Clock } from "../engine/ports.ts";

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Alarms go off inside `advance` and `set`, by (time, order of asking). */
export class ManualClock implements Clock {
  #now: number;
  #alarms: Alarm[] = [];

  constructor(start = 1_767_225_600_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Moves time by `ms` (0 lets alarms that are due already go off). */
  advance(ms: number): void {
    this.set(this.#now + ms);
  }

  /** Jumps, either way. Alarms asked for by an alarm go off too where they are due. */
  set(now: number): void {
    this.#now = now;
    const seen = new Set<Alarm>();
    for (;;) {
      const due = this.#alarms
        .filter((alarm) => alarm.at <= this.#now && !seen.has(alarm))
        .sort((left, right) => left.at - right.at)[0];
      if (due === undefined) return;
      seen.add(due);
      this.#alarms = this.#alarms.filter((alarm) => alarm !== due);
      due.wake();
    }
  }

  /** Earliest alarm, or undefined: how far a simulation may jump. */
  get nextAlarm(): number | undefined {
    return this.#alarms.reduce<number | undefined>(
      (least, alarm) => (least === undefined || alarm.at < least ? alarm.at : least),
      undefined,
    );
  }
}
