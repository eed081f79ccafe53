import { describe, expect, it } from "vitest";
import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { RandomStream } from "../random/random-stream.ts";
import { soup } from "../random/soup.ts";
import { findFlippedPatterns, findNear } from "./find-flipped-patterns.ts";
import { findPatterns, type FoundPattern } from "./find-patterns.ts";
import { PATTERN_CLASSES } from "./pattern-class.ts";
import { PatternTracker } from "./pattern-tracker.ts";
import { cellsOf } from "./shape.ts";
import { TEMPLATES, type Template } from "./templates.ts";
import { hasMargin, islandAt, runAlone, type Island } from "../experiments/island-truth.ts";

const NO_HASHER = { sha256: () => new Uint8Array(32) };
const SOAK = Number(process.env["SWOOSH_SOAK"] ?? 0);

function stamp(grid: Grid, template: Template, left: number, top: number): void {
  for (const { x, y } of cellsOf(template.shape)) grid.set(left + x, top + y, true);
}

function nameOf({ template, left, top }: FoundPattern): string {
  return `${template.className} ${template.symmetry} ${template.phase} ${left},${top}`;
}

function stepped(grid: Grid, ticks: number): Grid {
  const engine = new BitsEngine(NO_HASHER);
  engine.load(grid, CONWAY);
  engine.step(ticks);
  return engine.read();
}

describe("templates", () => {
  it("are ten classes in every orientation and phase: each its own shape, 16 of the glider, 16 of the LWSS", () => {
    const counts = PATTERN_CLASSES.map(
      (name) => TEMPLATES.filter(({ className }) => className === name).length,
    );
    expect(counts).toEqual([1, 2, 4, 4, 1, 2, 8, 4, 16, 16]);
    const headings = new Set(TEMPLATES.flatMap(({ heading }) => heading ?? []));
    expect([...headings].sort((a, b) => (a < b ? -1 : 1))).toEqual([
      "E",
      "N",
      "NE",
      "NW",
      "S",
      "SE",
      "SW",
      "W",
    ]);
  });
});

describe("findPatterns", () => {
  it("finds every template anywhere, across the edges too, and the next phase where it says", () => {
    const size = { width: 45, height: 33 };
    for (const template of TEMPLATES)
      for (const [left, top] of [
        [20, 15],
        [0, 0],
        [44, 32],
        [31, 1],
      ] as const) {
        const grid = new Grid(size);
        stamp(grid, template, left, top);
        const found = findPatterns(grid);
        expect(found.map(nameOf)).toEqual([
          nameOf({ template, left, top, flips: 0, middleX2: 0, middleY2: 0 }),
        ]);
        expect(found[0]).toMatchObject({
          middleX2: (2 * left + template.shape.width - 1) % 90,
          middleY2: (2 * top + template.shape.height - 1) % 66,
        });
        const [next] = findPatterns(stepped(grid, 1));
        expect(next).toMatchObject({
          left: (left + template.nextLeft + 45) % 45,
          top: (top + template.nextTop + 33) % 33,
        });
        expect(next?.template).toMatchObject({
          className: template.className,
          heading: template.heading,
          phase: (template.phase + 1) % template.period,
        });
      }
  });

  it("agrees with islands that are cut out and run: precision and recall in ash", () => {
    let [truths, recalled, finds, right] = [0, 0, 0, 0];
    for (let seed = 1; seed <= (SOAK > 0 ? 200 : 8); seed += 1) {
      const size = { width: 128, height: 128 };
      const grid = stepped(soup(size, { seed, densityPerMille: 300 }), 400);
      const found = new Map<string, Template>();
      for (const one of findPatterns(grid)) {
        const cells = cellsOf(one.template.shape).map(
          ({ x, y }) => [one.left + x, one.top + y] as const,
        );
        found.set(keyOf(grid, cells), one.template);
        finds += 1;
        if (hasMargin(grid, cells) && isSame(one.template, runAlone(cells))) right += 1;
      }
      for (const island of islandsOf(grid)) {
        truths += 1;
        if (isSame(found.get(keyOf(grid, island.cells)), island)) recalled += 1;
      }
    }
    expect(truths).toBeGreaterThan(400);
    // Exact: the detector is a table, the truth a simulation, and they name the same.
    expect({ recalled, right }).toEqual({ recalled: truths, right: finds });
  });
});

function isSame(template: Template | undefined, truth: Omit<Island, "cells">): boolean {
  return (
    template?.className === truth.className &&
    template?.stepX === truth.stepX &&
    template.stepY === truth.stepY
  );
}

function islandsOf(grid: Grid): readonly Island[] {
  const found = new Map<string, Island>();
  for (let y = 0; y < grid.height; y += 1)
    for (let x = 0; x < grid.width; x += 1) {
      if (grid.get(x, y) === 0) continue;
      for (const reach of [1, 2] as const) {
        const island = islandAt(grid, x, y, reach);
        if (island.className !== undefined && hasMargin(grid, island.cells))
          found.set(keyOf(grid, island.cells), island);
      }
    }
  return [...found.values()];
}

function keyOf(grid: Grid, cells: readonly (readonly [number, number])[]): string {
  const { width, height } = grid;
  const names = cells.map(
    ([x, y]) => ((y + height * 4) % height) * width + ((x + width * 4) % width),
  );
  return names.sort((a, b) => a - b).join(" ");
}

describe("under flips", () => {
  it("finds each template with any one cell of it or of its margin flipped", () => {
    const size = { width: 24, height: 24 };
    for (const template of TEMPLATES) {
      const { width, height } = template.shape;
      for (const { x, y } of cellsOf(template.shape)) {
        const grid = new Grid(size);
        stamp(grid, template, 8, 8);
        grid.set(8 + x, 8 + y, false);
        // What is left of a blinker fits in two places: the nearer one is taken.
        const near = { left: 8, top: 8, cellsMax: 2, flipsMax: 1 };
        expect(findNear(grid, [template], near)).toMatchObject({ left: 8, top: 8, flips: 1 });
      }
      const grid = new Grid(size);
      stamp(grid, template, 8, 8);
      grid.set(8 + width, 8 + height - 1, true);
      const all = findFlippedPatterns(grid, 1);
      expect(all.some((one) => one.template === template || one.flips <= 1)).toBe(true);
    }
  });

  it("keeps finding gliders and their heading at one flip in a thousand, within two ticks", () => {
    let [recalled, right, trials] = [0, 0, 0];
    for (let seed = 1; seed <= (SOAK > 0 ? 400 : 40); seed += 1) {
      const stream = new RandomStream(seed, "flip");
      const gliders = TEMPLATES.filter(({ className }) => className === "glider");
      const template = gliders[seed % gliders.length];
      if (template === undefined) throw new Error("no glider");
      const grid = new Grid({ width: 32, height: 32 });
      stamp(grid, template, 10, 10);
      let state = grid;
      let best: FoundPattern | undefined;
      for (let tick = 0; tick <= 2 && best === undefined; tick += 1) {
        const seenGrid = state.clone();
        for (let y = 0; y < 32; y += 1)
          for (let x = 0; x < 32; x += 1)
            if (stream.draw(tick, y * 32 + x) < 4_294_967)
              seenGrid.set(x, y, seenGrid.get(x, y) === 0);
        best = findFlippedPatterns(seenGrid, 1).find(
          ({ template: { className } }) => className === "glider",
        );
        state = stepped(state, 1);
      }
      trials += 1;
      if (best !== undefined) recalled += 1;
      if (best?.template.heading === template.heading) right += 1;
    }
    expect([recalled / trials, right / trials].every((share) => share >= 0.99)).toBe(true);
  });
});

describe("PatternTracker", () => {
  it("keeps the names of patterns that move, blink, or are out of sight for some ticks", () => {
    let grid = new Grid({ width: 64, height: 64 });
    const of = (className: string): Template => {
      const found = TEMPLATES.find((one) => one.className === className);
      if (found === undefined) throw new Error(className);
      return found;
    };
    stamp(grid, of("glider"), 5, 5);
    stamp(grid, of("lwss"), 5, 40);
    stamp(grid, of("blinker"), 40, 10);
    const tracker = new PatternTracker(grid);
    const first = tracker.see(findPatterns(grid), 0);
    expect(first.map(({ id }) => id)).toEqual([1, 2, 3]);
    const byId = (list: typeof first) =>
      new Map(list.map((one) => [one.id, one.found.template.className]));
    const names = byId(first);
    for (let tick = 1; tick <= 60; tick += 1) {
      grid = stepped(grid, 1);
      // Every fifth tick nobody looks.
      if (tick % 5 !== 0) expect(byId(tracker.see(findPatterns(grid), tick))).toEqual(names);
    }
    tracker.see([], 61);
    expect(tracker.see(findPatterns(grid), 90).map(({ id }) => id)).toEqual([4, 5, 6]);
  });
});
