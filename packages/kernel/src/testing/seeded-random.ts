import type { Random } from "../engine/ports.ts";

/**
 * One stream of a seeded generator: everything that a test or a simulation leaves to chance comes from here, so that the
 * seed says all (SplitMix32, on integers only). Unpredictable it is not: never use it outside tests and simulations.
 */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer 0 … 2^32 − 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** An integer 0 … bound − 1. */
  below(bound: number): number {
    return this.next() % bound;
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the items; `undefined` only where there are none. */
  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.below(items.length)];
  }

  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items];
    const shuffled: T[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.below(left.length), 1));
    return shuffled;
  }

  /** A stream of its own: what one purpose draws never shifts what another gets. */
  fork(purpose: string): SeededRandom {
    let seed = this.#state;
    for (let at = 0; at < purpose.length; at += 1)
      seed = Math.imul(seed ^ purpose.charCodeAt(at), 0x01000193);
    return new SeededRandom(seed);
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.next() & 0xff);
  }
}
