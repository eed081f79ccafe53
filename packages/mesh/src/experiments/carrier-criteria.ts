import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { Carriers, torusDistance } from "../carriers/carrier.ts";
import { findGliders, gliderCells, type FoundGlider } from "../carriers/find-gliders.ts";
import { RandomStream } from "../random/random-stream.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { componentGliders } from "./component-gliders.ts";
import { CARRIER_FLIPS_CRITERION } from "./carrier-flips-criterion.ts";
import {
  flipped,
  HEADINGS,
  NO_HASHER,
  SIDE,
  SIZE,
  startOf,
  TILES,
  TILE_SIDE,
} from "./carrier-rig.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

type Following = "ours" | "prediction" | "stopped";

function tracked(
  seed: number,
  ticks: number,
  following: Following,
  flipsPerMillion: number,
): ArmSample {
  const { grid: start, gliders } = startOf(seed);
  const engine = new BitsEngine(NO_HASHER);
  engine.load(start, CONWAY);
  const flips = new RandomStream(seedOf(seed, 31), "flip");
  const carriers = new Carriers({
    tilesX: TILES,
    tilesY: TILES,
    tileSide: TILE_SIDE,
    detect: findGliders,
  });
  for (const [shard, glider] of gliders.entries()) carriers.bind(shard, glider, start, 0);
  const guesses = gliders.map(({ x, y, heading }) => ({
    x,
    y,
    stepX: heading.endsWith("E") ? 1 : -1,
    stepY: heading.startsWith("S") ? 1 : -1,
  }));
  let [near, close, trials] = [0, 0, 0];
  for (let tick = 1; tick <= ticks; tick += 1) {
    engine.step(1);
    let grid = engine.read();
    if (flipsPerMillion > 0) {
      grid = flipped(grid, flips, tick, flipsPerMillion);
      engine.load(grid, CONWAY);
    }
    if (following === "ours") carriers.follow(grid, tick);
    const truth = componentGliders(grid);
    for (const [shard, guess] of guesses.entries()) {
      // A shard that guesses by its heading alone is half a cell too slow: gliders move once in four ticks, not in five.
      if (following === "prediction" && tick % 5 === 0)
        [guess.x, guess.y] = [guess.x + guess.stepX, guess.y + guess.stepY];
      const at =
        following === "ours" ? carriers.position(shard) : { x: mod(guess.x), y: mod(guess.y) };
      const distance =
        at === undefined
          ? SIDE
          : Math.min(SIDE, ...truth.map((glider) => torusDistance(at, glider, SIZE)));
      trials += 1;
      if (distance * 2 <= 5) near += 1;
      if (distance <= 1) close += 1;
    }
  }
  return { group: flipsPerMillion === 0 ? "clean" : "flips", values: { near, close, trials } };
}

function mod(value: number): number {
  return ((value % SIDE) + SIDE) % SIDE;
}

/** The carrier dies at a known tick while another passes near by: ticks until the shard rides that one. */
function rebound(seed: number): ArmSample {
  const draws = createDraws(seedOf(seed, 32));
  const heading = HEADINGS[seed % 4] ?? "SE";
  const first: FoundGlider = {
    x: 30 + draws.below(10),
    y: 30 + draws.below(10),
    heading,
    phase: draws.below(4),
  };
  const second: FoundGlider = { ...first, x: first.x + 10, y: first.y - 10 };
  const grid = new Grid(SIZE);
  for (const glider of [first, second])
    for (const [x, y] of gliderCells(glider)) grid.set(x, y, true);
  const engine = new BitsEngine(NO_HASHER);
  engine.load(grid, CONWAY);
  const carriers = new Carriers({
    tilesX: TILES,
    tilesY: TILES,
    tileSide: TILE_SIDE,
    detect: findGliders,
  });
  carriers.bind(1, first, grid, 0);
  const diesAt = 20 + draws.below(40);
  for (let tick = 1; tick < diesAt + 100; tick += 1) {
    engine.step(1);
    const now = engine.read();
    if (tick === diesAt) {
      const at = carriers.position(1);
      for (let y = -3; y <= 3; y += 1)
        for (let x = -3; x <= 3; x += 1) if (at !== undefined) now.set(at.x + x, at.y + y, false);
      engine.load(now, CONWAY);
    }
    carriers.follow(now, tick);
    const at = carriers.position(1);
    const [other] = componentGliders(now);
    if (
      tick >= diesAt &&
      at?.isBound === true &&
      other !== undefined &&
      torusDistance(at, other, SIZE) <= 1
    )
      return { group: "rebind", values: { rebindTicks: tick - diesAt } };
  }
  return { group: "rebind", values: { rebindTicks: 100 } };
}

const runs = (
  seed: number,
  size: RunContext["size"],
  following: Following,
): readonly ArmSample[] => {
  const ticks = size === "small" ? 100 : 5_000;
  const clean = tracked(seed, ticks, following, 0);
  if (following !== "ours") return [clean];
  return [clean, tracked(seed, Math.min(ticks, 1_000), following, 100), rebound(seed)];
};

const TRACK: Experiment = {
  id: "carriers.track",
  section: "5.4",
  title: "Shards on gliders",
  method:
    "Five gliders of one heading on a torus of 5×5 tiles of 16×16 cells, each with a shard, 5,000 ticks; 20 seeds, so 100 gliders. At each tick the distance (the larger of both directions, on the torus) between the shard's own position and the nearest glider that another detector finds, which cuts pieces out and runs them alone. Beside it 1,000 ticks with flips of 10⁻⁴, where gliders are destroyed and nothing replaces them: these carriers follow and write nothing, those of carriers.flips refresh. Re-bind: a carrier is wiped out while another glider passes ten cells away.",
  workload: {
    tiles: TILES,
    tileSide: TILE_SIDE,
    ticks: 5_000,
    flipTicks: 1_000,
    flipsPerMillion: 100,
  },
  seeds: seedsFrom(18_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => runs(seed, size, "ours")),
    arm("own prediction only", "mutant", (seed, { size }) => runs(seed, size, "prediction"), [
      "near",
    ]),
    arm("stops updating", "mutant", (seed, { size }) => runs(seed, size, "stopped"), ["near"]),
  ],
  claims: [
    atLeast("near", "seed", 85 / 100, "within 2.5 cells on 85 % of the ticks", {
      statistic: { kind: "rate", hits: "near", trials: "trials" },
      groups: ["clean"],
    }),
    atLeast("close", "ambitious", 99 / 100, "within 1 cell on 99 % of the ticks", {
      statistic: { kind: "rate", hits: "close", trials: "trials" },
      groups: ["clean"],
    }),
    atMost("rebind", "ambitious", 8, "another carrier within 8 ticks after one is lost", {
      statistic: { kind: "worst", metric: "rebindTicks" },
      groups: ["rebind"],
      unit: "ticks",
    }),
    atLeast("flips", "ambitious", 85 / 100, "within 2.5 cells on 85 % of the ticks under flips", {
      statistic: { kind: "rate", hits: "near", trials: "trials" },
      groups: ["flips"],
    }),
  ],
};

/** Criteria of shards that ride gliders. */
export const CARRIER_CRITERIA: readonly Experiment[] = [TRACK, CARRIER_FLIPS_CRITERION];
