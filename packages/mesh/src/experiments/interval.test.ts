import { describe, expect, it } from "vitest";
import { createDraws } from "../seeded-draws.ts";
import { nthRoot, squareRoot } from "../square-root.ts";
import { bootstrap, mean, quantile, wilson } from "./interval.ts";
import { theilSen } from "./theil-sen.ts";

describe("intervals", () => {
  it("gives Wilson's interval as published tables do", () => {
    // Newcombe 1998, table I, method 3: 81 of 263 and 15 of 148.
    const first = wilson(81, 263);
    expect(first.low).toBeCloseTo(0.2553, 4);
    expect(first.high).toBeCloseTo(0.3662, 4);
    const second = wilson(15, 148);
    expect(second.low).toBeCloseTo(0.0624, 4);
    expect(second.high).toBeCloseTo(0.1605, 4);
    expect(wilson(0, 20).low).toBe(0);
    expect(wilson(20, 20).high).toBe(1);
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1 });
  });

  it("resamples to the same interval every time, and covers the mean as often as it says", () => {
    let covered = 0;
    for (let trial = 0; trial < 100; trial += 1) {
      const draws = createDraws(trial + 1);
      const values = Array.from({ length: 30 }, () => draws.below(1_000));
      const interval = bootstrap(30, (indexes) => mean(indexes.map((index) => values[index] ?? 0)));
      if (interval.low <= 499.5 && interval.high >= 499.5) covered += 1;
      expect(interval.low).toBeLessThanOrEqual(interval.estimate);
    }
    expect(covered).toBeGreaterThanOrEqual(85);
    expect(covered).toBeLessThan(100);
  });

  it("takes quantiles by nearest rank", () => {
    expect(quantile([1, 2, 3, 4], 500)).toBe(2);
    expect(quantile([1, 2, 3, 4], 950)).toBe(4);
    expect(quantile([], 500)).toBeNaN();
  });

  it("draws roots by the four operations alone", () => {
    for (const value of [2, 9, 1e-12, 0.5, 1e300, 123456.789]) {
      expect(Math.abs(squareRoot(value) / Math.sqrt(value) - 1)).toBeLessThan(1e-15);
      expect(nthRoot(value, 7) / value ** (1 / 7)).toBeCloseTo(1, 12);
    }
    expect(squareRoot(0)).toBe(0);
    expect(squareRoot(-1)).toBe(0);
  });
});

describe("slope", () => {
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  const noise = createDraws(7);

  it("finds a leak under noise and spikes, and none where there is none", () => {
    const flat = minutes.map((x) => ({ x, y: noise.below(200) + (x === 30 ? 50_000 : 0) }));
    const level = theilSen(flat);
    expect(level.low).toBeLessThan(0);
    expect(level.high).toBeGreaterThan(0);
    const leaking = flat.map(({ x, y }) => ({ x, y: y + 10 * x }));
    const slope = theilSen(leaking);
    expect(slope.low).toBeGreaterThan(8);
    expect(slope.estimate).toBeCloseTo(10, 0);
    expect(slope.high).toBeLessThan(12);
  });

  it("says nothing of a single point", () => {
    expect(theilSen([{ x: 1, y: 1 }]).high).toBeNaN();
  });
});
