import { Grid, type GridSize } from "../automaton/grid.ts";
import { CONTROL } from "../automaton/simd/control-block.ts";
import { TILE_SIDE } from "./limits.ts";

/** Words before and after the cells of a column: one of each is used, four keep vectors aligned. */
const END_WORDS = 4;

/**
 * The column layout of the kernel that skips quiet tiles (see `quiet.wat`): columns of 32 cells, tiles of 32 × 32, lists of the
 * tiles to compute. Sides must be multiples of 32.
 */
export class QuietColumns {
  readonly size: GridSize;
  readonly columns: number;
  readonly columnTiles: number;
  readonly columnBytes: number;
  readonly tiles: number;
  /** Bytes of both buffers, lists and marks. */
  readonly bytes: number;
  readonly #start: number;

  /** The layout for grids of `size`. `start`: address of the first buffer, a multiple of 16. */
  constructor(size: GridSize, start: number) {
    this.size = { width: size.width, height: size.height };
    this.columns = size.width / TILE_SIDE;
    this.columnTiles = size.height / TILE_SIDE;
    this.tiles = this.columns * this.columnTiles;
    this.columnBytes = (size.height + 2 * END_WORDS) * 4;
    this.bytes = 2 * (this.#bufferBytes + this.tiles * 4 + this.#markBytes);
    this.#start = start;
  }

  static fits({ width, height }: GridSize): boolean {
    return width % TILE_SIDE === 0 && height % TILE_SIDE === 0;
  }

  get #bufferBytes(): number {
    return this.columnBytes * this.columns;
  }

  get #markBytes(): number {
    return (this.tiles + 15) & ~15;
  }

  /** Address of the buffer with the state of even (0) or odd (1) ticks. */
  #buffer(odd: number): number {
    return this.#start + odd * this.#bufferBytes;
  }

  #list(odd: number): number {
    return this.#buffer(2) + odd * this.tiles * 4;
  }

  #marks(odd: number): number {
    return this.#list(2) + odd * this.#markBytes;
  }

  /** Writes what the kernel must know of this layout into `view`, the kernel's memory from its first byte on. */
  writeControl(view: DataView): void {
    const put = (at: number, value: number): void => view.setInt32(at, value, true);
    put(CONTROL.evenColumns, this.#buffer(0));
    put(CONTROL.oddColumns, this.#buffer(1));
    put(CONTROL.columnBytes, this.columnBytes);
    put(CONTROL.columns, this.columns);
    put(CONTROL.columnTiles, this.columnTiles);
    put(CONTROL.evenList, this.#list(0));
    put(CONTROL.oddList, this.#list(1));
    put(CONTROL.evenMarks, this.#marks(0));
    put(CONTROL.oddMarks, this.#marks(1));
  }

  /** Writes the cells of `grid` into the buffer in `memory` for the states of even (`odd` 0) or odd (1) ticks. */
  pack(grid: Grid, memory: ArrayBufferLike, odd: number): void {
    const words = this.#words(memory, odd);
    const { height } = this.size;
    for (let column = 0; column < this.columns; column += 1) {
      const top = column * (this.columnBytes / 4) + END_WORDS;
      for (let y = 0; y < height; y += 1)
        words[top + y] = grid.words[y * grid.stride + column] ?? 0;
      words[top - 1] = words[top + height - 1] ?? 0;
      words[top + height] = words[top] ?? 0;
    }
  }

  /** The grid again, from the buffer in `memory` for the states of even (`odd` 0) or odd (1) ticks. */
  unpack(memory: ArrayBufferLike, odd: number): Grid {
    const grid = new Grid(this.size);
    const words = this.#words(memory, odd);
    for (let column = 0; column < this.columns; column += 1) {
      const top = column * (this.columnBytes / 4) + END_WORDS;
      for (let y = 0; y < this.size.height; y += 1)
        grid.words[y * grid.stride + column] = words[top + y] ?? 0;
    }
    return grid;
  }

  #words(memory: ArrayBufferLike, odd: number): Uint32Array {
    return new Uint32Array(memory, this.#buffer(odd), this.#bufferBytes / 4);
  }

  /** All tiles on the list in `memory` of an even (`odd` 0) or odd (1) tick: nothing is known to be quiet. */
  listAll(memory: ArrayBufferLike, odd: number): void {
    const list = new Uint32Array(memory, this.#list(odd), this.tiles);
    for (let tile = 0; tile < this.tiles; tile += 1) {
      const column = Math.floor(tile / this.columnTiles);
      list[tile] = (column << 16) | (tile % this.columnTiles);
    }
    new Uint8Array(memory, this.#marks(odd), this.tiles).fill(1);
    new DataView(memory).setInt32(CONTROL.listLength, this.tiles, true);
  }

  /** Nothing on any list in `memory`: before the first tick after another layout. */
  clearMarks(memory: ArrayBufferLike): void {
    new Uint8Array(memory, this.#marks(0), 2 * this.#markBytes).fill(0);
  }

  /** Tiles on the list in `memory`, as `listAll` or the kernel's last run left it. */
  listLength(memory: ArrayBufferLike): number {
    return new DataView(memory).getInt32(CONTROL.listLength, true);
  }
}
