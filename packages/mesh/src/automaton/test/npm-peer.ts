import type { Grid } from "../grid.ts";

/** As `way-of-life` 0.3.0 of npm has it: a byte a cell, with a border; its other engine wants a browser. */
interface WayOfLife {
  init(): void;
  set(row: number, column: number): void;
  cellSafe(row: number, column: number): number;
  computeNextState(): void;
}

interface Loaded {
  readonly default: new (width: number, height: number) => WayOfLife;
}

/** It has no types, so its name is not one that the compiler follows. */
const NAME: string = "way-of-life/src/js/engine.js";
const loaded: Loaded = await import(NAME);

/** The fastest engine of the game of life that was found in npm, driven as ours are. It knows Conway's rule and a torus. */
export function createNpmPeer() {
  let engine: WayOfLife | undefined;
  let size = { width: 0, height: 0 };
  return {
    load(grid: Grid): void {
      size = { width: grid.width, height: grid.height };
      engine = new loaded.default(grid.width, grid.height);
      engine.init();
      for (let y = 0; y < grid.height; y += 1)
        for (let x = 0; x < grid.width; x += 1) if (grid.get(x, y) === 1) engine.set(y + 1, x + 1);
    },
    step(ticks: number): void {
      for (let tick = 0; tick < ticks; tick += 1) engine?.computeNextState();
    },
    population(): number {
      let living = 0;
      for (let y = 0; y < size.height; y += 1)
        for (let x = 0; x < size.width; x += 1) living += engine?.cellSafe(y, x) ?? 0;
      return living;
    },
    close(): void {
      engine = undefined;
    },
  };
}
