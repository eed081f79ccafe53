import { BitsEngine } from "../automaton/bits-engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { distancesFrom } from "../load/load-bound.ts";
import { soup } from "../random/soup.ts";
import { createDraws, seedOf, type Draws } from "../seeded-draws.ts";
import type { Topology } from "../shards/topology.ts";
import { cosine, type VectorKey } from "../shards/vector-key.ts";

/** Ground on which ways are compared. In `conway` the obstacles are the live cells of an automaton, a tick a hop. */
export const WORLDS = ["open", "blocked", "traps", "conway"] as const;
/** One of `WORLDS`. */
export type WorldName = (typeof WORLDS)[number];
/** Where ways lead: anywhere, to eight hot cells, to one sink. */
export const TARGETS = ["uniform", "hot", "sink"] as const;
/** One of `TARGETS`. */
export type TargetsName = (typeof TARGETS)[number];

/** Cells that are blocked in the blocked world, in a hundred. */
const BLOCKED_PERCENT = 40;
/** A trap for so many cells. */
const CELLS_PER_TRAP = 40;
/** Ticks that the automaton has run before the first hop: what is left still moves. */
const SETTLING_TICKS = 60;
/** A tick after the last way has begun. */
const LATE_TICK = 1_400;
const DENSITY_PER_MILLE = 375;

/** A world with its walls and likenesses, on which ways are gone. */
export interface Scene {
  readonly topology: Topology;
  /** Whether a cell can be entered at a tick; where nothing moves the tick does not matter. */
  readonly isOpenAt: (cell: number, tick: number) => boolean;
  /** A shard that can go nowhere waits: what blocks it moves. */
  readonly moves: boolean;
  /** Where ways begin and end. */
  readonly open: readonly number[];
  readonly affinity: (cell: number, to: number) => number;
  readonly key: VectorKey;
}

/** The world of a seed on `topology`: the same for every arm. `summaries`: one of each cell; without any it throws. */
export function sceneOf(
  topology: Topology,
  summaries: readonly VectorKey[],
  world: WorldName,
  seed: number,
): Scene {
  const [key] = summaries;
  if (key === undefined) throw new Error("a mesh without summaries");
  const known = new Map<number, Float64Array>();
  const affinity = (cell: number, to: number): number => {
    let row = known.get(to);
    const target = summaries[to] ?? key;
    if (row === undefined) {
      row = Float64Array.from(summaries, (summary) => cosine(summary, target));
      known.set(to, row);
    }
    return row[cell] ?? 0;
  };
  const base = { topology, affinity, key };
  return world === "conway"
    ? { ...base, ...movingGround(topology, seed) }
    : { ...base, ...standingGround(topology, world, seed) };
}

type Ground = Pick<Scene, "isOpenAt" | "open" | "moves">;

/** The largest open part is what counts. */
function standingGround(
  topology: Topology,
  world: Exclude<WorldName, "conway">,
  seed: number,
): Ground {
  const walls = wallsOf(topology, world, seed);
  const parts: (readonly number[])[] = [];
  const seen = new Set<number>();
  for (let cell = 0; cell < topology.cells; cell += 1) {
    if (walls.has(cell) || seen.has(cell)) continue;
    const part = [...distancesFrom(topology, cell, (one) => !walls.has(one)).entries()]
      .filter(([, far]) => far >= 0)
      .map(([one]) => one);
    for (const one of part) seen.add(one);
    parts.push(part);
  }
  const open = parts.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const inside = new Set(open);
  return { open, moves: false, isOpenAt: (cell) => inside.has(cell) };
}

/** Walls of a world: cells at random, or U-shaped traps. */
function wallsOf(
  topology: Topology,
  world: Exclude<WorldName, "conway">,
  seed: number,
): ReadonlySet<number> {
  const draws = createDraws(seedOf(seed, 11));
  const walls = new Set<number>();
  const { width, cells } = topology;
  if (world === "blocked")
    for (let cell = 0; cell < cells; cell += 1)
      if (draws.below(100) < BLOCKED_PERCENT) walls.add(cell);
  if (world === "traps")
    for (let trap = 0; trap < cells / CELLS_PER_TRAP; trap += 1) addTrap(walls, width, draws);
  return walls;
}

function addTrap(walls: Set<number>, width: number, draws: Draws): void {
  const [left, top, size] = [draws.below(width), draws.below(width), 3 + draws.below(3)];
  const turn = draws.below(4);
  for (let step = 0; step <= size; step += 1) {
    const sides = [
      [step, 0],
      [step, size],
      [0, step],
      [size, step],
    ];
    for (const [side, [x = 0, y = 0]] of sides.entries())
      if (side !== turn) walls.add(((top + y) % width) * width + ((left + x) % width));
  }
}

function movingGround({ width, height, cells }: Topology, seed: number): Ground {
  const engine = new BitsEngine({ sha256: () => new Uint8Array(32) });
  const size = { width, height };
  engine.load(soup(size, { seed, densityPerMille: DENSITY_PER_MILLE }), CONWAY);
  engine.step(SETTLING_TICKS);
  const first = engine.read().toBytes();
  const states: Uint8Array[] = [first];
  const isOpenAt = (cell: number, tick: number): boolean => {
    while (states.length <= tick) {
      engine.step(1);
      states.push(engine.read().toBytes());
    }
    return states[tick]?.[cell] === 0;
  };
  // Where something stands for good in the end, nothing could be delivered.
  const open = Array.from({ length: cells }, (_, cell) => cell).filter((cell) =>
    [0, LATE_TICK, LATE_TICK + 1].every((tick) => isOpenAt(cell, tick)),
  );
  return { open, moves: true, isOpenAt };
}

/**
 * So many ordered pairs of different cells, `count`, among the open ones: `targets` says whether to anywhere, to eight
 * cells, or to one. Taken from `draws`.
 */
export function pairsOf(
  { open }: Scene,
  targets: TargetsName,
  count: number,
  draws: Draws,
): readonly (readonly [number, number])[] {
  const pick = (): number => open[draws.below(open.length)] ?? 0;
  const hot = Array.from({ length: targets === "sink" ? 1 : 8 }, pick);
  const pairs: (readonly [number, number])[] = [];
  while (pairs.length < count) {
    const to = targets === "uniform" ? pick() : (hot[draws.below(hot.length)] ?? 0);
    const from = pick();
    if (from !== to) pairs.push([from, to]);
  }
  return pairs;
}

/**
 * Ticks of the quickest way from one cell to another, both `given`, from a tick on, waiting allowed: what an oracle would
 * do. `hopsMax` where none is quicker.
 */
export function quickest(
  { topology, isOpenAt, moves }: Scene,
  given: { readonly from: number; readonly to: number; readonly tick: number },
  hopsMax: number,
): number {
  const { from, to, tick } = given;
  if (!moves) return distancesFrom(topology, from, (cell) => isOpenAt(cell, 0))[to] ?? hopsMax;
  let front = new Set([from]);
  for (let hops = 1; hops < hopsMax; hops += 1) {
    const next = new Set(front);
    for (const cell of front)
      for (const beside of topology.neighbours[cell] ?? [])
        if (isOpenAt(beside, tick + hops - 1)) next.add(beside);
    if (next.has(to)) return hops;
    front = next;
  }
  return hopsMax;
}
