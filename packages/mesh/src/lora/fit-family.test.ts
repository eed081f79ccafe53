import { nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { FIRST_PHASES } from "../patterns/pattern-class.ts";
import { SYMMETRIES, turnShape, shapeOf, type Shape, cellsOf } from "../patterns/shape.ts";
import { TEMPLATES } from "../patterns/templates.ts";
import { fitAdapter } from "./fit-adapter.ts";
import { fitFamily } from "./fit-family.ts";
import { LEVEL_MAX, LEVEL_ONE } from "./limits.ts";
import { CONWAY_WEIGHTS, neighbourhoods, turnNeighbourhood } from "./neighbourhood.ts";

const { block, beehive, loaf, boat, tub, blinker, glider, lwss } = FIRST_PHASES;

/** Neighbourhoods around a shape, some of its cells flipped. */
function around(shape: Shape, flips: readonly number[]): Uint16Array {
  const size = { width: shape.width + 4, height: shape.height + 4 };
  const cells = new Uint8Array(size.width * size.height);
  for (const { x, y } of cellsOf(shape)) cells[(y + 2) * size.width + x + 2] = 1;
  for (const cell of flips) cells[cell] = 1 - (cells[cell] ?? 0);
  const found = new Uint16Array(cells.length);
  neighbourhoods(cells, size, found);
  return found;
}

/** What a cell becomes where the row acts at half again its weight, as in the middle of a pulse. */
function next(row: Int8Array, bits: number): boolean {
  return 2 * LEVEL_ONE * (CONWAY_WEIGHTS[bits] ?? 0) + 3 * (row[bits] ?? 0) > 0;
}

describe("fitFamily", () => {
  it("gives one row, the same in whatever order, in which no turn is preferred", () => {
    const row = fitFamily([block, loaf, glider]);
    expect(fitFamily([glider, block, loaf])).toEqual(row);
    for (const symmetry of SYMMETRIES) {
      const turned = row.map((_, bits) => row[turnNeighbourhood(bits, symmetry)] ?? 0);
      expect([symmetry, turned]).toEqual([symmetry, row]);
      const rows = textOf(turnShape(shapeOf(glider.rows), symmetry));
      expect(fitFamily([block, loaf, { rows, period: 4 }])).toEqual(row);
    }
    // Against Conway's rule or not at all, as entries of adapters are.
    const against = [...row].map((level, bits) => -level * (CONWAY_WEIGHTS[bits] ?? 0));
    expect(against.some((level) => level > 0)).toBe(true);
    expect(
      against.filter((level) => level !== 0 && (level < LEVEL_ONE || level > LEVEL_MAX)),
    ).toEqual([]);
  });

  it("leaves each member's own orbit alone, in every phase and turn, and differs for a member more", () => {
    const ships = fitFamily([glider, lwss]);
    for (const { className, shape } of TEMPLATES)
      if (className === "glider" || className === "lwss")
        expect([className, around(shape, []).filter((bits) => ships[bits] !== 0)]).toEqual([
          className,
          new Uint16Array(0),
        ]);
    expect(fitFamily([glider])).not.toEqual(ships);
    expect(fitFamily([lwss])).not.toEqual(ships);
  });

  it("takes back in one tick what a flip did to a still life, much more often than Conway's rule", () => {
    const row = fitFamily([block, beehive, loaf, boat, tub]);
    const nothing = new Int8Array(512);
    let [healed, healedByConway, flips] = [0, 0, 0];
    for (const { className, shape } of TEMPLATES) {
      if (!["block", "beehive", "loaf", "boat", "tub"].includes(className)) continue;
      const still = [...around(shape, [])].map((bits) => (bits >>> 4) & 1);
      for (let cell = 0; cell < still.length; cell += 1) {
        const flipped = around(shape, [cell]);
        const isStill = (by: Int8Array): boolean =>
          still.every((alive, at) => next(by, flipped[at] ?? 0) === (alive === 1));
        flips += 1;
        if (isStill(row)) healed += 1;
        if (isStill(nothing)) healedByConway += 1;
      }
    }
    expect(flips).toBe(649);
    expect(healed).toBeGreaterThan(2 * healedByConway);
  });

  it("of one pattern that looks the same in every turn is the row that a fit begins with", () => {
    const none = {
      flipsPerMillion: 3_000,
      firstSeed: 1,
      episodes: 0,
      rounds: 0,
      validationSeeds: 1,
    };
    expect(fitAdapter("block", none, nodeHasher).rows).toEqual([fitFamily([block])]);
    expect(fitAdapter("boat", none, nodeHasher).rows).not.toEqual([fitFamily([boat])]);
  });

  it("refuses a pattern that is another one after its period", () => {
    expect(() => fitFamily([block, { ...blinker, period: 1 }])).toThrow("itself again");
    expect(() => fitFamily([])).toThrow("at least one");
  });
});

function textOf(shape: Shape): readonly string[] {
  return shape.rows.map((row) =>
    Array.from({ length: shape.width }, (_, x) => ((row >>> x) & 1 ? "O" : ".")).join(""),
  );
}
