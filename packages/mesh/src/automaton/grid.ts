import { assert } from "@swoosh/kernel/values";
import { SIDE_MAX, SIDE_MIN } from "./limits.ts";

/** Cells a side. */
export interface GridSize {
  /** Cells in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Cells in bit rows, on a torus: `x` and `y` go round in both directions. Bit `x & 31` of word `y * stride + (x >>> 5)` is
 * the cell (x, y); bits beyond the width are 0. Patterns are grids too and may be as small as one cell; engines take
 * `SIDE_MIN` to `SIDE_MAX` a side.
 */
export class Grid {
  readonly width: number;
  readonly height: number;
  /** Words of one row. */
  readonly stride: number;
  /** All rows, top to bottom. */
  readonly words: Uint32Array;

  /**
   * A grid of `size`, 1 to `SIDE_MAX` cells a side. `words` are taken as its rows, not copied, and must be as many as these
   * have; without them every cell is dead.
   */
  constructor(size: GridSize, words?: Uint32Array) {
    const { width, height } = size;
    assert(isSide(width) && isSide(height), `a grid of 1 to ${SIDE_MAX} cells a side`);
    this.width = width;
    this.height = height;
    this.stride = (width + 31) >>> 5;
    this.words = words ?? new Uint32Array(this.stride * height);
    assert(this.words.length === this.stride * height, "as many words as the grid's rows have");
  }

  /**
   * From one byte a cell, row by row: 0 is dead, all else alive. Asserts that there are as many `bytes` as `size` has
   * cells.
   */
  static fromBytes(size: GridSize, bytes: Uint8Array): Grid {
    const grid = new Grid(size);
    assert(bytes.length === size.width * size.height, "one byte for each cell");
    let at = 0;
    for (let y = 0; y < size.height; y += 1) {
      for (let x = 0; x < size.width; x += 1, at += 1) {
        if (bytes[at] !== 0) grid.set(x, y, true);
      }
    }
    return grid;
  }

  /**
   * One byte a cell, row by row: 0 or 1. They are written to `into`, which has at least as many bytes as there are cells,
   * and given back; a new array unless given.
   */
  toBytes(into: Uint8Array = new Uint8Array(this.width * this.height)): Uint8Array {
    let at = 0;
    for (let y = 0; y < this.height; y += 1) {
      for (let x = 0; x < this.width; x += 1, at += 1) {
        into[at] = ((this.words[y * this.stride + (x >>> 5)] ?? 0) >>> (x & 31)) & 1;
      }
    }
    return into;
  }

  /** The cell in column `x` and row `y`, any whole numbers: 1 alive, 0 dead. */
  get(x: number, y: number): 0 | 1 {
    const column = around(x, this.width);
    const word = this.words[around(y, this.height) * this.stride + (column >>> 5)] ?? 0;
    return (word >>> (column & 31)) & 1 ? 1 : 0;
  }

  /** Makes the cell in column `x` and row `y`, any whole numbers, alive or dead as `isAlive` says. */
  set(x: number, y: number, isAlive: boolean): void {
    const column = around(x, this.width);
    const at = around(y, this.height) * this.stride + (column >>> 5);
    const bit = 1 << (column & 31);
    const word = this.words[at] ?? 0;
    this.words[at] = isAlive ? word | bit : word & ~bit;
  }

  population(): number {
    let population = 0;
    for (const word of this.words) population += countBits(word);
    return population;
  }

  clone(): Grid {
    return new Grid(this, this.words.slice());
  }

  /** Whether the `other` grid has the same size and the same cells. */
  equals(other: Grid): boolean {
    return (
      this.width === other.width &&
      this.height === other.height &&
      this.words.every((word, at) => word === other.words[at])
    );
  }

  /**
   * Sets the live cells of a pattern with its upper left corner at `place`, (left, top); around the edges where it leaves
   * them. Cells that are dead in the pattern stay as they are.
   */
  stamp(pattern: Grid, place: { readonly left: number; readonly top: number }): void {
    for (let y = 0; y < pattern.height; y += 1) {
      for (let word = 0; word < pattern.stride; word += 1) {
        let bits = pattern.words[y * pattern.stride + word] ?? 0;
        while (bits !== 0) {
          const x = word * 32 + 31 - Math.clz32(bits & -bits);
          this.set(place.left + x, place.top + y, true);
          bits &= bits - 1;
        }
      }
    }
  }
}

/** Why an engine cannot run on a torus of this size, or undefined. */
export function sizeProblem({ width, height }: GridSize): string | undefined {
  const side = [width, height].find(
    (one) => !Number.isInteger(one) || one < SIDE_MIN || one > SIDE_MAX,
  );
  if (side === undefined) return undefined;
  return `a side of ${side} cells; a torus has ${SIDE_MIN} to ${SIDE_MAX} cells a side`;
}

function isSide(cells: number): boolean {
  return Number.isInteger(cells) && cells >= 1 && cells <= SIDE_MAX;
}

function around(at: number, length: number): number {
  const rest = at % length;
  return rest < 0 ? rest + length : rest;
}

/** Bits that are set in a 32-bit word. */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
