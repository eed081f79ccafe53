import { describe, expect, it } from "vitest";
import { createDraws } from "../seeded-draws.ts";
import { distancesFrom, loadBound } from "../load/load-bound.ts";
import { createTopology } from "../shards/topology.ts";
import { createPotentialField, createTrailField } from "./hint-field.ts";

const TOPOLOGY = createTopology({ width: 8, height: 8 });

describe("a trail", () => {
  it("decays lazily to what eager decay gives", () => {
    const lazy = createTrailField(TOPOLOGY, { decayPerMille: 20, depositPerMille: 300 });
    const eager = new Float64Array(TOPOLOGY.cells);
    const draws = createDraws(1);
    for (let tick = 1; tick < 500; tick += 1) {
      for (let cell = 0; cell < TOPOLOGY.cells; cell += 1) eager[cell] = (eager[cell] ?? 0) * 0.98;
      const cell = draws.below(TOPOLOGY.cells);
      lazy.deposit(cell, tick);
      eager[cell] = (eager[cell] ?? 0) + (1 - (eager[cell] ?? 0)) * 0.3;
      for (let other = 0; other < TOPOLOGY.cells; other += 7)
        expect(Math.abs(lazy.at(other, tick) - (eager[other] ?? 0))).toBeLessThan(1e-9);
    }
  });

  it("is v · λⁿ after n idle ticks, and nothing in the end", () => {
    const trail = createTrailField(TOPOLOGY, { decayPerMille: 10, depositPerMille: 500 });
    trail.deposit(3, 0);
    expect(trail.at(3, 100)).toBeCloseTo(0.5 * 0.99 ** 100, 9);
    expect(trail.at(3, 100_000)).toBe(0);
    expect(() => createTrailField(TOPOLOGY, { decayPerMille: -1, depositPerMille: 0 })).toThrow(
      "-1",
    );
  });
});

describe("a trail that nobody goes", () => {
  // ln 0.5 / ln 0.99 = 68.97 ticks.
  const settings = { decayPerMille: 10, depositPerMille: 500 };

  it("is shown for three half-lives and then not at all, while its value goes on decaying", () => {
    const trail = createTrailField(TOPOLOGY, settings);
    trail.deposit(3, 0);
    expect(trail.shown(3, 206)).toBe(trail.at(3, 206));
    expect(trail.shown(3, 206)).toBeGreaterThan(0.5 / 8);
    expect(trail.shown(3, 207)).toBe(0);
    expect(trail.at(3, 207)).toBeCloseTo(0.5 * 0.99 ** 207, 9);
  });

  it("is shown again from the first time it is gone, however faint, and for ever where nothing decays", () => {
    const trail = createTrailField(TOPOLOGY, { ...settings, depositPerMille: 1 });
    trail.deposit(3, 0);
    trail.deposit(3, 300);
    expect(trail.shown(3, 301)).toBe(trail.at(3, 301));
    expect(trail.shown(3, 301)).toBeGreaterThan(0);
    const lasting = createTrailField(TOPOLOGY, { ...settings, decayPerMille: 0 });
    lasting.deposit(3, 0);
    expect(lasting.shown(3, 4_000)).toBe(0.5);
  });
});

describe("a potential", () => {
  it("becomes the number of hops to the sink, by gossip alone, and follows when cells die", () => {
    const draws = createDraws(2);
    const closed = new Set(Array.from({ length: 20 }, () => 1 + draws.below(63)));
    for (const isOpen of [() => true, (cell: number) => !closed.has(cell)]) {
      const field = createPotentialField(TOPOLOGY, 0);
      for (let round = 0; round < 64; round += 1) field.relax(isOpen);
      for (const [cell, distance] of distancesFrom(TOPOLOGY, 0, isOpen).entries())
        expect(field.at(cell)).toBe(distance < 0 ? 64 : distance);
    }
  });
});

describe("the bound of load", () => {
  it("is 15 shards a tick on a torus of 5×5 with eight neighbours, as computed by hand", () => {
    const bound = loadBound(createTopology({ width: 5, height: 5 }), 1);
    // 8 cells at one hop, 16 at two.
    expect(bound.meanHops).toBeCloseTo(40 / 24, 12);
    expect(bound.capacity).toBeCloseTo(15, 12);
    expect(bound.at(1)).toBeCloseTo(1 / (40 / 24 + 1), 12);
    expect(bound.at(1_000)).toBeCloseTo(15, 12);
  });
});
