import type { Grid } from "@swoosh/mesh";

/** Dots of a braille character by column and row: eight cells in one character. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BLANK = 0x2800;

/**
 * The grid in braille characters, two cells wide and four high each, within so many columns and rows of a terminal. A larger
 * torus is drawn smaller: a dot is then a square of cells, set when one of them is alive.
 */
export function drawGrid(
  grid: Grid,
  area: { readonly columns: number; readonly rows: number },
): string {
  const side = Math.max(
    1,
    Math.ceil(grid.width / (area.columns * 2)),
    Math.ceil(grid.height / (area.rows * 4)),
  );
  const dotsX = Math.ceil(grid.width / side);
  const dotsY = Math.ceil(grid.height / side);
  const columns = Math.ceil(dotsX / 2);
  const signs = Array.from({ length: Math.ceil(dotsY / 4) }, () =>
    new Uint16Array(columns).fill(BLANK),
  );
  const cells = grid.toBytes();
  for (let y = 0; y < grid.height; y += 1) {
    const dotY = Math.floor(y / side);
    const line = signs[dotY >> 2];
    for (let x = 0; x < grid.width; x += 1) {
      if (cells[y * grid.width + x] === 0 || line === undefined) continue;
      const dotX = Math.floor(x / side);
      line[dotX >> 1] = (line[dotX >> 1] ?? BLANK) | (DOTS[dotX & 1]?.[dotY & 3] ?? 0);
    }
  }
  return signs.map((line) => `${String.fromCharCode(...line)}\n`).join("");
}
