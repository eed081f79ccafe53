import { describe, expect, it } from "vitest";
import { createTopology } from "../shards/topology.ts";
import { loadBound } from "./load-bound.ts";

describe("the bound of a load", () => {
  it("on a torus of 5×5, one send a cell, is what a hand computes", () => {
    const bound = loadBound(createTopology({ width: 5, height: 5 }), 1);
    // 8 cells are one hop away, 16 are two.
    expect(bound.meanHops).toBeCloseTo(40 / 24, 12);
    expect(bound.capacity).toBeCloseTo(15, 12);
    // 10 × 15 of the 600 pairs cross each way, and all ten cells of the narrow half are beside the other.
    expect(bound.bisection).toBeCloseTo(40, 12);
    expect(bound.at(1)).toBeCloseTo(1 / (40 / 24 + 1), 12);
    expect(bound.at(4_096)).toBeCloseTo(15, 12);
  });

  it("takes the scarcer way of the scarcer cut, where edges do not touch", () => {
    // Two columns against two: two cells a row on each side, one of them beside the other half. Rows, by one and two: four.
    const bound = loadBound(createTopology({ width: 4, height: 3, wraps: false, reach: 4 }), 2);
    expect(bound.bisection).toBeCloseTo((3 * 2) / ((6 * 6) / (12 * 11)), 12);
  });

  it("doubles with the sends of a cell, in all but what the population allows", () => {
    const topology = createTopology({ width: 6, height: 4 });
    const [one, two] = [loadBound(topology, 1), loadBound(topology, 2)];
    expect(two.bisection / one.bisection).toBeCloseTo(2, 12);
    expect(two.capacity / one.capacity).toBeCloseTo(2, 12);
    expect(two.at(1)).toBe(one.at(1));
  });
});
