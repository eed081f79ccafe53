import { hash } from "node:crypto";
import {
  BitsEngine,
  CONWAY,
  Grid,
  NaiveEngine,
  parseRule,
  SimdEngine,
  soup,
  WorkersEngine,
  type Engine,
  type Rule,
} from "@swoosh/mesh";
import { afterEach, describe, expect, it } from "vitest";
import { nodeKernelHost } from "./node-kernel-host.ts";

const hasher = { sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer") };
const SOAK = Number(process.env["SWOOSH_SOAK"] ?? 0);

const open: Engine[] = [];
afterEach(() => {
  for (const engine of open.splice(0)) engine.close();
});

/** The naive engine first: the others are held to it. */
function engines(): readonly [Engine, ...Engine[]] {
  const naive = new NaiveEngine(hasher);
  open.push(naive);
  return [naive, ...fastEngines()];
}

function fastEngines(): readonly Engine[] {
  const made = [
    new BitsEngine(hasher),
    new SimdEngine(hasher, nodeKernelHost),
    new WorkersEngine(hasher, nodeKernelHost, 1),
    new WorkersEngine(hasher, nodeKernelHost, 2),
  ];
  open.push(...made);
  return made;
}

function mustParse(text: string): Rule {
  const parsed = parseRule(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.rule;
}

/** All engines over these steps: where hash or population differs from the oracle's. */
function differences(grid: Grid, rule: Rule, steps: readonly number[]): readonly string[] {
  const [oracle, ...others] = engines();
  const found: string[] = [];
  for (const engine of [oracle, ...others]) engine.load(grid, rule);
  for (const ticks of steps) {
    for (const engine of [oracle, ...others]) engine.step(ticks);
    for (const { hash: hashOf, name, population, tick } of others.map((engine) => ({
      hash: engine.hash(),
      name: engine.name,
      population: engine.population(),
      tick: engine.tick,
    })))
      if (hashOf !== oracle.hash() || population !== oracle.population())
        found.push(`${name}, ${grid.width}x${grid.height}, ${rule.text}, tick ${tick}`);
  }
  for (const engine of open.splice(0)) engine.close();
  return found;
}

/** Tick, population and hash after each of the steps; the engine lets go of its cells before the next one takes them. */
function course(engine: Engine, grid: Grid, steps: readonly number[]): readonly string[] {
  engine.load(grid, CONWAY);
  const told = steps.map((ticks) => {
    engine.step(ticks);
    return `tick ${engine.tick}: ${engine.population()} alive, ${engine.hash()}`;
  });
  engine.close();
  return told;
}

const GLIDER = [
  [1, 0],
  [2, 1],
  [0, 2],
  [1, 2],
  [2, 2],
] as const;

/** One that leaves by the far corner, and one that leaves by the top. */
function glidersAtSeams(side: number): Grid {
  const grid = new Grid({ width: side, height: side });
  for (const [x, y] of GLIDER) {
    grid.set(side - 8 + x, side - 8 + y, true);
    grid.set(side / 2 - x, 6 - y, true);
  }
  return grid;
}

describe("all engines", () => {
  it("agree on each of the 512 neighbourhoods, under several rules", () => {
    for (const text of ["B3/S23", "B36/S23", "B1357/S02468", "B2/S", "B12345678/S012345678"]) {
      const rule = mustParse(text);
      // Neighbourhoods four cells apart, so that none reaches into another.
      const grid = new Grid({ width: 32 * 5, height: 16 * 5 });
      for (let number = 0; number < 512; number += 1) {
        const left = (number % 32) * 5 + 1;
        const top = Math.floor(number / 32) * 5 + 1;
        for (let bit = 0; bit < 9; bit += 1)
          if ((number >>> bit) & 1) grid.set(left + (bit % 3), top + Math.floor(bit / 3), true);
      }
      expect(differences(grid, rule, [1, 1])).toEqual([]);
    }
  });

  // A size by itself, each with the time that a test has: the largest alone is 65 G cells by the naive engine.
  it.each([5, 8, 16, 31, 64, 256])("agree on soups of %i cells a side", (side) => {
    const soups = SOAK > 0 ? 1_000 : side === 256 ? 1 : 2;
    const ticks = SOAK > 0 ? 1_000 : 60;
    const size = { width: side, height: side };
    for (let seed = 1; seed <= soups; seed += 1)
      expect(differences(soup(size, { seed }), CONWAY, [1, 2, ticks - 3])).toEqual([]);
  });

  it("agree on sides that are not alike, and on any rule", () => {
    for (const [width, height] of [
      [33, 7],
      [130, 40],
      [128, 5],
      [96, 160],
    ] as const)
      for (const text of ["B3/S23", "B368/S245", "B2/S"])
        expect(
          differences(
            soup({ width, height }, { seed: 7, densityPerMille: 300 }),
            mustParse(text),
            [1, 9, 30],
          ),
        ).toEqual([]);
  });

  // In the long runs up to the largest side that there is: 268 million cells, a gigabyte and some minutes.
  it.each(SOAK > 0 ? [4_096, 16_384] : [512])(
    "agree on %i cells a side, full and nearly empty, over the seams",
    (side) => {
      const size = { width: side, height: side };
      for (const grid of [soup(size, { seed: side }), glidersAtSeams(side)]) {
        // The naive engine for as long as it can be waited for; from there on the next one is the oracle.
        const first = course(new NaiveEngine(hasher), grid, [1, 3]);
        const [bits, ...others] = fastEngines().map((engine) => course(engine, grid, [1, 3, 296]));
        expect(bits?.slice(0, 2)).toEqual(first);
        for (const other of others) expect(other).toEqual(bits);
      }
    },
  );

  it("agree where tiles fall quiet and wake again", () => {
    // Two gliders in a large empty torus: nearly every tile is skipped, and they meet at last.
    const grid = new Grid({ width: 256, height: 256 });
    for (const [x, y] of GLIDER) {
      grid.set(10 + x, 10 + y, true);
      grid.set(120 - x, 120 - y, true);
    }
    expect(differences(grid, CONWAY, [1, 200, 300, 1])).toEqual([]);
  });
});
