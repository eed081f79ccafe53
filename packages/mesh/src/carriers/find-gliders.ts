import type { Grid } from "../automaton/grid.ts";

/** Where a glider goes: north is row 0. */
export type Heading = "NE" | "SE" | "SW" | "NW";

/** A glider on the raw grid: the middle of its 3×3 box, which way it goes, and where in its period it is. */
export interface FoundGlider {
  readonly x: number;
  readonly y: number;
  readonly heading: Heading;
  /** 0 … 3. */
  readonly phase: number;
}

/** How carriers look at the automaton; any detector that names gliders so will do. */
export type GliderDetector = (grid: Grid) => readonly FoundGlider[];

/**
 * Exact gliders with a margin of one dead cell, by a table of their 16 windows of 5×5. Looks at the neighbourhoods of live
 * cells alone; a window is 25 bits, row by row. Gives them by the places of their middles on `grid`, row by row.
 */
export const findGliders: GliderDetector = (grid) => {
  const found = new Map<number, FoundGlider>();
  const cells = grid.toBytes();
  const { width, height } = grid;
  const at = (x: number, y: number): number =>
    cells[((y + height) % height) * width + ((x + width) % width)] ?? 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (cells[y * width + x] === 0) continue;
      for (let stepY = -1; stepY <= 1; stepY += 1) {
        for (let stepX = -1; stepX <= 1; stepX += 1) {
          const [midX, midY] = [(x + stepX + width) % width, (y + stepY + height) % height];
          const name = midY * width + midX;
          if (found.has(name)) continue;
          const shape = SHAPES.get(windowAt(at, midX, midY));
          if (shape !== undefined) found.set(name, { x: midX, y: midY, ...shape });
        }
      }
    }
  }
  return [...found].sort(([left], [right]) => left - right).map(([, glider]) => glider);
};

function windowAt(at: (x: number, y: number) => number, midX: number, midY: number): number {
  let bits = 0;
  for (let y = -2; y <= 2; y += 1)
    for (let x = -2; x <= 2; x += 1) bits = (bits << 1) | at(midX + x, midY + y);
  return bits;
}

/** The four phases of a glider to the south east, in its 3×3 box. */
const SOUTH_EAST = [".O.|..O|OOO", "O.O|.OO|.O.", "..O|O.O|.OO", "O..|.OO|OO."].map((text) =>
  text.split("|").map((row) => [...row].map((cell) => (cell === "O" ? 1 : 0))),
);

type Box = readonly (readonly number[])[];

const SHAPES: ReadonlyMap<number, { readonly heading: Heading; readonly phase: number }> = new Map(
  SOUTH_EAST.flatMap((box, phase) => {
    const flippedX = box.map((row) => row.toReversed());
    return (
      [
        ["SE", box],
        ["SW", flippedX],
        ["NE", box.toReversed()],
        ["NW", flippedX.toReversed()],
      ] as const
    ).map(([heading, turned]) => [codeOf(turned), { heading, phase }] as const);
  }),
);

function codeOf(box: Box): number {
  return windowAt((x, y) => box[y + 1]?.[x + 1] ?? 0, 0, 0);
}

/** A glider's cells, to put one on a grid. */
export function gliderCells(glider: FoundGlider): readonly (readonly [number, number])[] {
  const box = SOUTH_EAST[glider.phase & 3] ?? [];
  const [signX, signY] = [
    glider.heading.endsWith("E") ? 1 : -1,
    glider.heading.startsWith("S") ? 1 : -1,
  ];
  return box.flatMap((row, y) =>
    row.flatMap((cell, x) =>
      cell === 1 ? [[glider.x + (x - 1) * signX, glider.y + (y - 1) * signY] as const] : [],
    ),
  );
}
