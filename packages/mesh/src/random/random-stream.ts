/**
 * What a stream of random numbers is for. One number a use, never given twice: draws for one purpose must not change
 * because another one was added.
 */
export const PURPOSES = {
  soup: 1,
  flip: 2,
  kill: 3,
  place: 4,
  pick: 5,
  loss: 6,
  route: 7,
  resample: 8,
  load: 9,
  fit: 10,
} as const;
/** What a stream is for: streams of one seed and two purposes are independent. */
export type Purpose = keyof typeof PURPOSES;

/** The key schedule's constant, so that a key of zeros does not stay one (Threefish's C240, its upper half). */
const PARITY = 0x1bd11bda;

/**
 * Counter-based random numbers: the number of (seed, purpose, tick, cell) is a function of these alone, whoever asks, in
 * whatever order, as often as he likes. Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel Random
 * Numbers: As Easy as 1, 2, 3", SC 2011), key (seed, purpose), counter (tick, cell / 2); even cells get the first word
 * of the block, odd ones the second. Integers only, so every machine draws the same.
 */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #key2: number;
  #tick = -1;
  #pair = -1;
  #even = 0;
  #odd = 0;

  /** `seed`: 0 to 2³² − 1. */
  constructor(seed: number, purpose: Purpose) {
    this.#key0 = seed | 0;
    this.#key1 = PURPOSES[purpose];
    this.#key2 = PARITY ^ this.#key0 ^ this.#key1;
  }

  /** 0 to 2³² − 1, evenly. `tick` and `cell`: 0 to 2³² − 1. */
  draw(tick: number, cell: number): number {
    const pair = cell >>> 1;
    if (pair !== this.#pair || tick !== this.#tick) {
      this.#block(tick, pair);
      this.#pair = pair;
      this.#tick = tick;
    }
    return (cell & 1) === 0 ? this.#even : this.#odd;
  }

  /** An integer from 0 to `bound` − 1 for `tick` and `cell`, 0 to 2³² − 1; uneven by less than bound / 2³². */
  below(bound: number, tick: number, cell: number): number {
    return Math.floor((this.draw(tick, cell) * bound) / 0x1_0000_0000);
  }

  #block(counter0: number, counter1: number): void {
    const keys = [this.#key0, this.#key1, this.#key2] as const;
    let x0 = (counter0 + keys[0]) | 0;
    let x1 = (counter1 + keys[1]) | 0;
    for (let turn = 1; turn <= 5; turn += 1) {
      const odd = (turn & 1) === 1;
      x0 = (x0 + x1) | 0;
      x1 = x0 ^ (odd ? rotate(x1, 13) : rotate(x1, 17));
      x0 = (x0 + x1) | 0;
      x1 = x0 ^ (odd ? rotate(x1, 15) : rotate(x1, 29));
      x0 = (x0 + x1) | 0;
      x1 = x0 ^ (odd ? rotate(x1, 26) : rotate(x1, 16));
      x0 = (x0 + x1) | 0;
      x1 = x0 ^ (odd ? rotate(x1, 6) : rotate(x1, 24));
      x0 = (x0 + (keys[turn % 3] ?? 0)) | 0;
      x1 = (x1 + (keys[(turn + 1) % 3] ?? 0) + turn) | 0;
    }
    this.#even = x0 >>> 0;
    this.#odd = x1 >>> 0;
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
