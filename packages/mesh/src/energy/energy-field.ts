import { assert } from "@swoosh/kernel/values";
import type { GridSize } from "../automaton/grid.ts";

/** How energy spreads and fades, in millionths. */
export interface EnergyLaw {
  /** d: the share that is lost in a tick, 0 to 1,000,000. */
  readonly lossPerMillion: number;
  /** D: the share of the difference to a neighbour that flows, 0 to 125,000: above an eighth, eight neighbours take more than there is. */
  readonly spreadPerMillion: number;
}

/**
 * Energy on a torus: E′ = (1 − d)(E + D · ∇²E) + S, where ∇²E of a cell is the sum over its eight neighbours of the
 * difference to them. Without sources the sum falls by (1 − d) each tick and no value leaves the range of the others.
 *
 * Doubles, computed with + and × alone in a fixed order, so that machines agree; a hash is taken of `fixed()`.
 */
export class EnergyField {
  readonly width: number;
  readonly height: number;
  readonly #keep: number;
  readonly #spread: number;
  readonly #energy: Float64Array;
  /** Rows as they were before this tick, for their neighbours below: the one above, the one in hand, the first one. */
  #above: Float64Array;
  #own: Float64Array;
  readonly #first: Float64Array;
  readonly #sources = new Map<number, number>();

  /** A field of `size` without energy or sources. Asserts that the shares of `law` are within their bounds. */
  constructor(size: GridSize, law: EnergyLaw) {
    const { lossPerMillion, spreadPerMillion } = law;
    assert(lossPerMillion >= 0 && lossPerMillion <= 1_000_000, "a loss of 0 to 1");
    assert(spreadPerMillion >= 0 && spreadPerMillion <= 125_000, "a spread of 0 to an eighth");
    this.width = size.width;
    this.height = size.height;
    this.#keep = (1_000_000 - lossPerMillion) / 1_000_000;
    this.#spread = spreadPerMillion / 1_000_000;
    this.#energy = new Float64Array(size.width * size.height);
    this.#above = new Float64Array(size.width);
    this.#own = new Float64Array(size.width);
    this.#first = new Float64Array(size.width);
  }

  /** Energy of the cell in column `x` and row `y`, around the edges. */
  get(x: number, y: number): number {
    return this.#energy[this.#cell(x, y)] ?? 0;
  }

  /** `energy` that is there once, on top of what the cell in column `x` and row `y` has. */
  add(x: number, y: number, energy: number): void {
    const cell = this.#cell(x, y);
    this.#energy[cell] = (this.#energy[cell] ?? 0) + energy;
  }

  /** S of the cell in column `x` and row `y`: `energyPerTick` comes every tick; 0 ends it. */
  setSource(x: number, y: number, energyPerTick: number): void {
    if (energyPerTick === 0) this.#sources.delete(this.#cell(x, y));
    else this.#sources.set(this.#cell(x, y), energyPerTick);
  }

  step(): void {
    const { width, height } = this;
    const energy = this.#energy;
    const spread = this.#spread;
    const keep = this.#keep;
    const stay = 1 - 8 * spread;
    this.#first.set(energy.subarray(0, width));
    this.#above.set(energy.subarray((height - 1) * width));
    for (let y = 0; y < height; y += 1) {
      const mid = y * width;
      const [above, row] = [this.#above, this.#own];
      row.set(energy.subarray(mid, mid + width));
      const isLast = y === height - 1;
      const [below, down] = isLast ? [this.#first, 0] : [energy, mid + width];
      const columnSum = (x: number): number =>
        (above[x] ?? 0) + (row[x] ?? 0) + (below[down + x] ?? 0);
      let left = columnSum(width - 1);
      let here = columnSum(0);
      for (let x = 0; x < width; x += 1) {
        const right = columnSum(x === width - 1 ? 0 : x + 1);
        const own = row[x] ?? 0;
        energy[mid + x] = keep * (stay * own + spread * (left + here + right - own));
        left = here;
        here = right;
      }
      [this.#above, this.#own] = [row, above];
    }
    for (const [cell, source] of this.#sources) energy[cell] = (energy[cell] ?? 0) + source;
  }

  sum(): number {
    return this.#energy.reduce((sum, one) => sum + one, 0);
  }

  /**
   * Differences to the right and lower neighbours of the cell in column `x` and row `y`, halved over both sides: where
   * energy grows.
   */
  gradient(x: number, y: number): { readonly x: number; readonly y: number } {
    return {
      x: (this.get(x + 1, y) - this.get(x - 1, y)) / 2,
      y: (this.get(x, y + 1) - this.get(x, y - 1)) / 2,
    };
  }

  /** Sixteen bits behind the point, row by row: what is hashed or sent. */
  fixed(): Int32Array {
    return Int32Array.from(this.#energy, (one) => Math.round(one * 65_536));
  }

  #cell(x: number, y: number): number {
    const { width, height } = this;
    return (((y % height) + height) % height) * width + (((x % width) + width) % width);
  }
}
