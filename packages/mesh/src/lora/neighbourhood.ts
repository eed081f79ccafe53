import { CONWAY } from "../automaton/rule.ts";
import { countBits } from "../automaton/grid.ts";
import type { Symmetry } from "../patterns/shape.ts";

/** A cell with its eight neighbours as nine bits: bit 3 · (dy + 1) + (dx + 1), so that the cell itself is bit 4. */
export const NEIGHBOURHOODS = 512;

/** The frozen weights of Conway's rule: +1 where a neighbourhood gives life, −1 where not. */
export const CONWAY_WEIGHTS: Int8Array = Int8Array.from({ length: NEIGHBOURHOODS }, (_, bits) => {
  const alive = (bits >>> 4) & 1;
  const mask = alive === 1 ? CONWAY.survive : CONWAY.birth;
  return (mask >>> (countBits(bits) - alive)) & 1 ? 1 : -1;
});

/** The neighbourhood `bits` after the turn of the plane that `symmetry` names: see `SYMMETRIES`. */
export function turnNeighbourhood(bits: number, symmetry: Symmetry): number {
  let turned = 0;
  for (let at = 0; at < 9; at += 1) {
    if (((bits >>> at) & 1) === 0) continue;
    const [dx, dy] = [(at % 3) - 1, Math.floor(at / 3) - 1];
    const [x, y] = (symmetry & 4) !== 0 ? [dy, dx] : [dx, dy];
    const turnedX = (symmetry & 1) !== 0 ? -x : x;
    const turnedY = (symmetry & 2) !== 0 ? -y : y;
    turned |= 1 << (3 * (turnedY + 1) + turnedX + 1);
  }
  return turned;
}

/** Neighbourhoods of all cells, one byte a cell, row by row, on a torus of `size`; written to `into`, a number a cell. */
export function neighbourhoods(
  cells: Uint8Array,
  size: { readonly width: number; readonly height: number },
  into: Uint16Array,
): void {
  const { width, height } = size;
  for (let y = 0; y < height; y += 1) {
    const up = (y === 0 ? height - 1 : y - 1) * width;
    const mid = y * width;
    const down = (y === height - 1 ? 0 : y + 1) * width;
    // Bits 0, 3, 6 of a column, shifted to its place of the three.
    const column = (x: number): number =>
      (cells[up + x] ?? 0) | ((cells[mid + x] ?? 0) << 3) | ((cells[down + x] ?? 0) << 6);
    let left = column(width - 1);
    let here = column(0);
    for (let x = 0; x < width; x += 1) {
      const right = column(x === width - 1 ? 0 : x + 1);
      into[mid + x] = left | (here << 1) | (right << 2);
      left = here;
      here = right;
    }
  }
}
