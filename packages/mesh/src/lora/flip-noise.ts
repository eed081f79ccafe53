import type { GridSize } from "../automaton/grid.ts";
import { RandomStream, type Purpose } from "../random/random-stream.ts";

/** Noise from outside: after the rule each cell flips with a probability, drawn by (seed, tick, cell) and nothing else. */
export class FlipNoise {
  readonly #stream: RandomStream;
  readonly #threshold: number;

  /**
   * `perMillion`: flips of a cell and tick in a million, 0 to 1,000,000. `seed` and `purpose` name the stream that they are
   * drawn from.
   */
  constructor(seed: number, perMillion: number, purpose: Purpose = "flip") {
    this.#stream = new RandomStream(seed, purpose);
    this.#threshold = Math.floor((perMillion * 0x1_0000_0000) / 1_000_000);
  }

  /** Flips cells of `words`, those of a `Grid` of that size, in place: which ones, `tick` and cell decide. */
  flip(words: Int32Array | Uint32Array, { width, height }: GridSize, tick: number): void {
    const stride = Math.ceil(width / 32);
    let cell = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, cell += 1) {
        if (this.#stream.draw(tick, cell) >= this.#threshold) continue;
        const at = y * stride + (x >>> 5);
        words[at] = (words[at] ?? 0) ^ (1 << (x & 31));
      }
    }
  }
}
