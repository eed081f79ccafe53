import { Grid, type GridSize } from "../automaton/grid.ts";
import { RandomStream } from "./random-stream.ts";

/**
 * A random start of `size`: each cell alive with `densityPerMille` / 1000, as `options` say (375 unless given), from the
 * stream (seed, `soup`).
 */
export function soup(
  size: GridSize,
  options: { readonly seed: number; readonly densityPerMille?: number },
): Grid {
  const { seed, densityPerMille = 375 } = options;
  const stream = new RandomStream(seed, "soup");
  const threshold = Math.floor((densityPerMille * 0x1_0000_0000) / 1_000);
  const grid = new Grid(size);
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      if (stream.draw(0, y * size.width + x) < threshold) grid.set(x, y, true);
    }
  }
  return grid;
}
