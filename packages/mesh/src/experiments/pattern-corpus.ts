import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { cellsOf } from "../patterns/shape.ts";
import type { Template } from "../patterns/templates.ts";
import { soup } from "../random/soup.ts";
import type { Draws } from "../seeded-draws.ts";
import { hasMargin, islandAt, runAlone } from "./island-truth.ts";

/** Cells a side of the ash. */
export const SIDE = 64;
/** Ticks after which a soup is ash. */
export const ASH_TICKS = 400;
/** Cells a side of a window of the ash. */
export const WINDOW_SIDE = 16;
/** States are looked at here, not hashed. */
export const NO_HASHER = { sha256: () => new Uint8Array(32) };

/** What a detector says: a template and the corner of its box. */
export interface Seen {
  readonly template: Template;
  readonly left: number;
  readonly top: number;
}

/** A detector. */
export type Detect = (grid: Grid) => readonly Seen[];

/** What is left of a soup out of `draws`: 0 to about 5 % alive. */
export function ashOf(draws: Draws): Grid {
  const size = { width: SIDE, height: SIDE };
  const engine = new BitsEngine(NO_HASHER);
  engine.load(soup(size, { seed: draws.bits(), densityPerMille: draws.below(400) }), CONWAY);
  engine.step(ASH_TICKS);
  return engine.read();
}

/**
 * Puts `template`, with one dead cell around each of its own, into a copy of the ash; the corner of its box in column
 * `left` and row `top`, around the edges.
 */
export function plant(ash: Grid, template: Template, left: number, top: number): Grid {
  const grid = ash.clone();
  const cells = cellsOf(template.shape);
  for (const { x, y } of cells)
    for (let down = -1; down <= 1; down += 1)
      for (let right = -1; right <= 1; right += 1)
        grid.set(left + x + right, top + y + down, false);
  for (const { x, y } of cells) grid.set(left + x, top + y, true);
  return grid;
}

/** Whether the cells of `grid` at a find have their margin and are, cut out and run alone, what the detector says. */
export function isTrue(grid: Grid, { template, left, top }: Seen): boolean {
  const cells = cellsOf(template.shape).map(({ x, y }) => [left + x, top + y] as const);
  if (!cells.every(([x, y]) => grid.get(x, y) === 1) || !hasMargin(grid, cells)) return false;
  const { className, stepX, stepY } = runAlone(cells);
  return className === template.className && stepX === template.stepX && stepY === template.stepY;
}

/** A square of the ash from column `left` and row `top` on, with two dead cells around it. */
export function cut(ash: Grid, left: number, top: number): Grid {
  const grid = new Grid({ width: WINDOW_SIDE + 4, height: WINDOW_SIDE + 4 });
  for (let y = 0; y < WINDOW_SIDE; y += 1)
    for (let x = 0; x < WINDOW_SIDE; x += 1)
      if (ash.get(left + x, top + y) === 1) grid.set(x + 2, y + 2, true);
  return grid;
}

/** Whether the oracle finds one of the ten classes in the window. */
export function hasKnown(window: Grid): boolean {
  for (let y = 0; y < window.height; y += 1)
    for (let x = 0; x < window.width; x += 1) {
      if (window.get(x, y) === 0) continue;
      for (const reach of [1, 2] as const) {
        const { className, cells } = islandAt(window, x, y, reach);
        if (className !== undefined && hasMargin(window, cells)) return true;
      }
    }
  return false;
}
