import { Grid, type GridSize } from "../grid.ts";

/** Bits of one vector. */
const LANES = 128;

/**
 * Where cells are in the striped layout (see `life.wat`): word w of a row of W words holds the cells x = w + k * W at bit k.
 */
export class StripedLayout {
  readonly size: GridSize;
  readonly rowBytes: number;
  readonly bytes: number;
  /** Bit numbers in a row for `mend`: the padding's first and last column, and the last cell; undefined without padding. */
  readonly padding:
    | { readonly firstTo: number; readonly last: number; readonly lastTo: number }
    | undefined;
  /** Index of the 32-bit word in its row, and the bit in it, for each x. */
  readonly #word: Uint32Array;
  readonly #bit: Uint32Array;

  /**
   * The layout for grids of `size`: columns in stripes over the lanes of a vector, padded where the width is no multiple of
   * the lanes.
   */
  constructor(size: GridSize) {
    const { width, height } = size;
    this.size = { width, height };
    // Two columns of padding at least: one that repeats the first cell, one that repeats the last.
    const vectors = width % LANES === 0 ? width / LANES : Math.ceil((width + 2) / LANES);
    this.rowBytes = vectors * (LANES / 8);
    this.bytes = this.rowBytes * height;
    const place = (x: number): number => (x % vectors) * LANES + Math.floor(x / vectors);
    const isPadded = width % LANES !== 0;
    this.padding = isPadded
      ? { firstTo: place(width), last: place(width - 1), lastTo: place(vectors * LANES - 1) }
      : undefined;
    const places = Uint32Array.from({ length: width }, (_, x) => place(x));
    this.#word = places.map((at) => at >>> 5);
    this.#bit = places.map((at) => 1 << (at & 31));
  }

  /** Writes the cells of `grid`, padding included. `words`: this layout's rows. */
  pack(grid: Grid, words: Uint32Array): void {
    words.fill(0);
    const rowWords = this.rowBytes / 4;
    for (let y = 0; y < grid.height; y += 1) {
      const row = y * rowWords;
      for (let at = 0; at < grid.stride; at += 1) {
        let bits = grid.words[y * grid.stride + at] ?? 0;
        while (bits !== 0) {
          const x = at * 32 + 31 - Math.clz32(bits & -bits);
          const word = row + (this.#word[x] ?? 0);
          words[word] = (words[word] ?? 0) | (this.#bit[x] ?? 0);
          bits &= bits - 1;
        }
      }
    }
    if (this.padding !== undefined) this.#mend(grid, words, this.padding);
  }

  #mend(
    grid: Grid,
    words: Uint32Array,
    padding: { readonly firstTo: number; readonly lastTo: number },
  ): void {
    const put = (y: number, bit: number): void => {
      const word = y * (this.rowBytes / 4) + (bit >>> 5);
      words[word] = (words[word] ?? 0) | (1 << (bit & 31));
    };
    for (let y = 0; y < grid.height; y += 1) {
      if (grid.get(0, y) === 1) put(y, padding.firstTo);
      if (grid.get(-1, y) === 1) put(y, padding.lastTo);
    }
  }

  /** The grid again from `words`, this layout's rows; padding is left out. */
  unpack(words: Uint32Array): Grid {
    const grid = new Grid(this.size);
    const { width, height } = this.size;
    const rowWords = this.rowBytes / 4;
    for (let y = 0; y < height; y += 1) {
      const row = y * rowWords;
      for (let at = 0; at < grid.stride; at += 1) {
        let bits = 0;
        const end = Math.min(32, width - at * 32);
        for (let bit = 0; bit < end; bit += 1) {
          const x = at * 32 + bit;
          if (((words[row + (this.#word[x] ?? 0)] ?? 0) & (this.#bit[x] ?? 0)) !== 0)
            bits |= 1 << bit;
        }
        grid.words[y * grid.stride + at] = bits;
      }
    }
    return grid;
  }
}
