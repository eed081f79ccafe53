import { describe, expect, it } from "vitest";
import { soup } from "../random/soup.ts";
import { countBits, Grid, sizeProblem } from "./grid.ts";

describe("Grid", () => {
  it("goes round at every edge", () => {
    const grid = new Grid({ width: 37, height: 5 });
    grid.set(-1, -1, true);
    expect(grid.get(36, 4)).toBe(1);
    expect(grid.get(73, 9)).toBe(1);
    grid.set(36, 4, false);
    expect(grid.population()).toBe(0);
  });

  it.each([1, 5, 31, 32, 33, 64, 100])("packs and unpacks a width of %d", (width) => {
    const grid = soup({ width, height: 9 }, { seed: width });
    const bytes = grid.toBytes();
    expect(Grid.fromBytes(grid, bytes).equals(grid)).toBe(true);
    expect(bytes.reduce((sum, cell) => sum + cell, 0)).toBe(grid.population());
    for (let x = 0; x < width; x += 1) expect(grid.get(x, 3)).toBe(bytes[3 * width + x]);
  });

  it("stamps a pattern across the corner", () => {
    const pattern = new Grid({ width: 40, height: 2 });
    for (let x = 0; x < 40; x += 1) pattern.set(x, 1, true);
    const grid = new Grid({ width: 50, height: 6 });
    grid.stamp(pattern, { left: 45, top: 5 });
    expect(grid.population()).toBe(40);
    expect([grid.get(45, 0), grid.get(44, 0), grid.get(34, 0), grid.get(35, 0)]).toEqual([
      1, 0, 1, 0,
    ]);
  });

  it("is a value: a clone goes its own way", () => {
    const grid = soup({ width: 20, height: 20 }, { seed: 1 });
    const other = grid.clone();
    other.set(3, 3, grid.get(3, 3) === 0);
    expect(other.equals(grid)).toBe(false);
  });

  it("refuses sizes of a torus with the side that is wrong", () => {
    expect(sizeProblem({ width: 5, height: 16_384 })).toBeUndefined();
    expect(sizeProblem({ width: 4, height: 99 })).toMatch(/^a side of 4 cells; .* 5 to 16384/);
    expect(sizeProblem({ width: 99, height: 16_385 })).toContain("16385");
    expect(sizeProblem({ width: 5.5, height: 9 })).toContain("5.5");
  });

  it("counts bits", () => {
    expect([0, 1, 0xffff_ffff, 0x8000_0001, 0x5555_5555].map(countBits)).toEqual([0, 1, 32, 2, 16]);
  });
});
