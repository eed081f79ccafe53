import { nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { readRle } from "../rle/read-rle.ts";
import { Grid } from "./grid.ts";
import { NaiveEngine } from "./naive-engine.ts";
import { CONWAY, ruleOf } from "./rule.ts";

/** Three rows of three cells as one number of nine bits, on a torus large enough to keep them apart. */
function windowOf(bits: number): Grid {
  const grid = new Grid({ width: 7, height: 7 });
  for (let at = 0; at < 9; at += 1) {
    if ((bits >>> at) & 1) grid.set(2 + (at % 3), 2 + Math.floor(at / 3), true);
  }
  return grid;
}

describe("NaiveEngine", () => {
  it("does what the rule says for all 512 neighbourhoods", () => {
    const engine = new NaiveEngine(nodeHasher);
    for (let bits = 0; bits < 512; bits += 1) {
      engine.load(windowOf(bits), CONWAY);
      engine.step(1);
      const alive = (bits >>> 4) & 1;
      const around = [...bits.toString(2)].filter((bit) => bit === "1").length - alive;
      // Conway's own words: two or three neighbours keep a cell alive, exactly three bring one to life.
      const expected = around === 3 || (alive === 1 && around === 2) ? 1 : 0;
      expect(engine.read().get(3, 3)).toBe(expected);
    }
  });

  it("moves a glider round the torus, back to where it was", () => {
    const read = readRle("x = 3, y = 3\nbo$2bo$3o!");
    if ("problem" in read) throw new Error(read.problem.message);
    const start = new Grid({ width: 16, height: 16 });
    start.stamp(read.pattern.cells, { left: 5, top: 5 });
    const engine = new NaiveEngine(nodeHasher);
    engine.load(start, CONWAY);
    const before = engine.hash();
    engine.step(4);
    const moved = new Grid({ width: 16, height: 16 });
    moved.stamp(read.pattern.cells, { left: 6, top: 6 });
    expect(engine.read().equals(moved)).toBe(true);
    expect(engine.hash()).not.toBe(before);
    engine.step(60);
    expect([engine.tick, engine.population(), engine.hash()]).toEqual([64, 5, before]);
  });

  it("runs other rules: nothing survives without S, all that lives stays under S012345678", () => {
    const engine = new NaiveEngine(nodeHasher);
    engine.load(windowOf(0b111_101_111), ruleOf(0, 0));
    engine.step(1);
    expect(engine.population()).toBe(0);
    engine.load(windowOf(0b111_101_111), ruleOf(0, 0x1ff));
    engine.step(9);
    expect(engine.population()).toBe(8);
  });

  it("hashes sizes too: empty grids of two sizes differ", () => {
    const engine = new NaiveEngine(nodeHasher);
    engine.load(new Grid({ width: 8, height: 16 }), CONWAY);
    const one = engine.hash();
    engine.load(new Grid({ width: 16, height: 8 }), CONWAY);
    expect(engine.hash()).not.toBe(one);
    expect(one).toMatch(/^sha256-[0-9a-f]{64}$/);
  });
});
