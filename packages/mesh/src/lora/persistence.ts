import { countBits, Grid, type GridSize } from "../automaton/grid.ts";
import { cellsOf, type Shape } from "../patterns/shape.ts";
import type { Template } from "../patterns/templates.ts";
import { templateOf } from "../patterns/templates.ts";

/** A tick is good when likeness is at least 4 / 5; the pattern lives while 6 of the last 8 ticks are. */
const WINDOW_TICKS = 8;
const GOOD_TICKS_MIN = 6;
/** Cells around the reference's live cells that are compared. */
const NEAR_CELLS = 2;

/**
 * How long a pattern lasts under noise, against its own noise-free orbit. The judge alone knows that orbit; it hands out
 * nothing but a number.
 *
 * Jaccard likeness within two cells of the reference's live cells; good at ≥ 0.8; the time is the first tick at which
 * fewer than 6 of the last 8 were good. (A run of bad ticks alone could be gamed: a frozen oscillator is right every
 * other tick.)
 */
export class PersistenceJudge {
  readonly #size: GridSize;
  readonly #place: { readonly left: number; readonly top: number };
  #template: Template;
  #left: number;
  #top: number;
  #good = (1 << WINDOW_TICKS) - 1;

  /** Judges a pattern that begins as `template` in the middle of a torus of `size`. */
  constructor(size: GridSize, template: Template) {
    this.#size = size;
    this.#template = template;
    const { width, height } = template.shape;
    this.#place = {
      left: Math.floor((size.width - width) / 2),
      top: Math.floor((size.height - height) / 2),
    };
    this.#left = this.#place.left;
    this.#top = this.#place.top;
  }

  /** The pattern in the middle, alone. */
  start(): Grid {
    const grid = new Grid(this.#size);
    for (const { x, y } of cellsOf(this.#template.shape))
      grid.set(this.#place.left + x, this.#place.top + y, true);
    return grid;
  }

  /** After each tick, with the noisy cells of `grid`; false when the pattern is lost. */
  see(grid: Grid): boolean {
    this.#left += this.#template.nextLeft;
    this.#top += this.#template.nextTop;
    const phase = (this.#template.phase + 1) % this.#template.period;
    const { className, symmetry } = this.#template;
    this.#template = templateOf(className, symmetry, phase) ?? this.#template;
    const isGood = likenessAtLeast(grid, this.#template.shape, {
      left: this.#left,
      top: this.#top,
    });
    this.#good = ((this.#good << 1) | (isGood ? 1 : 0)) & ((1 << WINDOW_TICKS) - 1);
    return countBits(this.#good) >= GOOD_TICKS_MIN;
  }
}

/** Both / either ≥ 4 / 5, over the cells near the shape's live ones. */
function likenessAtLeast(
  grid: Grid,
  shape: Shape,
  { left, top }: { readonly left: number; readonly top: number },
): boolean {
  const near = nearOf(shape);
  let [both, either] = [0, 0];
  for (const { x, y, isAlive } of near) {
    const seen = grid.get(left + x, top + y);
    both += seen & isAlive;
    either += seen | isAlive;
  }
  return both * 5 >= either * 4;
}

type NearCell = { readonly x: number; readonly y: number; readonly isAlive: 0 | 1 };
const nearCells = new Map<Shape, readonly NearCell[]>();

function nearOf(shape: Shape): readonly NearCell[] {
  const known = nearCells.get(shape);
  if (known !== undefined) return known;
  const live = cellsOf(shape);
  const near: NearCell[] = [];
  for (let y = -NEAR_CELLS; y < shape.height + NEAR_CELLS; y += 1)
    for (let x = -NEAR_CELLS; x < shape.width + NEAR_CELLS; x += 1) {
      const isNear = live.some(
        (cell) => Math.abs(cell.x - x) <= NEAR_CELLS && Math.abs(cell.y - y) <= NEAR_CELLS,
      );
      if (isNear)
        near.push({ x, y, isAlive: live.some((cell) => cell.x === x && cell.y === y) ? 1 : 0 });
    }
  nearCells.set(shape, near);
  return near;
}
