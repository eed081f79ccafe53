import { BitsEngine } from "../automaton/bits-engine.ts";
import type { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { Carriers, torusDistance } from "../carriers/carrier.ts";
import { findGliders, type FoundGlider } from "../carriers/find-gliders.ts";
import { RandomStream } from "../random/random-stream.ts";
import { seedOf } from "../seeded-draws.ts";
import { arm, atLeast, seedsFrom } from "./arm-parts.ts";
import { flipped, NO_HASHER, SIZE, startOf, TILES, TILE_SIDE } from "./carrier-rig.ts";
import { componentGliders } from "./component-gliders.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const TICKS = 5_000;
const FLIPS_PER_MILLION = 100;
/** A glider that the independent detector has not seen for longer is gone, and its shard's carrier is lost. */
const GONE_TICKS = 8;

type Place = { readonly x: number; readonly y: number };

/** Where the five gliders of a seed were at each tick, by the independent detector alone; undefined: not seen. */
interface Truth {
  readonly start: Grid;
  readonly gliders: readonly FoundGlider[];
  readonly grids: readonly Grid[];
  readonly places: readonly (readonly (Place | undefined)[])[];
  /** The first tick at which each of them is gone. */
  readonly goneAt: readonly number[];
}

let kept: { readonly name: string; readonly truth: Truth } | undefined;

/** The same for every arm of a seed, so it is made once; it ends with the last glider. */
function truthOf(seed: number, ticks: number): Truth {
  const name = `${seed} ${ticks}`;
  if (kept?.name !== name) kept = { name, truth: followed(seed, ticks) };
  return kept.truth;
}

function followed(seed: number, ticks: number): Truth {
  const { grid: start, gliders } = startOf(seed);
  const engine = new BitsEngine(NO_HASHER);
  engine.load(start, CONWAY);
  const flips = new RandomStream(seedOf(seed, 31), "flip");
  const last = gliders.map(({ x, y }) => ({ x, y, seenTick: 0 }));
  const goneAt = gliders.map(() => ticks + 1);
  const grids: Grid[] = [];
  const places: (Place | undefined)[][] = [];
  for (let tick = 1; tick <= ticks && goneAt.some((at) => at > tick); tick += 1) {
    engine.step(1);
    const grid = flipped(engine.read(), flips, tick, FLIPS_PER_MILLION);
    engine.load(grid, CONWAY);
    grids.push(grid);
    const found = componentGliders(grid);
    places.push(
      last.map((glider, index) => {
        if ((goneAt[index] ?? 0) <= tick) return undefined;
        // A glider goes one cell at most in a tick.
        const near = found.filter(
          (one) => torusDistance(glider, one, SIZE) <= tick - glider.seenTick,
        );
        const [place] = near.sort(
          (a, b) => torusDistance(glider, a, SIZE) - torusDistance(glider, b, SIZE),
        );
        if (place !== undefined) Object.assign(glider, place, { seenTick: tick });
        else if (tick - glider.seenTick > GONE_TICKS) goneAt[index] = tick;
        return place;
      }),
    );
  }
  return { start, gliders, grids, places, goneAt };
}

type Following = "ours" | "the gliders themselves" | "prediction" | "stopped";

/** Ticks at which each shard is near its own glider; none any more once its carrier is lost. */
function tracked(
  seed: number,
  size: RunContext["size"],
  following: Following,
): readonly ArmSample[] {
  const ticks = size === "small" ? 200 : TICKS;
  const { start, gliders, grids, places, goneAt } = truthOf(seed, ticks);
  const lost = new Set<number>();
  const carriers = new Carriers({
    tilesX: TILES,
    tilesY: TILES,
    tileSide: TILE_SIDE,
    detect: findGliders,
    onEvent: (shard, { type }) => {
      if (type === "lost") lost.add(shard);
    },
  });
  for (const [shard, glider] of gliders.entries()) carriers.bind(shard, glider, start, 0);
  const guesses = gliders.map(({ x, y, heading }) => ({
    x,
    y,
    stepX: heading.endsWith("E") ? 1 : -1,
    stepY: heading.startsWith("S") ? 1 : -1,
  }));
  let [near, close] = [0, 0];
  for (const [index, grid] of grids.entries()) {
    const tick = index + 1;
    if (following === "ours") carriers.follow(grid, tick);
    for (const [shard, guess] of guesses.entries()) {
      // Half a cell too slow, as a shard that guesses by its heading alone: once in five ticks, not in four.
      if (following === "prediction" && tick % 5 === 0)
        [guess.x, guess.y] = [wrap(guess.x + guess.stepX), wrap(guess.y + guess.stepY)];
      const truth = places[index]?.[shard];
      if (truth === undefined || lost.has(shard)) continue;
      const at =
        following === "ours"
          ? carriers.position(shard)
          : following === "the gliders themselves"
            ? truth
            : guess;
      const distance = at === undefined ? SIZE.width : torusDistance(at, truth, SIZE);
      if (distance * 2 <= 5) near += 1;
      if (distance <= 1) close += 1;
    }
  }
  const lifeTicks = goneAt.reduce((sum, tick) => sum + Math.min(tick, ticks), 0) / gliders.length;
  return [{ values: { near, close, trials: ticks * gliders.length, lifeTicks } }];
}

function wrap(value: number): number {
  return (value + SIZE.width) % SIZE.width;
}

/**
 * The criterion as it is defined, under flips. No tracker can do better than the gliders live: their own share is the
 * oracle's, and stands beside.
 */
export const CARRIER_FLIPS_CRITERION: Experiment = {
  id: "carriers.flips",
  section: "5.4",
  title: "Shards on gliders under flips",
  method:
    "The five gliders of carriers.track with a shard each, 5,000 ticks, under flips of 10⁻⁴ a cell and tick; 20 seeds, so 100 gliders. Each glider is followed by the detector that cuts pieces out and runs them alone. A tick counts where that detector sees the glider and its own shard is within 2.5 cells of it. A lost carrier is a failure from then on: once the glider has not been seen for 8 ticks, or the shard has given it up, every tick to the end counts against it; another glider is no amends. The oracle is the gliders themselves: no tracker can follow what is no more.",
  workload: {
    tiles: TILES,
    tileSide: TILE_SIDE,
    ticks: TICKS,
    flipsPerMillion: FLIPS_PER_MILLION,
    goneTicks: GONE_TICKS,
  },
  seeds: seedsFrom(18_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => tracked(seed, size, "ours")),
    arm("the gliders themselves", "oracle", (seed, { size }) =>
      tracked(seed, size, "the gliders themselves"),
    ),
    arm("own prediction only", "mutant", (seed, { size }) => tracked(seed, size, "prediction"), [
      "near",
    ]),
    arm("stops updating", "mutant", (seed, { size }) => tracked(seed, size, "stopped"), ["near"]),
  ],
  claims: [
    atLeast("near", "seed", 85 / 100, "within 2.5 cells of its own glider on 85 % of 5,000 ticks", {
      statistic: { kind: "rate", hits: "near", trials: "trials" },
    }),
    atLeast("close", "ambitious", 99 / 100, "within 1 cell on 99 %", {
      statistic: { kind: "rate", hits: "close", trials: "trials" },
    }),
  ],
};
