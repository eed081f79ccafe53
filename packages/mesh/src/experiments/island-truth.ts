import { Grid } from "../automaton/grid.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY } from "../automaton/rule.ts";

/**
 * What a pattern is, by another way than any table of shapes: an island (cells joined side to side, or over one dead cell where
 * `reach` is 2) is cut out and run alone; period, displacement and sizes say which it is.
 */
export interface Island {
  readonly cells: readonly (readonly [number, number])[];
  readonly className: string | undefined;
  /** Displacement in a period. */
  readonly stepX: number;
  readonly stepY: number;
}

const SIDE = 24;
const START = 9;
const CELLS_MAX = 14;

/**
 * What the connected cells at the live cell (`x`, `y`) of `grid` are, found by running them alone. `reach`: cells that are
 * joined are so far from one another at most. Where more than 14 hang together it looks no further, and they are of no
 * class.
 */
export function islandAt(grid: Grid, x: number, y: number, reach: 1 | 2): Island {
  const cells: [number, number][] = [[x, y]];
  const seen = new Set([`${x},${y}`]);
  for (const [atX, atY] of cells) {
    if (cells.length > CELLS_MAX) break;
    for (let down = -reach; down <= reach; down += 1)
      for (let right = -reach; right <= reach; right += 1) {
        const [nextX, nextY] = [atX + right, atY + down];
        if (seen.has(`${nextX},${nextY}`) || grid.get(nextX, nextY) === 0) continue;
        seen.add(`${nextX},${nextY}`);
        cells.push([nextX, nextY]);
      }
  }
  return { cells, ...runAlone(cells) };
}

const known = new Map<string, Omit<Island, "cells">>();

/** What so many cells are when nothing else is there. */
export function runAlone(cells: readonly (readonly [number, number])[]): Omit<Island, "cells"> {
  const nothing = { className: undefined, stepX: 0, stepY: 0 };
  const left = Math.min(...cells.map(([x]) => x));
  const top = Math.min(...cells.map(([, y]) => y));
  const box = cells.map(([x, y]) => [x - left, y - top] as const);
  if (cells.length > CELLS_MAX || Math.max(...box.flat()) > 5) return nothing;
  const key = JSON.stringify([...box].sort((a, b) => a[1] - b[1] || a[0] - b[0]));
  const before = known.get(key);
  if (before !== undefined) return before;
  const verdict = playBox(box) ?? nothing;
  known.set(key, verdict);
  return verdict;
}

function playBox(box: readonly (readonly [number, number])[]): Omit<Island, "cells"> | undefined {
  const gridAt = (stepX: number, stepY: number): Grid => {
    const grid = new Grid({ width: SIDE, height: SIDE });
    for (const [x, y] of box) grid.set(START + x + stepX, START + y + stepY, true);
    return grid;
  };
  const engine = new NaiveEngine({ sha256: () => new Uint8Array(32) });
  engine.load(gridAt(0, 0), CONWAY);
  const populations = [engine.population()];
  for (let period = 1; period <= 4; period += 1) {
    engine.step(1);
    const now = engine.read();
    for (let stepY = -2; stepY <= 2; stepY += 1)
      for (let stepX = -2; stepX <= 2; stepX += 1)
        if (now.equals(gridAt(stepX, stepY)))
          return { className: nameOf(period, stepX, stepY, populations, box), stepX, stepY };
    populations.push(now.population());
  }
  return undefined;
}

/** Period, speed and numbers of cells over a period tell the ten classes apart; the box tells still lifes of six cells. */
function nameOf(
  period: number,
  stepX: number,
  stepY: number,
  populations: readonly number[],
  box: readonly (readonly [number, number])[],
): string | undefined {
  const sizes = [...populations].sort((a, b) => a - b).join(",");
  const speed = [Math.abs(stepX), Math.abs(stepY)].sort((a, b) => a - b).join(",");
  const extent = [Math.max(...box.map(([x]) => x)) + 1, Math.max(...box.map(([, y]) => y)) + 1];
  const sides = extent.sort((a, b) => a - b).join(",");
  const name = `${period} ${speed} ${sizes}`;
  if (name === "1 0,0 4") return sides === "2,2" ? "block" : "tub";
  if (name === "1 0,0 5") return "boat";
  // Six cells that stay: beehive, ship, snake and carrier; the beehive alone has a box of three by four with no corner.
  if (name === "1 0,0 6")
    return sides === "3,4" && hasNoCorner(box, extent) ? "beehive" : undefined;
  if (name === "1 0,0 7") return sides === "4,4" && isLoaf(box) ? "loaf" : undefined;
  if (name === "2 0,0 3,3") return "blinker";
  // Two blinkers beside each other have the numbers of a toad, in a larger box.
  if (name === "2 0,0 6,6") return Math.max(...extent) <= 4 ? "toad" : undefined;
  if (name === "2 0,0 6,8") return "beacon";
  if (name === "4 1,1 5,5,5,5") return "glider";
  if (name === "4 0,2 9,9,12,12") return "lwss";
  return undefined;
}

function hasNoCorner(
  box: readonly (readonly [number, number])[],
  _extent: readonly number[],
): boolean {
  const right = Math.max(...box.map(([x]) => x));
  const bottom = Math.max(...box.map(([, y]) => y));
  return !box.some(([x, y]) => (x === 0 || x === right) && (y === 0 || y === bottom));
}

/** Of the still lifes of seven cells (loaf, long boat, fishhook, python) the loaf alone has four by four without a corner. */
function isLoaf(box: readonly (readonly [number, number])[]): boolean {
  return hasNoCorner(box, []);
}

/** Whether all neighbours of `cells`, places on `grid` as (x, y), are dead or their own. */
export function hasMargin(grid: Grid, cells: readonly (readonly [number, number])[]): boolean {
  const own = new Set(cells.map(([x, y]) => `${x},${y}`));
  return cells.every(([x, y]) =>
    [-1, 0, 1].every((down) =>
      [-1, 0, 1].every(
        (right) => grid.get(x + right, y + down) === 0 || own.has(`${x + right},${y + down}`),
      ),
    ),
  );
}
