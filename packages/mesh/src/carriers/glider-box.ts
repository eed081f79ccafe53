import { Grid } from "../automaton/grid.ts";
import type { Rule } from "../automaton/rule.ts";
import type { FoundGlider, GliderDetector, Heading } from "./find-gliders.ts";

/** Cells that are remembered in each direction from a glider's middle: what its margin of three can depend on, a step away. */
const BOX_REACH = 5;
const BOX_SIDE = 2 * BOX_REACH + 1;
/** Cells from its middle in which a flip can end a glider at this tick or at the next one. */
const GUARDED_REACH = 3;
/** Cells by which a glider is away from the middle of a box that is one tick old, or, unseen, a few. */
const MOVED_CELLS = 2;

/** The cells around a glider as they stood on the grid at a tick: all that its carrier remembers. */
export interface GliderBox {
  readonly x: number;
  readonly y: number;
  readonly tick: number;
  /** Row by row, 0 or 1. */
  readonly cells: Uint8Array;
}

/** What a box becomes by the rule alone: where its glider is then, and the cells about it. */
export interface SteppedBox {
  readonly glider: FoundGlider;
  /** Each with what it is by the rule. */
  readonly guarded: readonly BoxCell[];
}

/** A cell on the grid, in coordinates that may run over its edges. */
export interface BoxCell {
  readonly x: number;
  readonly y: number;
  readonly isAlive: boolean;
}

/** Copies the cells around a place of `grid`, as it is at `tick`; across the edges. */
export function lookAround(
  grid: Grid,
  { x, y }: { readonly x: number; readonly y: number },
  tick: number,
): GliderBox {
  const cells = new Uint8Array(BOX_SIDE * BOX_SIDE);
  let at = 0;
  for (let down = -BOX_REACH; down <= BOX_REACH; down += 1)
    for (let right = -BOX_REACH; right <= BOX_REACH; right += 1, at += 1)
      cells[at] = grid.get(x + right, y + down);
  return { x, y, tick, cells };
}

/**
 * One tick of the rule inside the box, looked at `by` a rule, a detector and the heading that is asked for; undefined where
 * that leaves no glider of this heading near its middle.
 */
export function stepBox(
  box: GliderBox,
  by: { readonly rule: Rule; readonly detect: GliderDetector; readonly heading: Heading },
): SteppedBox | undefined {
  const cells = stepped(box.cells, by.rule);
  const found = by
    .detect(Grid.fromBytes({ width: BOX_SIDE, height: BOX_SIDE }, cells))
    .find(
      ({ x, y, heading }) =>
        heading === by.heading &&
        Math.abs(x - BOX_REACH) <= MOVED_CELLS &&
        Math.abs(y - BOX_REACH) <= MOVED_CELLS,
    );
  if (found === undefined) return undefined;
  const [left, top] = [box.x - BOX_REACH, box.y - BOX_REACH];
  const guarded: BoxCell[] = [];
  for (let y = found.y - GUARDED_REACH; y <= found.y + GUARDED_REACH; y += 1)
    for (let x = found.x - GUARDED_REACH; x <= found.x + GUARDED_REACH; x += 1)
      if (isInside(x) && isInside(y))
        guarded.push({ x: left + x, y: top + y, isAlive: cells[y * BOX_SIDE + x] === 1 });
  return { glider: { ...found, x: left + found.x, y: top + found.y }, guarded };
}

/** Of a cell at the rim nobody knows what it becomes: its neighbours outside were not looked at. */
function isInside(at: number): boolean {
  return at > 0 && at < BOX_SIDE - 1;
}

function stepped(cells: Uint8Array, { birth, survive }: Rule): Uint8Array {
  const next = new Uint8Array(cells.length);
  for (let y = 1; y < BOX_SIDE - 1; y += 1) {
    for (let x = 1; x < BOX_SIDE - 1; x += 1) {
      const own = y * BOX_SIDE + x;
      let count = -(cells[own] ?? 0);
      for (let row = own - BOX_SIDE; row <= own + BOX_SIDE; row += BOX_SIDE)
        count += (cells[row - 1] ?? 0) + (cells[row] ?? 0) + (cells[row + 1] ?? 0);
      next[own] = ((cells[own] === 1 ? survive : birth) >>> count) & 1;
    }
  }
  return next;
}
