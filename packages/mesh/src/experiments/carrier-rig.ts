import { Grid } from "../automaton/grid.ts";
import { gliderCells, type FoundGlider, type Heading } from "../carriers/find-gliders.ts";
import type { RandomStream } from "../random/random-stream.ts";
import { createDraws } from "../seeded-draws.ts";

/** Tiles in a row and in a column. */
export const TILES = 5;
/** Cells a side of a tile. */
export const TILE_SIDE = 16;
/** Cells a side of the torus. */
export const SIDE = TILES * TILE_SIDE;
/** Of the torus, in cells. */
export const SIZE = { width: SIDE, height: SIDE };
/** Where gliders of a seed may be going, by the seed's rest. */
export const HEADINGS: readonly Heading[] = ["NE", "SE", "SW", "NW"];
/** States are looked at here, not hashed. */
export const NO_HASHER = { sha256: () => new Uint8Array(32) };

/**
 * Five gliders of one heading on the diagonal of tiles: far enough from one another never to meet. `seed` decides the
 * heading, and each glider's place in its tile and phase.
 */
export function startOf(seed: number): {
  readonly grid: Grid;
  readonly gliders: readonly FoundGlider[];
} {
  const draws = createDraws(seed);
  const heading = HEADINGS[seed % 4] ?? "SE";
  const grid = new Grid(SIZE);
  const gliders = Array.from({ length: TILES }, (_, index): FoundGlider => ({
    x: index * TILE_SIDE + 4 + draws.below(8),
    y: ((index * 2) % TILES) * TILE_SIDE + 4 + draws.below(8),
    heading,
    phase: draws.below(4),
  }));
  for (const glider of gliders) for (const [x, y] of gliderCells(glider)) grid.set(x, y, true);
  return { grid, gliders };
}

/**
 * The grid after the flips of a tick, each cell's with a probability of `perMillion` in a million, drawn by seed, tick and
 * cell. A new one, of `SIZE`.
 */
export function flipped(grid: Grid, flips: RandomStream, tick: number, perMillion: number): Grid {
  const bytes = grid.toBytes();
  const threshold = Math.floor((perMillion * 0x1_0000_0000) / 1_000_000);
  for (let cell = 0; cell < bytes.length; cell += 1)
    if (flips.draw(tick, cell) < threshold) bytes[cell] = 1 - (bytes[cell] ?? 0);
  return Grid.fromBytes(SIZE, bytes);
}
