import { describe, expect, it } from "vitest";
import { EnergyField } from "./energy-field.ts";

const SIZE = { width: 24, height: 16 };

describe("EnergyField", () => {
  it("without sources loses d of its sum each tick: sum and half-life", () => {
    const field = new EnergyField(SIZE, { lossPerMillion: 20_000, spreadPerMillion: 100_000 });
    field.add(0, 0, 5);
    field.add(13, 7, 2);
    const halfLife = Math.log(0.5) / Math.log(0.98);
    let halfAt = 0;
    for (let tick = 1; tick <= 200; tick += 1) {
      field.step();
      expect(Math.abs(field.sum() / (7 * 0.98 ** tick) - 1)).toBeLessThan(1e-6);
      if (halfAt === 0 && field.sum() <= 3.5) halfAt = tick;
    }
    expect(halfAt).toBe(Math.ceil(halfLife));
  });

  it("keeps every value within the range of the tick before, and the sum over 100,000 ticks without loss", () => {
    const field = new EnergyField(SIZE, { lossPerMillion: 0, spreadPerMillion: 125_000 });
    field.add(3, 3, 1);
    field.add(20, 15, 4);
    let range: readonly [number, number] = [0, 4];
    for (let tick = 0; tick < 100_000; tick += 1) {
      field.step();
      if (tick % 1_000 !== 0) continue;
      const values = cells((x, y) => field.get(x, y));
      const now = [Math.min(...values), Math.max(...values)] as const;
      expect(now[0]).toBeGreaterThanOrEqual(range[0] - 1e-12);
      expect(now[1]).toBeLessThanOrEqual(range[1] + 1e-12);
      range = now;
    }
    expect(Math.abs(field.sum() - 5)).toBeLessThan(1e-5);
  });

  it("comes to the state that solves the linear system of a point source", () => {
    const [d, D] = [0.05, 0.1];
    const small = { width: 9, height: 7 };
    const field = new EnergyField(small, { lossPerMillion: 50_000, spreadPerMillion: 100_000 });
    field.setSource(4, 3, 1);
    for (let tick = 0; tick < 1_000; tick += 1) field.step();
    // E = (1 − d)(E + D ∇²E) + S by elimination, written without the field's own loop.
    const n = 63;
    const rows = Array.from({ length: n }, (_, cell) => {
      const row = Array.from({ length: n + 1 }, () => 0);
      const [x, y] = [cell % 9, Math.floor(cell / 9)];
      row[cell] = 1 - (1 - d) * (1 - 8 * D);
      for (let down = -1; down <= 1; down += 1)
        for (let right = -1; right <= 1; right += 1) {
          if (down === 0 && right === 0) continue;
          const other = ((y + down + 7) % 7) * 9 + ((x + right + 9) % 9);
          row[other] = (row[other] ?? 0) - (1 - d) * D;
        }
      row[n] = cell === 3 * 9 + 4 ? 1 : 0;
      return row;
    });
    const solution = solve(rows);
    for (const [cell, value] of solution.entries())
      expect(Math.abs(field.get(cell % 9, Math.floor(cell / 9)) - value)).toBeLessThan(1e-5);
  });

  it("goes round the torus at every edge, alike in all directions", () => {
    const field = new EnergyField(SIZE, { lossPerMillion: 0, spreadPerMillion: 100_000 });
    field.add(0, 0, 1);
    field.step();
    const around = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => field.get(x, y)));
    expect(new Set(around.filter((_, at) => at !== 4)).size).toBe(1);
    expect(field.get(23, 15)).toBeCloseTo(0.1, 12);
    expect(field.gradient(2, 0).x).toBeLessThan(0);
    expect(field.gradient(-2, 0).x).toBeGreaterThan(0);
  });

  it("ends a source, and gives fixed point for hashes", () => {
    const field = new EnergyField(SIZE, { lossPerMillion: 500_000, spreadPerMillion: 0 });
    field.setSource(1, 0, 1);
    field.step();
    field.setSource(1, 0, 0);
    field.step();
    expect(field.fixed()[1]).toBe(32_768);
  });

  it("refuses what would make energy out of nothing", () => {
    expect(() => new EnergyField(SIZE, { lossPerMillion: 0, spreadPerMillion: 125_001 })).toThrow(
      "an eighth",
    );
    expect(() => new EnergyField(SIZE, { lossPerMillion: -1, spreadPerMillion: 0 })).toThrow(
      "a loss",
    );
  });
});

function cells<T>(of: (x: number, y: number) => T): readonly T[] {
  return Array.from({ length: SIZE.width * SIZE.height }, (_, cell) =>
    of(cell % SIZE.width, Math.floor(cell / SIZE.width)),
  );
}

/** Gauss with partial pivots. */
function solve(rows: number[][]): readonly number[] {
  const n = rows.length;
  for (let column = 0; column < n; column += 1) {
    const pivot = rows
      .slice(column)
      .reduce(
        (best, row, at) =>
          Math.abs(row[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0) ? at + column : best,
        column,
      );
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const head = rows[column] ?? [];
    for (let at = 0; at < n; at += 1) {
      const row = rows[at] ?? [];
      if (at === column) continue;
      const factor = (row[column] ?? 0) / (head[column] ?? 1);
      if (factor !== 0)
        for (let k = column; k <= n; k += 1) row[k] = (row[k] ?? 0) - factor * (head[k] ?? 0);
    }
  }
  return rows.map((row, at) => (row[n] ?? 0) / (row[at] ?? 1));
}
