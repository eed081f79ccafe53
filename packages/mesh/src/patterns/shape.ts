/** A small pattern in its bounding box; bit x of row y. At most 30 columns. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly number[];
}

/** A shape from rows of text, its `lines` from top to bottom, in which an O is a live cell. It is as wide as the longest. */
export function shapeOf(lines: readonly string[]): Shape {
  const rows = lines.map((line) =>
    [...line].reduce((bits, cell, x) => bits | (cell === "O" ? 1 << x : 0), 0),
  );
  return { width: Math.max(...lines.map((line) => line.length)), height: rows.length, rows };
}

/** The eight turns and mirrors of a square, by number: bit 0 mirrors x, bit 1 mirrors y, bit 2 swaps x and y first. */
export const SYMMETRIES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** One of the eight ways to turn and mirror a square. */
export type Symmetry = (typeof SYMMETRIES)[number];

/** Where a symmetry brings `point`, (x, y) in a `box` of that many columns and rows before it. */
export function turnPoint(
  symmetry: Symmetry,
  point: { readonly x: number; readonly y: number },
  box: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number } {
  const swaps = (symmetry & 4) !== 0;
  const [x, y] = swaps ? [point.y, point.x] : [point.x, point.y];
  const [width, height] = swaps ? [box.height, box.width] : [box.width, box.height];
  return {
    x: (symmetry & 1) !== 0 ? width - 1 - x : x,
    y: (symmetry & 2) !== 0 ? height - 1 - y : y,
  };
}

/** The shape, turned or mirrored by `symmetry`. */
export function turnShape(shape: Shape, symmetry: Symmetry): Shape {
  const swaps = (symmetry & 4) !== 0;
  const [width, height] = swaps ? [shape.height, shape.width] : [shape.width, shape.height];
  const rows = Array.from({ length: height }, () => 0);
  for (const point of cellsOf(shape)) {
    const { x, y } = turnPoint(symmetry, point, shape);
    rows[y] = (rows[y] ?? 0) | (1 << x);
  }
  return { width, height, rows };
}

/** Live cells of `shape`, row by row. */
export function cellsOf(shape: Shape): readonly { readonly x: number; readonly y: number }[] {
  return shape.rows.flatMap((row, y) =>
    Array.from({ length: shape.width }, (_, x) => x)
      .filter((x) => (row >>> x) & 1)
      .map((x) => ({ x, y })),
  );
}

/** The shape a tick later, under Conway's rule and alone, with how far the corner of its box moved. */
export function nextShape(shape: Shape): {
  readonly shape: Shape;
  readonly left: number;
  readonly top: number;
} {
  const counts = new Map<number, number>();
  const nameOf = (x: number, y: number): number => (y + 1) * 64 + x + 1;
  const alive = new Set(cellsOf(shape).map(({ x, y }) => nameOf(x, y)));
  for (const { x, y } of cellsOf(shape))
    for (let down = -1; down <= 1; down += 1)
      for (let right = -1; right <= 1; right += 1) {
        if (down === 0 && right === 0) continue;
        const name = nameOf(x + right, y + down);
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
  const next = [...counts]
    .filter(([name, count]) => count === 3 || (count === 2 && alive.has(name)))
    .map(([name]) => ({ x: (name % 64) - 1, y: Math.floor(name / 64) - 1 }));
  const left = Math.min(...next.map(({ x }) => x));
  const top = Math.min(...next.map(({ y }) => y));
  const width = Math.max(...next.map(({ x }) => x)) - left + 1;
  const height = Math.max(...next.map(({ y }) => y)) - top + 1;
  const rows = Array.from({ length: height }, () => 0);
  for (const { x, y } of next) rows[y - top] = (rows[y - top] ?? 0) | (1 << (x - left));
  return { shape: { width, height, rows }, left, top };
}

/** A name that two shapes share if they are the same. */
export function shapeKey({ width, rows }: Shape): string {
  return `${width}:${rows.join(",")}`;
}
