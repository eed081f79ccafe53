import { describe, expect, it } from "vitest";
import { distancesFrom } from "../load/load-bound.ts";
import { createDraws } from "../seeded-draws.ts";
import { createTopology } from "../shards/topology.ts";
import { createHotPotentials } from "./hot-potentials.ts";
import { createWayHint } from "./way-hint.ts";

const TOPOLOGY = createTopology({ width: 8, height: 8 });
const everywhere = (): boolean => true;

describe("potentials of hot targets", () => {
  const settle = (hot: ReturnType<typeof createHotPotentials>): void => {
    while (hot.relax(everywhere));
  };

  it("are announced by the third delivery close in time, not by three far apart", () => {
    const hot = createHotPotentials(TOPOLOGY, { targetsMax: 2, decayPerMille: 20 });
    for (const tick of [0, 1]) hot.delivered(9, tick);
    expect(hot.at(9, 9)).toBeUndefined();
    for (const tick of [0, 500, 1_000]) hot.delivered(20, tick);
    expect(hot.at(20, 20)).toBeUndefined();
    hot.delivered(9, 2);
    settle(hot);
    expect(Array.from({ length: 64 }, (_, cell) => hot.at(cell, 9))).toEqual([
      ...distancesFrom(TOPOLOGY, 9),
    ]);
  });

  it("are at most so many: the coldest is forgotten (H2)", () => {
    const hot = createHotPotentials(TOPOLOGY, { targetsMax: 2, decayPerMille: 1 });
    for (let tick = 0; tick < 30; tick += 1) hot.delivered(1 + (tick % 2), tick);
    for (let tick = 30; tick < 33; tick += 1) hot.delivered(3, tick);
    expect([1, 2, 3].map((target) => hot.at(0, target) === undefined)).toEqual([
      false,
      false,
      true,
    ]);
    for (let tick = 3_000; tick < 3_003; tick += 1) hot.delivered(3, tick);
    expect([1, 2, 3].filter((target) => hot.at(0, target) === undefined)).toEqual([1]);
  });

  it("end when nothing comes any more", () => {
    const hot = createHotPotentials(TOPOLOGY, { targetsMax: 2, decayPerMille: 2 });
    for (let tick = 0; tick < 3; tick += 1) hot.delivered(9, tick);
    hot.forget(300);
    expect(hot.at(9, 9)).toBe(0);
    hot.forget(400);
    expect(hot.at(9, 9)).toBeUndefined();
  });

  it("keep what a blocked cell knew, and lead round it meanwhile", () => {
    const hot = createHotPotentials(TOPOLOGY, { targetsMax: 1, decayPerMille: 1 });
    for (let tick = 0; tick < 3; tick += 1) hot.delivered(0, tick);
    settle(hot);
    const walls = new Set([1, 9, 8, 15, 7, 63, 56, 57]);
    const isOpen = (cell: number): boolean => !walls.has(cell);
    for (let round = 0; round < 64; round += 1) hot.relax(isOpen);
    // Shut in on all sides: nobody outside believes in a way, and the walls remember theirs.
    expect([hot.at(2, 0), hot.at(1, 0)]).toEqual([64, 1]);
    hot.relax(everywhere);
    expect([hot.at(2, 0), hot.at(1, 0)]).toEqual([2, 1]);
  });

  it("refuse a number of targets that no cell should keep", () => {
    for (const targetsMax of [0, 1.5, 65, Number.NaN])
      expect(() => createHotPotentials(TOPOLOGY, { targetsMax, decayPerMille: 1 })).toThrow(
        `targetsMax ${targetsMax}`,
      );
  });
});

describe("the hint of a way", () => {
  it("is the trail for any target, and for a hot one a potential that outweighs it", () => {
    const hint = createWayHint(TOPOLOGY, {
      decayPerMille: 0,
      depositPerMille: 500,
      trailPerMille: 300,
      targetsMax: 4,
    });
    const draws = createDraws(1);
    hint.learn([0, 1, 2], 0);
    expect(hint.at(1, 40)).toBeCloseTo(0.15, 12);
    expect(hint.at(30, 40)).toBe(0);
    for (let tick = 1; tick < 4; tick += 1) hint.learn([draws.below(64), 2], tick);
    while (hint.relax(everywhere));
    expect(hint.at(1, 2) - hint.at(0, 2)).toBe(10);
    expect(hint.at(1, 40)).toBeGreaterThan(0);
  });

  it("is nothing at all once nothing was delivered for three half-lives, to whatever target", () => {
    const hint = createWayHint(TOPOLOGY, {
      decayPerMille: 2,
      depositPerMille: 10,
      trailPerMille: 300,
      targetsMax: 8,
    });
    const draws = createDraws(2);
    // Two targets that are as hot as can be, and trails on every cell.
    for (let tick = 0; tick < 200; tick += 1)
      hint.learn([draws.below(64), draws.below(64), draws.below(64), tick % 2], tick);
    while (hint.relax(everywhere));
    expect([hint.at(9, 0), hint.at(9, 30) > 0]).toEqual([-10, true]);
    // ln 0.5 / ln 0.998 = 346.2 ticks.
    hint.learn([], 199 + 1_039);
    const shown = Array.from({ length: 64 * 64 }, (_, pair) => hint.at(pair >> 6, pair & 63));
    expect(shown.filter((value) => value !== 0)).toEqual([]);
  });
});
