import { describe, expect, it } from "vitest";
import { Grid } from "../automaton/grid.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { componentGliders } from "../experiments/component-gliders.ts";
import { soup } from "../random/soup.ts";
import { Carriers, type CarrierEvent } from "./carrier.ts";
import { findGliders, gliderCells, type FoundGlider } from "./find-gliders.ts";

const SIZE = { width: 80, height: 80 };
const NO_HASHER = { sha256: () => new Uint8Array(32) };

function gridOf(gliders: readonly FoundGlider[]): Grid {
  const grid = new Grid(SIZE);
  for (const glider of gliders) for (const [x, y] of gliderCells(glider)) grid.set(x, y, true);
  return grid;
}

const HEADINGS = ["NE", "SE", "SW", "NW"] as const;

describe("gliders", () => {
  it("are found in every heading and phase, across the edges too, and move the way they are said to", () => {
    for (const heading of HEADINGS) {
      for (let phase = 0; phase < 4; phase += 1) {
        for (const [x, y] of [
          [40, 40],
          [0, 0],
          [79, 1],
        ] as const) {
          const grid = gridOf([{ x, y, heading, phase }]);
          expect(findGliders(grid)).toEqual([{ x, y, heading, phase }]);
          const engine = new NaiveEngine(NO_HASHER);
          engine.load(grid, CONWAY);
          engine.step(1);
          expect(findGliders(engine.read())).toMatchObject([{ heading, phase: (phase + 1) % 4 }]);
          engine.step(3);
          const [step, down] = [heading.endsWith("E") ? 1 : 79, heading.startsWith("S") ? 1 : 79];
          expect(findGliders(engine.read())).toEqual([
            { x: (x + step) % 80, y: (y + down) % 80, heading, phase },
          ]);
        }
      }
    }
  });

  it("are the same that are found by cutting pieces out and running them", () => {
    let found = 0;
    for (let seed = 1; seed <= 6; seed += 1) {
      const engine = new NaiveEngine(NO_HASHER);
      engine.load(soup(SIZE, { seed, densityPerMille: 300 }), CONWAY);
      for (let round = 0; round < 6; round += 1) {
        engine.step(40);
        const grid = engine.read();
        const byTable = findGliders(grid).map(({ x, y }) => ({ x, y }));
        // The table wants the whole frame of its 5×5 window dead, a piece only that nothing touches it.
        const byPieces = componentGliders(grid).filter((glider) => isFramed(grid, glider));
        const sorted = (list: readonly { x: number; y: number }[]) =>
          [...list].sort((a, b) => a.y - b.y || a.x - b.x);
        expect(sorted(byTable)).toEqual(sorted(byPieces));
        found += byTable.length;
      }
    }
    expect(found).toBeGreaterThan(10);
  });
});

function isFramed(grid: Grid, { x, y }: { readonly x: number; readonly y: number }): boolean {
  let live = 0;
  for (let downY = -2; downY <= 2; downY += 1)
    for (let downX = -2; downX <= 2; downX += 1) live += grid.get(x + downX, y + downY);
  return live === 5;
}

describe("a carrier", () => {
  it("carries its shard from tile to tile, each told once", () => {
    const glider: FoundGlider = { x: 8, y: 8, heading: "SE", phase: 0 };
    const grid = gridOf([glider]);
    const events: CarrierEvent[] = [];
    const carriers = new Carriers({
      tilesX: 5,
      tilesY: 5,
      tileSide: 16,
      detect: findGliders,
      onEvent: (_, event) => events.push(event),
    });
    expect(carriers.bind(7, glider, grid, 0)).toBe(true);
    const engine = new NaiveEngine(NO_HASHER);
    engine.load(grid, CONWAY);
    for (let tick = 1; tick <= 320; tick += 1) {
      engine.step(1);
      carriers.follow(engine.read(), tick);
    }
    // 320 ticks are 80 cells: once round the torus, over the five tiles of the diagonal.
    expect(carriers.position(7)).toMatchObject({ x: 8, y: 8, cell: 0, isBound: true });
    const handovers = events.flatMap((event) => (event.type === "handover" ? [event.to] : []));
    expect(handovers.filter((cell) => cell % 6 === 0)).toEqual([6, 12, 18, 24, 0]);
    expect(carriers.release(7)?.cell).toBe(0);
    expect(carriers.position(7)).toBeUndefined();
  });

  it("that dies is lost, and the shard waits where it was for another", () => {
    const glider: FoundGlider = { x: 20, y: 20, heading: "SE", phase: 0 };
    const grid = gridOf([glider]);
    const types: string[] = [];
    const carriers = new Carriers({
      tilesX: 5,
      tilesY: 5,
      tileSide: 16,
      detect: findGliders,
      onEvent: (_, event) => types.push(event.type),
    });
    carriers.bind(1, glider, grid, 0);
    for (let tick = 1; tick <= 10; tick += 1) carriers.follow(new Grid(SIZE), tick);
    expect(carriers.position(1)).toMatchObject({ x: 20, y: 20, isBound: false });
    carriers.follow(gridOf([{ x: 30, y: 25, heading: "NW", phase: 1 }]), 11);
    expect(carriers.position(1)).toMatchObject({ x: 30, y: 25, isBound: true });
    expect(types.filter((type) => type !== "handover")).toEqual(["bound", "lost", "bound"]);
    expect(carriers.bind(2, { x: 70, y: 70 }, new Grid(SIZE), 12)).toBe(false);
  });

  it("is refused on tiles that are too small, and on a grid of another size", () => {
    expect(() => new Carriers({ tilesX: 5, tilesY: 5, tileSide: 15, detect: findGliders })).toThrow(
      "tiles of 15 cells",
    );
    const carriers = new Carriers({ tilesX: 5, tilesY: 5, tileSide: 16, detect: findGliders });
    expect(() => carriers.follow(new Grid({ width: 64, height: 64 }), 1)).toThrow("64×64");
  });
});
