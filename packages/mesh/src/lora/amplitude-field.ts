import { assert } from "@swoosh/kernel/values";
import type { GridSize } from "../automaton/grid.ts";
import { AMPLITUDE_MAX, RADIUS_MAX } from "./limits.ts";

/**
 * What makes amplitude: nothing but discs and one of these equations, with mean8 the mean of the eight neighbours.
 * Diffusion: a′ = k(a + D(mean8 − a)). Damped wave: a′ = k(a + m(a − a₋₁) + D(mean8 − a)).
 */
export interface FieldLaw {
  /** k in 65,536ths: 65,208 is 0.995. */
  readonly keepPer65536: number;
  /** D in 1,024ths. */
  readonly spreadPer1024: number;
  /** m in 1,024ths; 0 is diffusion. */
  readonly inertiaPer1024: number;
}

/** The only way by which amplitude comes into a field. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  /** Cells. */
  readonly radius: number;
  /** Fixed point, 65,536 is 1. */
  readonly amplitude: number;
}

/** Cells a side of the tiles in which amplitude is looked after. */
export const FIELD_TILE = 32;

/**
 * The amplitude of one channel, in fixed point, on a torus. There is no way to write a single cell: a picture could be smuggled
 * in. Only tiles with amplitude, and those beside them, cost anything.
 */
export class AmplitudeField {
  readonly width: number;
  readonly height: number;
  readonly tilesX: number;
  readonly tilesY: number;
  readonly #law: FieldLaw;
  readonly #now: Int32Array;
  /** Where the next tick is made, tile by tile, before it is taken over: of no use between ticks, so fields may share it. */
  readonly #draft: Int32Array;
  /** The tick before, for waves alone. */
  readonly #before: Int32Array | undefined;
  /** The largest amplitude of each tile. */
  readonly #peaks: Int32Array;
  /** Ticks for which a tile is stepped on after it came to rest, so that the tick before is 0 as well. */
  readonly #wakeTicks: Uint8Array;

  /**
   * A field of `size` without amplitude under `law`, whose shares are asserted to be from 0 to 1. `draft`: as many numbers
   * as there are cells, shared with other fields; one of its own if left out.
   */
  constructor(size: GridSize, law: FieldLaw, draft?: Int32Array) {
    assert(law.keepPer65536 >= 0 && law.keepPer65536 <= 65_536, "a share that is kept of 0 to 1");
    assert(law.spreadPer1024 >= 0 && law.spreadPer1024 <= 1_024, "a spread of 0 to 1");
    assert(law.inertiaPer1024 >= 0 && law.inertiaPer1024 <= 1_024, "an inertia of 0 to 1");
    this.width = size.width;
    this.height = size.height;
    this.tilesX = Math.ceil(size.width / FIELD_TILE);
    this.tilesY = Math.ceil(size.height / FIELD_TILE);
    this.#law = law;
    this.#now = new Int32Array(size.width * size.height);
    this.#draft = draft ?? new Int32Array(size.width * size.height);
    assert(this.#draft.length === this.#now.length, "a draft for every cell");
    this.#before = law.inertiaPer1024 > 0 ? new Int32Array(size.width * size.height) : undefined;
    this.#peaks = new Int32Array(this.tilesX * this.tilesY);
    this.#wakeTicks = new Uint8Array(this.tilesX * this.tilesY);
  }

  /** Row by row; read only. */
  get amplitudes(): Int32Array {
    return this.#now;
  }

  /** The largest amplitude in a tile. */
  peak(tile: number): number {
    return this.#peaks[tile] ?? 0;
  }

  /** Raises what is lower within a disc to its amplitude. */
  addDisc({ x, y, radius, amplitude }: Disc): void {
    assert(radius >= 0 && radius <= RADIUS_MAX, `a radius of 0 to ${RADIUS_MAX} cells`);
    const height = Math.min(amplitude, AMPLITUDE_MAX);
    for (let down = -radius; down <= radius; down += 1) {
      for (let right = -radius; right <= radius; right += 1) {
        if (right * right + down * down > radius * radius) continue;
        const column = wrap(x + right, this.width);
        const row = wrap(y + down, this.height);
        const cell = row * this.width + column;
        if ((this.#now[cell] ?? 0) >= height) continue;
        this.#now[cell] = height;
        if (this.#before !== undefined) this.#before[cell] = height;
        const tile = Math.floor(row / FIELD_TILE) * this.tilesX + Math.floor(column / FIELD_TILE);
        this.#peaks[tile] = Math.max(this.#peaks[tile] ?? 0, height);
      }
    }
  }

  clear(): void {
    this.#now.fill(0);
    this.#before?.fill(0);
    this.#peaks.fill(0);
    this.#wakeTicks.fill(0);
  }

  step(): void {
    const active = this.#activeTiles();
    if (active.length === 0) return;
    for (const tile of active) this.#stepTile(tile);
    for (const tile of active) this.#takeOver(tile);
  }

  #takeOver(tile: number): void {
    const { width } = this;
    const { left, right, top, bottom } = this.#boundsOf(tile);
    for (let y = top; y < bottom; y += 1) {
      const [from, to] = [y * width + left, y * width + right];
      this.#before?.set(this.#now.subarray(from, to), from);
      this.#now.set(this.#draft.subarray(from, to), from);
    }
  }

  #boundsOf(tile: number): Readonly<Record<"left" | "right" | "top" | "bottom", number>> {
    const left = (tile % this.tilesX) * FIELD_TILE;
    const top = Math.floor(tile / this.tilesX) * FIELD_TILE;
    return {
      left,
      top,
      right: Math.min(left + FIELD_TILE, this.width),
      bottom: Math.min(top + FIELD_TILE, this.height),
    };
  }

  /** Tiles that have amplitude, or a neighbour that has. */
  #activeTiles(): readonly number[] {
    const { tilesX, tilesY } = this;
    const active = new Set<number>();
    for (const [tile, peak] of this.#peaks.entries()) {
      const wakeTicks = this.#wakeTicks[tile] ?? 0;
      if (peak === 0 && wakeTicks > 0) {
        active.add(tile);
        this.#wakeTicks[tile] = wakeTicks - 1;
      }
      if (peak === 0) continue;
      this.#wakeTicks[tile] = WAKE_TICKS;
      const [x, y] = [tile % tilesX, Math.floor(tile / tilesX)];
      for (let down = -1; down <= 1; down += 1)
        for (let right = -1; right <= 1; right += 1)
          active.add(wrap(y + down, tilesY) * tilesX + wrap(x + right, tilesX));
    }
    return [...active];
  }

  #stepTile(tile: number): void {
    const { width, height } = this;
    const [now, draft] = [this.#now, this.#draft];
    const { left, right, top, bottom } = this.#boundsOf(tile);
    let peak = 0;
    for (let y = top; y < bottom; y += 1) {
      const up = (y === 0 ? height - 1 : y - 1) * width;
      const mid = y * width;
      const down = (y === height - 1 ? 0 : y + 1) * width;
      const columnSum = (x: number): number =>
        (now[up + x] ?? 0) + (now[mid + x] ?? 0) + (now[down + x] ?? 0);
      let before = columnSum(left === 0 ? width - 1 : left - 1);
      let here = columnSum(left);
      for (let x = left; x < right; x += 1) {
        const after = columnSum(x === width - 1 ? 0 : x + 1);
        const own = now[mid + x] ?? 0;
        const value = this.#nextOf(own, before + here + after - own, mid + x);
        draft[mid + x] = value;
        if (value > peak || -value > peak) peak = value < 0 ? -value : value;
        before = here;
        here = after;
      }
    }
    this.#peaks[tile] = peak;
  }

  #nextOf(own: number, sum8: number, cell: number): number {
    const { keepPer65536, spreadPer1024, inertiaPer1024 } = this.#law;
    const moved = this.#before === undefined ? 0 : own - (this.#before[cell] ?? 0);
    const inner = 8_192 * own + 8 * inertiaPer1024 * moved + spreadPer1024 * (sum8 - 8 * own);
    // Towards 0, so that what is left of a pulse ends: 2¹³ · 2¹⁶ is an exact divisor of doubles.
    const value = Math.trunc((inner * keepPer65536) / 536_870_912);
    return value > AMPLITUDE_MAX ? AMPLITUDE_MAX : value < -AMPLITUDE_MAX ? -AMPLITUDE_MAX : value;
  }
}

/** A wave that has come to rest knows one tick before it. */
const WAKE_TICKS = 2;

function wrap(at: number, length: number): number {
  return ((at % length) + length) % length;
}
