import { Grid } from "../automaton/grid.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY } from "../automaton/rule.ts";

/**
 * Gliders by another way than any table: each connected piece of five cells is cut out and run alone for a period; it is a
 * glider if it comes back displaced by one cell in both directions. The truth that carriers are judged by; slow. Gives the
 * middles of their 3×3 boxes on `grid`.
 */
export function componentGliders(
  grid: Grid,
): readonly { readonly x: number; readonly y: number }[] {
  const { width, height } = grid;
  const seen = new Set<number>();
  const found: { x: number; y: number }[] = [];
  const cells = grid.toBytes();
  for (let index = 0; index < cells.length; index += 1) {
    if (cells[index] === 0 || seen.has(index)) continue;
    const piece = pieceAt(grid, index % width, Math.floor(index / width), seen);
    if (piece.length !== 5) continue;
    const [left, top] = [Math.min(...piece.map(([x]) => x)), Math.min(...piece.map(([, y]) => y))];
    const box = piece.map(([x, y]) => [x - left, y - top] as const);
    if (Math.max(...box.flat()) !== 2 || !movesDiagonally(box)) continue;
    found.push({ x: (left + 1 + width) % width, y: (top + 1 + height) % height });
  }
  return found;
}

/** Cells of one piece, in coordinates that run on across the edges. */
function pieceAt(
  grid: Grid,
  startX: number,
  startY: number,
  seen: Set<number>,
): readonly (readonly [number, number])[] {
  const { width, height } = grid;
  const nameOf = (x: number, y: number): number =>
    ((y + height * 4) % height) * width + ((x + width * 4) % width);
  const piece: (readonly [number, number])[] = [[startX, startY]];
  seen.add(nameOf(startX, startY));
  for (const [x, y] of piece) {
    if (piece.length > 40) break;
    for (let stepY = -1; stepY <= 1; stepY += 1)
      for (let stepX = -1; stepX <= 1; stepX += 1) {
        const name = nameOf(x + stepX, y + stepY);
        if (seen.has(name) || grid.get(x + stepX, y + stepY) === 0) continue;
        seen.add(name);
        piece.push([x + stepX, y + stepY]);
      }
  }
  return piece;
}

const ALONE_SIDE = 13;
const START = 5;
const known = new Map<string, boolean>();

function movesDiagonally(box: readonly (readonly [number, number])[]): boolean {
  const name = JSON.stringify([...box].sort((a, b) => a[1] - b[1] || a[0] - b[0]));
  const before = known.get(name);
  if (before !== undefined) return before;
  const start = new Grid({ width: ALONE_SIDE, height: ALONE_SIDE });
  for (const [x, y] of box) start.set(x + START, y + START, true);
  const engine = new NaiveEngine({ sha256: () => new Uint8Array(32) });
  engine.load(start, CONWAY);
  engine.step(4);
  const after = engine.read();
  const moves = [-1, 1].some((stepX) =>
    [-1, 1].some((stepY) => {
      const expected = new Grid({ width: ALONE_SIDE, height: ALONE_SIDE });
      for (const [x, y] of box) expected.set(x + START + stepX, y + START + stepY, true);
      return expected.words.every((word, index) => word === after.words[index]);
    }),
  );
  known.set(name, moves);
  return moves;
}
