import { BitsEngine } from "../automaton/bits-engine.ts";
import type { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { Carriers, REFRESH_TICKS_MAX, torusDistance } from "../carriers/carrier.ts";
import { findGliders, type FoundGlider } from "../carriers/find-gliders.ts";
import { RandomStream } from "../random/random-stream.ts";
import { seedOf } from "../seeded-draws.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { flipped, NO_HASHER, SIZE, startOf, TILES, TILE_SIDE } from "./carrier-rig.ts";
import { componentGliders } from "./component-gliders.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const TICKS = 5_000;
const FLIPS_PER_MILLION = 100;
/** A glider that the independent detector has not seen for longer is gone, and its shard's carrier is lost. */
const GONE_TICKS = 8;

type Place = { readonly x: number; readonly y: number };
/** How carriers keep their gliders up: at once, not at all, or with what they should have written a tick before. */
type Refreshing = "at once" | "not" | "late";

/** A seed's five gliders and their shards at each tick, on the grid as the flips left it: before anything is written. */
interface Course {
  readonly gliders: readonly FoundGlider[];
  readonly ticks: readonly {
    /** By the independent detector alone; undefined: not seen, or gone. */
    readonly truth: readonly (Place | undefined)[];
    /** What each shard says; undefined once its carrier was lost. */
    readonly told: readonly (Place | undefined)[];
  }[];
  /** The first tick at which each of the gliders is gone. */
  readonly goneAt: readonly number[];
  readonly written: number;
  /** Of them those that no flip of that tick had changed. */
  readonly madeUp: number;
}

let kept: { readonly name: string; readonly course: Course } | undefined;

/** Deterministic, and the same for every arm that refreshes at once, so it is run once. */
function courseOf(seed: number, ticks: number, refreshing: Refreshing): Course {
  const name = `${seed} ${ticks} ${refreshing}`;
  if (kept?.name !== name) kept = { name, course: run(seed, ticks, refreshing) };
  return kept.course;
}

/** It ends with the last glider. */
function run(seed: number, ticksMax: number, refreshing: Refreshing): Course {
  const { grid: start, gliders } = startOf(seed);
  const engine = new BitsEngine(NO_HASHER);
  engine.load(start, CONWAY);
  const flips = new RandomStream(seedOf(seed, 31), "flip");
  const lost = new Set<number>();
  const carriers = new Carriers({
    tilesX: TILES,
    tilesY: TILES,
    tileSide: TILE_SIDE,
    detect: findGliders,
    ...(refreshing === "not" ? {} : { refreshBy: CONWAY }),
    onEvent: (shard, { type }) => {
      if (type === "lost") lost.add(shard);
    },
  });
  for (const [shard, glider] of gliders.entries()) carriers.bind(shard, glider, start, 0);
  const judge = new GliderJudge(gliders, ticksMax);
  const ticks: Course["ticks"][number][] = [];
  let [written, madeUp] = [0, 0];
  let owed: readonly Write[] = [];
  for (let tick = 1; tick <= ticksMax && judge.isAnyLeft(tick); tick += 1) {
    engine.step(1);
    const byRule = engine.read();
    const grid = flipped(byRule, flips, tick, FLIPS_PER_MILLION);
    carriers.follow(grid, tick);
    const told = gliders.map((_, shard) =>
      lost.has(shard) ? undefined : carriers.position(shard),
    );
    ticks.push({ truth: judge.see(grid, tick), told });
    const refreshed = grid.clone();
    carriers.refresh(refreshed, tick);
    const due = writesOf(grid, refreshed);
    const writes = refreshing === "late" ? owed : due;
    owed = due;
    for (const { x, y, isAlive } of writes) {
      grid.set(x, y, isAlive);
      written += 1;
      if ((byRule.get(x, y) === 1) !== isAlive) madeUp += 1;
    }
    engine.load(grid, CONWAY);
  }
  return { gliders, ticks, goneAt: judge.goneAt, written, madeUp };
}

type Write = Place & { readonly isAlive: boolean };

function writesOf(before: Grid, after: Grid): readonly Write[] {
  const writes: Write[] = [];
  for (const [at, word] of after.words.entries()) {
    if (word === before.words[at]) continue;
    const [y, left] = [Math.floor(at / after.stride), (at % after.stride) * 32];
    for (let x = left; x < Math.min(left + 32, after.width); x += 1)
      if (after.get(x, y) !== before.get(x, y))
        writes.push({ x, y, isAlive: after.get(x, y) === 1 });
  }
  return writes;
}

/** Follows the gliders of a seed on the raw grid by the detector that cuts pieces out; knows nothing of shards. */
class GliderJudge {
  /** The first tick at which each is gone; after the last tick while it is there. */
  readonly goneAt: number[];
  readonly #last: { x: number; y: number; seenTick: number }[];

  constructor(gliders: readonly FoundGlider[], ticks: number) {
    this.goneAt = gliders.map(() => ticks + 1);
    this.#last = gliders.map(({ x, y }) => ({ x, y, seenTick: 0 }));
  }

  isAnyLeft(tick: number): boolean {
    return this.goneAt.some((at) => at > tick);
  }

  see(grid: Grid, tick: number): readonly (Place | undefined)[] {
    const found = componentGliders(grid);
    return this.#last.map((glider, index) => {
      if ((this.goneAt[index] ?? 0) <= tick) return undefined;
      // A glider goes one cell at most in a tick.
      const near = found.filter(
        (one) => torusDistance(glider, one, SIZE) <= tick - glider.seenTick,
      );
      const [place] = near.sort(
        (a, b) => torusDistance(glider, a, SIZE) - torusDistance(glider, b, SIZE),
      );
      if (place !== undefined) Object.assign(glider, place, { seenTick: tick });
      else if (tick - glider.seenTick > GONE_TICKS) this.goneAt[index] = tick;
      return place;
    });
  }
}

type Telling = "their own" | "the gliders themselves" | "prediction" | "stopped";

/** Ticks at which each shard is near its own glider; none any more once its carrier is lost. */
function tracked(
  seed: number,
  size: RunContext["size"],
  how: { readonly refreshing: Refreshing; readonly telling: Telling },
): readonly ArmSample[] {
  const ticksMax = size === "small" ? 300 : TICKS;
  const course = courseOf(seed, ticksMax, how.refreshing);
  let [near, close] = [0, 0];
  for (const [index, { truth, told }] of course.ticks.entries()) {
    for (const [shard, glider] of course.gliders.entries()) {
      const place = truth[shard];
      const at = placeTold(how.telling, { glider, tick: index + 1, place, told: told[shard] });
      if (place === undefined || at === undefined) continue;
      const distance = torusDistance(at, place, SIZE);
      if (distance * 2 <= 5) near += 1;
      if (distance <= 1) close += 1;
    }
  }
  const { goneAt, written, madeUp } = course;
  const lifeTicks = goneAt.reduce((sum, tick) => sum + Math.min(tick, ticksMax), 0) / goneAt.length;
  const trials = ticksMax * goneAt.length;
  return [{ values: { near, close, trials, lifeTicks, written, madeUp } }];
}

/** What an arm says of a shard whose carrier is not lost. */
function placeTold(
  telling: Telling,
  now: {
    readonly glider: FoundGlider;
    readonly tick: number;
    readonly place: Place | undefined;
    readonly told: Place | undefined;
  },
): Place | undefined {
  const { glider, tick, place, told } = now;
  if (told === undefined || telling === "their own") return told;
  if (telling === "the gliders themselves") return place;
  if (telling === "stopped") return glider;
  // Half a cell too slow, as a shard that guesses by its heading alone: once in five ticks, not in four.
  const cells = Math.floor(tick / 5);
  const [stepX, stepY] = [
    glider.heading.endsWith("E") ? 1 : -1,
    glider.heading.startsWith("S") ? 1 : -1,
  ];
  return { x: wrap(glider.x + stepX * cells), y: wrap(glider.y + stepY * cells) };
}

function wrap(value: number): number {
  return ((value % SIZE.width) + SIZE.width) % SIZE.width;
}

/**
 * The criterion as it is defined, under flips, by carriers that keep their gliders up. What is measured at a tick is
 * measured before anything is written at it.
 */
export const CARRIER_FLIPS_CRITERION: Experiment = {
  id: "carriers.flips",
  section: "5.4",
  title: "Shards on gliders under flips",
  method:
    "The five gliders of carriers.track with a shard each, 5,000 ticks, under flips of 10⁻⁴ a cell and tick; 20 seeds, so 100 gliders. By itself a glider does not live long under such flips (the arm without refresh says how long); so carriers refresh theirs: a shard remembers for one tick the 11×11 cells that it saw around its glider, steps them by the rule, and writes back the cells within three of the glider that the grid has otherwise. Each glider is followed by the detector that cuts pieces out and runs them alone. Both that and the shard's position are taken on the grid as the flips left it, before the refresh of the tick. A tick counts where that detector sees the glider and its own shard is within 2.5 cells of it. A lost carrier is a failure from then on: once the glider has not been seen for 8 ticks, or the shard has given it up, every tick to the end counts against it; another glider is no amends. A written cell is made up where no flip of that tick had changed it: the experiment knows the flips, the carriers do not. The oracle is the gliders themselves. Own prediction and standing still are told of gliders that are refreshed; late: each tick gets the cells that were due at the tick before.",
  workload: {
    tiles: TILES,
    tileSide: TILE_SIDE,
    ticks: TICKS,
    flipsPerMillion: FLIPS_PER_MILLION,
    goneTicks: GONE_TICKS,
    refreshTicksMax: REFRESH_TICKS_MAX,
  },
  seeds: seedsFrom(18_001, 20),
  arms: [
    flipsArm("ours", "ours", "at once", "their own"),
    flipsArm("the gliders themselves", "oracle", "at once", "the gliders themselves"),
    flipsArm("own prediction only", "mutant", "at once", "prediction", ["near"]),
    flipsArm("stops updating", "mutant", "at once", "stopped", ["near"]),
    flipsArm("without refresh", "baseline", "not", "their own"),
    flipsArm("refreshed one tick late", "mutant", "late", "their own", ["near", "made-up"]),
  ],
  claims: [
    atLeast("near", "seed", 85 / 100, "within 2.5 cells of its own glider on 85 % of 5,000 ticks", {
      statistic: { kind: "rate", hits: "near", trials: "trials" },
    }),
    atMost("made-up", "seed", 0, "nothing is written but what a flip of that tick had changed", {
      statistic: { kind: "worst", metric: "madeUp" },
      unit: "cells",
    }),
    atLeast("close", "ambitious", 99 / 100, "within 1 cell on 99 %", {
      statistic: { kind: "rate", hits: "close", trials: "trials" },
    }),
    atMost("written", "ambitious", 1 / 100, "a cell is written for a glider once in 100 ticks", {
      statistic: { kind: "quotient", metric: "written", over: "trials" },
    }),
  ],
};

function flipsArm(
  name: string,
  role: "ours" | "oracle" | "baseline" | "mutant",
  refreshing: Refreshing,
  telling: Telling,
  mustFail?: readonly string[],
): Experiment["arms"][number] {
  return arm(
    name,
    role,
    (seed, { size }) => tracked(seed, size, { refreshing, telling }),
    mustFail,
  );
}
