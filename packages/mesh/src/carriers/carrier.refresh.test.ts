import { describe, expect, it } from "vitest";
import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { RandomStream } from "../random/random-stream.ts";
import { soup } from "../random/soup.ts";
import { Carriers, REFRESH_TICKS_MAX, type CarrierEvent } from "./carrier.ts";
import { findGliders, gliderCells, type FoundGlider } from "./find-gliders.ts";

const SIDE = 48;
const SIZE = { width: SIDE, height: SIDE };
const GLIDER: FoundGlider = { x: 20, y: 20, heading: "SE", phase: 0 };

function gridOf(
  gliders: readonly FoundGlider[],
  cells: readonly (readonly [number, number])[] = [],
): Grid {
  const grid = new Grid(SIZE);
  for (const [x, y] of [...gliders.flatMap(gliderCells), ...cells]) grid.set(x, y, true);
  return grid;
}

type Told = CarrierEvent & { readonly shard: number };

/** An automaton with carriers on the gliders of its start, shards 0, 1, …; `disturb` is the noise of a tick. */
function ride(start: Grid, gliders: readonly FoundGlider[], refreshes = true) {
  const engine = new BitsEngine({ sha256: () => new Uint8Array(32) });
  engine.load(start, CONWAY);
  const events: Told[] = [];
  const carriers = new Carriers({
    tilesX: 3,
    tilesY: 3,
    tileSide: 16,
    detect: findGliders,
    ...(refreshes ? { refreshBy: CONWAY } : {}),
    onEvent: (shard, event) => events.push({ ...event, shard }),
  });
  for (const [shard, glider] of gliders.entries()) carriers.bind(shard, glider, start, 0);
  let tick = 0;
  const step = (disturb: (grid: Grid, tick: number) => void = () => {}) => {
    tick += 1;
    engine.step(1);
    const byRule = engine.read();
    const seen = byRule.clone();
    disturb(seen, tick);
    carriers.follow(seen, tick);
    const grid = seen.clone();
    const written = carriers.refresh(grid, tick);
    engine.load(grid, CONWAY);
    return { byRule, seen, grid, written };
  };
  const typesOf = (shard: number): readonly string[] =>
    events.filter((event) => event.shard === shard).map(({ type }) => type);
  return { carriers, events, typesOf, step };
}

const flip = (grid: Grid, x: number, y: number): void => grid.set(x, y, grid.get(x, y) === 0);

describe("a carrier that is refreshed", () => {
  it("takes back a flip on every cell within three of its glider, in each phase, over the edges too", () => {
    for (let phase = 0; phase < 4; phase += 1) {
      const glider: FoundGlider = { x: 0, y: SIDE - 1, heading: "SE", phase };
      for (let y = -5; y <= 5; y += 1) {
        for (let x = -5; x <= 5; x += 1) {
          const { carriers, step } = ride(gridOf([glider]), [glider]);
          // One of the four ticks moves it; where it stands then is the middle.
          const [at] = findGliders(step().byRule);
          const isNear = Math.abs(x) <= 3 && Math.abs(y) <= 3;
          const { byRule, grid, written } = step((now) => {
            const [moved = at] = findGliders(now);
            if (moved !== undefined) flip(now, moved.x + x, moved.y + y);
          });
          expect([x, y, written, grid.equals(byRule)]).toEqual([x, y, isNear ? 1 : 0, isNear]);
          const next = step();
          const [found] = findGliders(next.byRule);
          expect([next.written, carriers.position(0)]).toMatchObject([
            0,
            { x: found?.x, y: found?.y },
          ]);
        }
      }
    }
  });

  it("without it is followed as ever, and nothing is written", () => {
    const { carriers, typesOf, step } = ride(gridOf([GLIDER]), [GLIDER], false);
    step((grid) => flip(grid, 20, 20));
    for (let tick = 0; tick < 6; tick += 1) expect(step().written).toBe(0);
    expect([carriers.position(0)?.isBound, typesOf(0)]).toEqual([false, ["bound", "lost"]]);
  });

  it("writes nothing where nothing flips, into what ever its glider runs: the grid is the automaton's (C2)", () => {
    const block = [27, 28].flatMap((x) => [27, 28].map((y) => [x, y] as const));
    const against: FoundGlider = { x: 33, y: 32, heading: "NW", phase: 1 };
    const aside: FoundGlider = { x: 32, y: 20, heading: "SW", phase: 2 };
    const grids = [
      gridOf([GLIDER], block),
      gridOf([GLIDER, against]),
      gridOf([GLIDER, aside]),
      ...[1, 2, 3].map((seed) => soup(SIZE, { seed, densityPerMille: 200 })),
    ];
    let lost = 0;
    for (const start of grids) {
      const alone = new BitsEngine({ sha256: () => new Uint8Array(32) });
      alone.load(start, CONWAY);
      const { events, step } = ride(start, findGliders(start));
      let last = start;
      for (let tick = 0; tick < 120; tick += 1) {
        const { grid, written } = step();
        expect(written).toBe(0);
        last = grid;
      }
      alone.step(120);
      expect(last.equals(alone.read())).toBe(true);
      lost += events.filter(({ type }) => type === "lost").length;
    }
    expect(lost).toBeGreaterThan(3);
  });

  it("writes none but what has just flipped, says where it saw a glider and nothing else, and lives (C1, C2)", () => {
    const gliders = [GLIDER, { ...GLIDER, x: 27, y: 17 }, { ...GLIDER, x: 4, y: 36 }];
    const { carriers, events, step } = ride(gridOf(gliders), gliders);
    const flips = new RandomStream(5, "flip");
    let total = 0;
    for (let tick = 1; tick <= 300; tick += 1) {
      const before = gliders.map((_, shard) => carriers.position(shard));
      const { byRule, seen, grid, written } = step((now) => {
        for (let cell = 0; cell < SIDE * SIDE; cell += 1)
          if (flips.below(1_000, tick, cell) === 0) flip(now, cell % SIDE, Math.floor(cell / SIDE));
      });
      total += written;
      // Each word that was written is, in every bit that was, the rule's again.
      for (const [at, word] of grid.words.entries())
        expect((word ^ (seen.words[at] ?? 0)) & (word ^ (byRule.words[at] ?? 0))).toBe(0);
      const places = findGliders(seen).map(({ x, y }) => `${x} ${y}`);
      for (const [shard, was] of before.entries()) {
        const now = carriers.position(shard);
        if (now?.x !== was?.x || now?.y !== was?.y) expect(places).toContain(`${now?.x} ${now?.y}`);
      }
    }
    expect(total).toBeGreaterThan(20);
    expect(events.filter(({ type }) => type === "lost")).toEqual([]);
    const told = events.reduce(
      (sum, event) => sum + (event.type === "refreshed" ? event.cells : 0),
      0,
    );
    expect(told).toBe(total);
  });

  it("is lost where somebody draws beside it at every tick, after eight (C3)", () => {
    const { carriers, events, typesOf, step } = ride(gridOf([GLIDER]), [GLIDER]);
    const written = Array.from(
      { length: REFRESH_TICKS_MAX + 1 },
      () =>
        step((grid) => {
          const [at] = findGliders(grid);
          if (at !== undefined) flip(grid, at.x + 3, at.y);
        }).written,
    );
    expect(written).toEqual([...Array.from({ length: REFRESH_TICKS_MAX }, () => 1), 0]);
    expect(typesOf(0)).toEqual(["bound", ...written.slice(1).map(() => "refreshed"), "lost"]);
    expect(events.at(-1)).toMatchObject({ tick: REFRESH_TICKS_MAX + 1 });
    expect(carriers.position(0)?.isBound).toBe(false);
  });

  it("that is taken away whole is not put back: it is lost, and waits for another (C3)", () => {
    const { carriers, typesOf, step } = ride(gridOf([GLIDER]), [GLIDER]);
    step();
    const wiped = step((grid) => {
      for (let y = 0; y < SIDE; y += 1) for (let x = 0; x < SIDE; x += 1) grid.set(x, y, false);
    });
    expect([wiped.written, wiped.grid.population()]).toEqual([0, 0]);
    for (let tick = 0; tick < 6; tick += 1) expect(step().written).toBe(0);
    expect(typesOf(0)).toEqual(["bound", "lost"]);
    step((grid) => {
      for (const [x, y] of gliderCells({ ...GLIDER, heading: "NE" })) grid.set(x, y, true);
    });
    expect(carriers.position(0)?.isBound).toBe(true);
    // The new one is kept up as the old one was.
    expect(step((grid) => flip(grid, 20, 20)).written).toBe(1);
  });

  it("beside another one: what either takes back the other remembers", () => {
    const rides = [0, 1, 2, 3].flatMap((phase) => {
      const pair = [GLIDER, { ...GLIDER, x: GLIDER.x + 5 }].map((one) => ({ ...one, phase }));
      return [pair, pair.toReversed()];
    });
    for (const pair of rides) {
      for (let x = 0; x <= 6; x += 1) {
        for (let y = -2; y <= 3; y += 1) {
          const { typesOf, step } = ride(gridOf(pair), pair);
          const { byRule, grid } = step((now) => flip(now, GLIDER.x + x, GLIDER.y + y));
          expect(grid.equals(byRule)).toBe(true);
          expect([step().written, step().written]).toEqual([0, 0]);
          expect([...typesOf(0), ...typesOf(1)].filter((type) => type === "lost")).toEqual([]);
        }
      }
    }
  });

  it("trusts no box that is older than a tick: without a refresh at each nothing is written", () => {
    const { carriers, step } = ride(gridOf([GLIDER]), [GLIDER]);
    const { grid } = step();
    const other = new BitsEngine({ sha256: () => new Uint8Array(32) });
    other.load(grid, CONWAY);
    other.step(2);
    const later = other.read();
    flip(later, 20, 20);
    carriers.follow(later, 3);
    expect(carriers.refresh(later, 3)).toBe(0);
  });

  it("after a crash in the noise is lost as ever, and then leaves what came of it alone", () => {
    const against: FoundGlider = { x: 30, y: 31, heading: "NW", phase: 1 };
    const { events, step } = ride(gridOf([GLIDER, against]), [GLIDER, against]);
    const flips = new RandomStream(9, "flip");
    const written: number[] = [];
    for (let tick = 1; tick <= 200; tick += 1)
      written.push(
        step((now) => {
          for (let cell = 0; cell < SIDE * SIDE; cell += 1)
            if (flips.below(1_000, tick, cell) === 0)
              flip(now, cell % SIDE, Math.floor(cell / SIDE));
        }).written,
      );
    const lost = events.filter(({ type }) => type === "lost");
    expect(lost.map(({ shard }) => shard).toSorted((a, b) => a - b)).toEqual([0, 1]);
    const last = Math.max(...lost.map(({ tick }) => tick));
    expect(last).toBeLessThan(60);
    expect(events.filter(({ type }) => type === "bound")).toHaveLength(2);
    expect(written.slice(last).filter((cells) => cells > 0)).toEqual([]);
  });
});
