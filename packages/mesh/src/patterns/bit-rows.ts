import type { Grid } from "../automaton/grid.ts";

/** Rows of a grid with 32 cells of the other end before and after them, so that a window of up to 25 cells is one look. */
export class BitRows {
  readonly #grid: Grid;
  readonly #stride: number;
  readonly #words: Uint32Array;

  constructor(grid: Grid) {
    this.#grid = grid;
    const { width, height } = grid;
    this.#stride = Math.ceil(width / 32) + 3;
    this.#words = new Uint32Array(this.#stride * height);
    for (let y = 0; y < height; y += 1) {
      for (let at = 0; at < grid.stride; at += 1)
        this.#words[y * this.#stride + 1 + at] = grid.words[y * grid.stride + at] ?? 0;
      for (let x = 1; x <= 32; x += 1) {
        if (grid.get(-x, y) === 1) this.#set(32 - x, y);
        if (grid.get(width + x - 1, y) === 1) this.#set(32 + width + x - 1, y);
      }
    }
  }

  #set(bit: number, y: number): void {
    const at = y * this.#stride + (bit >>> 5);
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (bit & 31));
  }

  /** `count` cells (at most 25) from x (−32 … width) on, bit 0 first; y goes round. */
  bits(x: number, y: number, count: number): number {
    const { height } = this.#grid;
    const row = y < 0 ? y + height : y >= height ? y - height : y;
    const bit = x + 32;
    const at = row * this.#stride + (bit >>> 5);
    const shift = bit & 31;
    const low = (this.#words[at] ?? 0) >>> shift;
    const bits = shift === 0 ? low : low | ((this.#words[at + 1] ?? 0) << (32 - shift));
    return bits & ((1 << count) - 1);
  }

  /** Calls `visit` with the column of each live cell of row `y`, from left to right. */
  eachLive(y: number, visit: (x: number) => void): void {
    const { stride, words } = this.#grid;
    for (let at = 0; at < stride; at += 1) {
      let bits = words[y * stride + at] ?? 0;
      while (bits !== 0) {
        visit(at * 32 + 31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
      }
    }
  }
}
