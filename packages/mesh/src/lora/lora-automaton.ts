import { assert, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid, type GridSize } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { AmplitudeField, FIELD_TILE, type Disc, type FieldLaw } from "./amplitude-field.ts";
import { AMPLITUDE_ACTING_MIN, AMPLITUDE_ONE, CHANNELS_MAX, LEVEL_ONE } from "./limits.ts";
import { CONWAY_WEIGHTS } from "./neighbourhood.ts";

/** Which row of a pattern's adapter acts at a tick. */
export interface RowSource {
  rowAt(tick: number): Int8Array;
}

/**
 * Conway's rule with adapters: a cell is alive next where W₀[c] + Σ aₖ·Bₖ[c] > 0, with c its neighbourhood, aₖ the amplitude of
 * channel k at the cell and Bₖ the row that is active there. The matrix of all cells' weights is 1·W₀ᵀ + A·B: frozen weights
 * and a product of rank ≤ channels (low-rank adaptation, Hu et al. 2021).
 *
 * L1 an adapter sees the nine cells and the amplitude: no coordinates, no earlier tick, no reference.
 * L2 where every amplitude is below a third, the rule is Conway's bit by bit; so it is everywhere with no pulse.
 * L3 amplitude comes from discs and the field's equation alone.
 */
export class LoraAutomaton {
  readonly size: GridSize;
  readonly #engine: BitsEngine;
  readonly #fields: readonly AmplitudeField[];
  readonly #sources: (RowSource | undefined)[];
  #tick = 0;

  /**
   * A dead torus of `size` at tick 0, no channel with a source. `options`: the law of all amplitudes, how many channels
   * there are (1 to `CHANNELS_MAX`, asserted; 1 unless given), and what `hash()` hashes with.
   */
  constructor(
    size: GridSize,
    options: {
      readonly law: FieldLaw;
      readonly channels?: number;
      readonly hasher: Pick<Hasher, "sha256">;
    },
  ) {
    const { law, channels = 1, hasher } = options;
    assert(channels >= 1 && channels <= CHANNELS_MAX, `1 to ${CHANNELS_MAX} channels`);
    this.size = { width: size.width, height: size.height };
    this.#engine = new BitsEngine(hasher);
    const draft = new Int32Array(size.width * size.height);
    this.#fields = Array.from({ length: channels }, () => new AmplitudeField(size, law, draft));
    this.#sources = Array.from({ length: channels }, () => undefined);
    this.load(new Grid(size));
  }

  get tick(): number {
    return this.#tick;
  }

  /** Takes the cells of `grid`, which is asserted to have this automaton's size; amplitudes stay, the tick goes on. */
  load(grid: Grid): void {
    assert(
      grid.width === this.size.width && grid.height === this.size.height,
      "a grid of this automaton's size",
    );
    this.#engine.load(grid, CONWAY);
  }

  read(): Grid {
    return this.#engine.read();
  }

  /** The cells themselves, as words of `Grid`: noise from outside is put in here. */
  get words(): Int32Array {
    return this.#engine.words;
  }

  hash(): ValueHash {
    return this.#engine.hash();
  }

  /** The `source` of the rows that act on a channel from the next tick on; undefined: Conway alone. */
  setSource(channel: number, source: RowSource | undefined): void {
    this.#mustField(channel);
    this.#sources[channel] = source;
  }

  /**
   * Raises what is lower within `disc` to its amplitude, in the field of `channel`, a number from 0 that is asserted to be
   * there.
   */
  addDisc(channel: number, disc: Disc): void {
    this.#mustField(channel).addDisc(disc);
  }

  /** Ends what a channel does, at once and everywhere. */
  clear(channel: number): void {
    this.#mustField(channel).clear();
    this.#sources[channel] = undefined;
  }

  /** Amplitudes of `channel`, row by row, 65,536 is 1; read only: what the tests look at, and pages draw. */
  amplitudes(channel: number): Int32Array {
    return this.#mustField(channel).amplitudes;
  }

  step(): void {
    const tiles = this.#actingTiles();
    const patches = tiles.map((tile) => this.#adaptTile(tile));
    this.#engine.step(1);
    for (const [at, tile] of tiles.entries()) this.#patch(tile, patches[at] ?? EMPTY);
    for (const field of this.#fields) field.step();
    this.#tick += 1;
  }

  #actingTiles(): readonly number[] {
    const tiles = new Set<number>();
    for (const [channel, field] of this.#fields.entries()) {
      if (this.#sources[channel] === undefined) continue;
      for (let tile = 0; tile < field.tilesX * field.tilesY; tile += 1)
        if (field.peak(tile) >= AMPLITUDE_ACTING_MIN) tiles.add(tile);
    }
    return [...tiles];
  }

  /** The next words of a tile, row by row; a tile is one word wide. */
  #adaptTile(tile: number): Int32Array {
    const { width, height } = this.size;
    const stride = Math.ceil(width / 32);
    const column = tile % stride;
    const top = Math.floor(tile / stride) * FIELD_TILE;
    const bottom = Math.min(top + FIELD_TILE, height);
    const next = new Int32Array(bottom - top);
    const acting = this.#fields.flatMap((field, channel) => {
      const source = this.#sources[channel];
      return source === undefined || field.peak(tile) === 0
        ? []
        : [{ amplitudes: field.amplitudes, row: source.rowAt(this.#tick) }];
    });
    const rows = new TileRows(this.#engine.words, this.size, column);
    const cells = Math.min(32, width - column * 32);
    for (let y = top; y < bottom; y += 1) {
      rows.moveTo(y);
      let word = 0;
      for (let bit = 0; bit < cells; bit += 1) {
        const around = rows.neighbourhood(bit);
        let weight = (CONWAY_WEIGHTS[around] ?? 0) * (LEVEL_ONE * AMPLITUDE_ONE);
        const cell = y * width + column * 32 + bit;
        for (const { amplitudes, row } of acting)
          weight += (amplitudes[cell] ?? 0) * (row[around] ?? 0);
        if (weight > 0) word |= 1 << bit;
      }
      next[y - top] = word;
    }
    return next;
  }

  #patch(tile: number, next: Int32Array): void {
    const stride = Math.ceil(this.size.width / 32);
    const top = Math.floor(tile / stride) * FIELD_TILE;
    const words = this.#engine.words;
    for (const [row, word] of next.entries()) words[(top + row) * stride + (tile % stride)] = word;
  }

  #mustField(channel: number): AmplitudeField {
    const field = this.#fields[channel];
    assert(field !== undefined, `a channel of 0 to ${this.#fields.length - 1}`);
    return field;
  }
}

const EMPTY = new Int32Array(0);

/** Three rows of one word's column with one more cell on each side, in two halves that fit 32 bits. */
class TileRows {
  readonly #words: Int32Array;
  readonly #size: GridSize;
  readonly #column: number;
  /** Cells −1 to 30 and 15 to 32 of the rows above, at and below. */
  readonly #low = new Int32Array(3);
  readonly #high = new Int32Array(3);

  constructor(words: Int32Array, size: GridSize, column: number) {
    this.#words = words;
    this.#size = size;
    this.#column = column;
  }

  moveTo(y: number): void {
    const { width, height } = this.#size;
    const stride = Math.ceil(width / 32);
    const cells = Math.min(32, width - this.#column * 32);
    for (let row = 0; row < 3; row += 1) {
      const start = ((y + row - 1 + height) % height) * stride;
      const word = this.#words[start + this.#column] ?? 0;
      const isFirst = this.#column === 0;
      const isLast = this.#column === stride - 1;
      const leftWord = this.#words[start + (isFirst ? stride - 1 : this.#column - 1)] ?? 0;
      const left = (leftWord >>> (isFirst ? (width - 1) & 31 : 31)) & 1;
      const right = (this.#words[start + (isLast ? 0 : this.#column + 1)] ?? 0) & 1;
      const own = cells < 32 ? word | (right << cells) : word;
      this.#low[row] = (own << 1) | left;
      this.#high[row] = (own >>> 15) | (cells === 32 ? right << 17 : 0);
    }
  }

  neighbourhood(bit: number): number {
    const from = bit < 16 ? this.#low : this.#high;
    const shift = bit & 15;
    return (
      (((from[0] ?? 0) >>> shift) & 7) |
      ((((from[1] ?? 0) >>> shift) & 7) << 3) |
      ((((from[2] ?? 0) >>> shift) & 7) << 6)
    );
  }
}
