import { assert } from "../invariant.ts";

interface Decision {
  value: boolean;
  isSecond: boolean;
}

/**
 * Walks a tree of yes/no decisions depth first, by running the same thing again and again: each run takes the decisions of
 * its script and then the preferred ones; `next` turns the last decision over that still has its other side.
 */
export class Choices {
  readonly #script: Decision[] = [];
  #taken = 0;

  /** Begins the walk of another tree. */
  restart(): void {
    this.#script.length = 0;
    this.#taken = 0;
  }

  take(preferred: boolean): boolean {
    const known = this.#script[this.#taken];
    this.#taken += 1;
    if (known !== undefined) return known.value;
    this.#script.push({ value: preferred, isSecond: false });
    return preferred;
  }

  /** True while a run does what an earlier one did already. */
  get isReplaying(): boolean {
    return this.#taken < this.#script.length;
  }

  /** Decisions of the present run so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Forgets what this run decided after its first `count` decisions: no later run will come that far. */
  cut(count: number): void {
    if (count < this.#script.length) this.#script.length = count;
    this.#taken = Math.min(this.#taken, count);
  }

  /** False: every branch has been run. */
  next(): boolean {
    assert(this.#taken >= this.#script.length, "a run takes every decision of its script");
    this.#taken = 0;
    for (let last = this.#script.pop(); last !== undefined; last = this.#script.pop()) {
      if (last.isSecond) continue;
      this.#script.push({ value: !last.value, isSecond: true });
      return true;
    }
    return false;
  }
}
