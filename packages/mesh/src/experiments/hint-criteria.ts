import { createPotentialField, createTrailField } from "../hint/hint-field.ts";
import { distancesFrom } from "../load/load-bound.ts";
import { chooseHop, type RouterWeights } from "../router/choose-hop.ts";
import { reentersCell, walkAlone, type WalkWorld } from "../router/walk-alone.ts";
import { createDraws, seedOf, type Draws } from "../seeded-draws.ts";
import type { Visit } from "../shards/shard.ts";
import { createTopology, type Topology } from "../shards/topology.ts";
import { cosine, type VectorKey } from "../shards/vector-key.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { contentField, contentTopology } from "./routing-criteria.ts";

const WORLDS = ["open", "blocked", "traps"] as const;
const TARGETS = ["uniform", "hot", "sink"] as const;
type Hinting = "none" | "ours" | "shuffled" | "negative" | "stale";

const DECAY_PER_MILLE = 2;
const DEPOSIT_PER_MILLE = 10;
/** A trail is worth little more than a likeness; a potential decides. */
const TRAIL_WEIGHT = 3 / 10;
const POTENTIAL_WEIGHT = 10_000;

/** Walls of a world: 40 % of the cells at random, or U-shaped traps; the largest open part is what counts. */
function wallsOf(
  topology: Topology,
  world: (typeof WORLDS)[number],
  seed: number,
): ReadonlySet<number> {
  const draws = createDraws(seedOf(seed, 11));
  const walls = new Set<number>();
  const { width, cells } = topology;
  if (world === "blocked")
    for (let cell = 0; cell < cells; cell += 1) if (draws.below(100) < 40) walls.add(cell);
  if (world === "traps") {
    for (let trap = 0; trap < cells / 40; trap += 1) {
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
  }
  return walls;
}

interface Scene {
  readonly topology: Topology;
  readonly isOpen: (cell: number) => boolean;
  readonly open: readonly number[];
  readonly affinity: (cell: number, to: number) => number;
  readonly key: VectorKey;
}

function sceneOf(
  topology: Topology,
  summaries: readonly VectorKey[],
  world: (typeof WORLDS)[number],
  seed: number,
): Scene {
  const walls = wallsOf(topology, world, seed);
  const parts = new Map<number, number[]>();
  const seen = new Set<number>();
  for (let cell = 0; cell < topology.cells; cell += 1) {
    if (walls.has(cell) || seen.has(cell)) continue;
    const part = [...distancesFrom(topology, cell, (one) => !walls.has(one)).entries()]
      .filter(([, far]) => far >= 0)
      .map(([one]) => one);
    for (const one of part) seen.add(one);
    parts.set(cell, part);
  }
  const open = [...parts.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  const inside = new Set(open);
  const known = new Map<number, Float64Array>();
  const [key] = summaries;
  if (key === undefined) throw new Error("a mesh without summaries");
  return {
    topology,
    isOpen: (cell) => inside.has(cell),
    open,
    key,
    affinity: (cell, to) => {
      let row = known.get(to);
      const target = summaries[to] ?? key;
      if (row === undefined) {
        row = Float64Array.from(summaries, (summary) => cosine(summary, target));
        known.set(to, row);
      }
      return row[cell] ?? 0;
    },
  };
}

function pairsOf(
  scene: Scene,
  targets: (typeof TARGETS)[number],
  count: number,
  draws: Draws,
): readonly (readonly [number, number])[] {
  const { open } = scene;
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

/** Hops of measured pairs, after as many that only teach; with the scalar that the arm uses, or none. */
function hintedHops(
  scene: Scene,
  targets: (typeof TARGETS)[number],
  hinting: Hinting,
  seed: number,
  count: number,
): { readonly hops: number; readonly delivered: number; readonly shortest: number } {
  const draws = createDraws(seedOf(seed, 12));
  const pairs = pairsOf(scene, targets, count * 2, draws);
  const { topology } = scene;
  const hopsMax = topology.cells * 2;
  const hint =
    targets === "sink"
      ? sinkHint(scene, pairs[0]?.[1] ?? 0, hinting, seed)
      : trailHint(scene, hinting, seed);
  const world: WalkWorld = { ...scene, hint: hint.at, weights: hint.weights };
  let [hops, delivered, shortest] = [0, 0, 0];
  for (const [index, [from, to]] of pairs.entries()) {
    const walk = walkAlone(world, { from, to, hopsMax });
    hint.learn(walk.at, index);
    if (index === count) hint.settle();
    if (index < count) continue;
    hops += walk.arrived ? walk.hops : hopsMax;
    delivered += walk.arrived ? 1 : 0;
    shortest += distancesFrom(topology, from, scene.isOpen)[to] ?? 0;
  }
  return { hops, delivered, shortest };
}

interface Hint {
  readonly at: (cell: number) => number;
  readonly weights: RouterWeights;
  learn(at: Visit, tick: number): void;
  /** Between teaching and measuring. */
  settle(): void;
}

const NO_HINT: Hint = {
  at: () => 0,
  weights: { queue: 0, hint: 0 },
  learn: () => {},
  settle: () => {},
};

function sinkHint(scene: Scene, sink: number, hinting: Hinting, seed: number): Hint {
  if (hinting === "none") return NO_HINT;
  const { topology } = scene;
  const field = createPotentialField(topology, sink);
  for (let round = 0; round < topology.cells; round += 1) field.relax(scene.isOpen);
  const order = orderOf(topology.cells, hinting, seed);
  const sign = hinting === "negative" ? 1 : -1;
  return {
    ...NO_HINT,
    at: (cell) => (sign * field.at(order[cell] ?? cell)) / topology.cells,
    weights: { queue: 0, hint: POTENTIAL_WEIGHT },
  };
}

/** Walls, and so trails, of a world that is no more are the order of another seed. */
function orderOf(cells: number, hinting: Hinting, seed: number): readonly number[] {
  const order = Array.from({ length: cells }, (_, cell) => cell);
  if (hinting !== "shuffled" && hinting !== "stale") return order;
  const draws = createDraws(seedOf(seed, 13));
  for (let last = cells - 1; last > 0; last -= 1) {
    const other = draws.below(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function trailHint(scene: Scene, hinting: Hinting, seed: number): Hint {
  if (hinting === "none") return NO_HINT;
  const trail = createTrailField(scene.topology, {
    decayPerMille: DECAY_PER_MILLE,
    depositPerMille: DEPOSIT_PER_MILLE,
  });
  const order = orderOf(scene.topology.cells, hinting, seed);
  const sign = hinting === "negative" ? -1 : 1;
  let now = 0;
  return {
    at: (cell) => sign * trail.at(order[cell] ?? cell, now),
    weights: { queue: 0, hint: TRAIL_WEIGHT },
    learn: (at, tick) => {
      now = tick;
      // The way without its dead ends is what others should follow.
      for (let visit: Visit | undefined = at; visit !== undefined; visit = visit.back)
        trail.deposit(visit.cell, tick);
    },
    settle: () => {},
  };
}

function hintArms(seed: number, size: RunContext["size"], hinting: Hinting): readonly ArmSample[] {
  const topology = contentTopology(size);
  const summaries = contentField(topology, seed);
  const count = 80;
  return WORLDS.flatMap((world) => {
    const scene = sceneOf(topology, summaries, world, seed);
    return TARGETS.map((targets): ArmSample => {
      const { hops, delivered, shortest } = hintedHops(scene, targets, hinting, seed, count);
      return {
        group: `${world}, ${targets}`,
        values: { hops, delivered: delivered / count, stretch: hops / shortest },
      };
    });
  });
}

const UNEVEN = ["blocked", "traps"].flatMap((world) =>
  TARGETS.map((targets) => `${world}, ${targets}`),
);

const SHORTER: Experiment = {
  id: "hint.shorter",
  section: "5.7",
  title: "Shorter ways by a scalar",
  method:
    "32×32 torus in three worlds (open, 40 % of the cells blocked, U-shaped traps), pairs uniform, to 8 hot targets, or to one sink. The same complete greedy router in both arms; only the scalar differs: a trail on the ways of what was delivered, for one sink the potential that cells gossip. 80 pairs teach, 80 are measured; an undelivered one counts 2,048 hops. The fourth world of the definition, obstacles that live by Conway's rule, is not here yet.",
  workload: {
    side: 32,
    worlds: [...WORLDS],
    targets: [...TARGETS],
    pairs: 80,
    decayPerMille: DECAY_PER_MILLE,
    depositPerMille: DEPOSIT_PER_MILLE,
  },
  seeds: seedsFrom(3_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => hintArms(seed, size, "ours")),
    arm("none", "baseline", (seed, { size }) => hintArms(seed, size, "none")),
    arm("shuffled", "mutant", (seed, { size }) => hintArms(seed, size, "shuffled"), ["shorter"]),
    arm("negative", "mutant", (seed, { size }) => hintArms(seed, size, "negative"), ["shorter"]),
  ],
  claims: [
    atLeast(
      "shorter",
      "seed",
      10 / 100,
      "ways are 10 % shorter, on the mean of the worlds that are not open",
      { statistic: { kind: "reduction", metric: "hops", baseline: "none" }, groups: UNEVEN },
    ),
    atMost("open", "seed", 1_005 / 1_000, "on open ground not worse than 0.5 %", {
      statistic: { kind: "ratio", metric: "hops", baseline: "none" },
      groups: ["open, uniform", "open, hot", "open, sink"],
    }),
    atLeast("hot", "ambitious", 30 / 100, "30 % shorter to hot targets", {
      statistic: { kind: "reduction", metric: "hops", baseline: "none" },
      groups: ["blocked, hot", "traps, hot"],
    }),
    atMost("sink", "ambitious", 105 / 100, "to one sink at most 1.05 times the shortest way", {
      statistic: { kind: "mean", metric: "stretch" },
      groups: ["blocked, sink", "traps, sink"],
    }),
  ],
};

const DECISIONS = 1_000;

/** Time of the same decisions with and without the scalar, in turns, so that a slow moment falls on both. */
function overhead(
  seed: number,
  size: RunContext["size"],
  nowMs: () => number,
  slow: boolean,
): readonly ArmSample[] {
  const topology = createTopology({ width: 16, height: 16 });
  const trail = createTrailField(topology, { decayPerMille: 2, depositPerMille: 30 });
  const draws = createDraws(seed);
  for (let cell = 0; cell < topology.cells; cell += 1) trail.deposit(cell, draws.below(500));
  const summaries = contentField(contentTopology("small"), seed);
  let spent = 0;
  const time = (act: (cell: number) => number): number => {
    const startedMs = nowMs();
    for (let decision = 0; decision < DECISIONS; decision += 1)
      spent += act(decision % topology.cells);
    return nowMs() - startedMs;
  };
  const plain = (cell: number): number => decide(topology, summaries, cell, () => 0);
  const hinted = (cell: number): number =>
    decide(topology, summaries, cell, (beside) =>
      slow ? eagerly(trail.at(beside, 600)) : trail.at(beside, 600),
    );
  const rounds = size === "small" ? 3 : 61;
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = round % 2 === 0 ? [plain, hinted] : [hinted, plain];
    const [a, b] = [time(first), time(second)];
    ratios.push(round % 2 === 0 ? b / a : a / b);
  }
  ratios.sort((a, b) => a - b);
  return [{ values: { ratio: ratios[ratios.length >> 1] ?? 1, spent: spent === 0 ? 1 : 0 } }];
}

function decide(
  topology: Topology,
  summaries: readonly VectorKey[],
  cell: number,
  hint: (cell: number) => number,
): number {
  const [key] = summaries;
  let [best, bestScore] = [0, -9];
  for (const beside of topology.neighbours[cell] ?? []) {
    const summary = summaries[beside];
    if (summary === undefined || key === undefined) continue;
    const score = cosine(summary, key) + hint(beside) / 10;
    if (score > bestScore) [best, bestScore] = [beside, score];
  }
  return best;
}

/** What a power for every neighbour would cost: the decay multiplied out. */
function eagerly(value: number): number {
  let power = value;
  for (let step = 0; step < 600; step += 1) power *= 999 / 1_000;
  return power;
}

const OVERHEAD: Experiment = {
  isTimed: true,
  id: "hint.overhead",
  section: "5.7",
  title: "What the scalar costs",
  method:
    "The same 1,000 decisions over 8 neighbours of 768 codes, with and without the scalar, in alternating rounds; the median of the rounds' ratios.",
  workload: { decisions: DECISIONS, rounds: 61 },
  seeds: seedsFrom(8_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size, nowMs }) => overhead(seed, size, nowMs, false)),
    arm(
      "a power for every neighbour",
      "mutant",
      (seed, { size, nowMs }) => overhead(seed, size, nowMs, true),
      ["cost"],
    ),
  ],
  claims: [
    atMost("cost", "seed", 105 / 100, "at most 5 % more time", {
      statistic: { kind: "mean", metric: "ratio" },
    }),
    atMost("cost-design", "ambitious", 101 / 100, "at most 1 % more", {
      statistic: { kind: "mean", metric: "ratio" },
    }),
  ],
};

/** A router on the scalar alone, without record: goes round for ever between two maxima. */
const fieldAlone: typeof chooseHop = (shard, _own, views) => {
  const target = views.find(({ cell }) => cell === shard.to);
  const best = target ?? [...views].sort((a, b) => b.hint - a.hint)[0];
  return best === undefined
    ? { kind: "stuck" }
    : { kind: "forward", to: best.cell, reason: "greedy" };
};

function loops(seed: number, worlds: number, route: typeof chooseHop): readonly ArmSample[] {
  const topology = createTopology({ width: 3, height: 3, wraps: false, reach: 4 });
  const draws = createDraws(seedOf(seed, 14));
  const key = contentField(contentTopology("small"), 1)[0];
  let [walks, reentered, long, missed] = [0, 0, 0, 0];
  for (let world = 0; world < worlds; world += 1) {
    // Every world of 3×3 comes in turn; the fields are drawn anew.
    const bits = (seed * worlds + world) % 512;
    const isOpen = (cell: number): boolean => (bits & (1 << cell)) === 0;
    const fields = [
      Array.from({ length: 9 }, () => draws.below(100) / 100),
      [1, 0, 0, 0, 0, 0, 0, 0, 1],
      [1, 1, 1, 1, 0, 1, 1, 1, 1],
    ];
    const field = fields[world % 3] ?? [];
    const likeness = Array.from({ length: 81 }, () => draws.below(200) / 100 - 1);
    for (let from = 0; from < 9; from += 1) {
      const distances = distancesFrom(topology, from, isOpen);
      for (let to = 0; to < 9; to += 1) {
        if (from === to || !isOpen(from) || (distances[to] ?? -1) < 0 || key === undefined)
          continue;
        const walk = walkAlone(
          {
            topology,
            isOpen,
            affinity: (cell) => likeness[cell * 9 + to] ?? 0,
            hint: (cell) => field[cell] ?? 0,
            weights: { queue: 0, hint: 5 },
            route,
            key,
          },
          { from, to, hopsMax: 60 },
        );
        walks += 1;
        if (reentersCell(walk.at)) reentered += 1;
        if (walk.hops > 2 * (topology.cells - 1)) long += 1;
        if (!walk.arrived) missed += 1;
      }
    }
  }
  return [{ values: { walks, reentered, long, missed } }];
}

const NO_LOOPS: Experiment = {
  id: "hint.no-loops",
  section: "5.7",
  title: "No loops under adversarial fields",
  method:
    "Every world of 3×3 cells in turn (512, all ordered pairs that a search connects), likenesses at random, the scalar at random, with two equal maxima, or as a ring. A full run walks all 512 worlds 20 times. That nobody waits in a ring holds by construction: no queue is ever full (M3).",
  workload: { side: 3, worlds: 512 },
  seeds: seedsFrom(9_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => loops(seed, size === "small" ? 128 : 512, chooseHop)),
    arm(
      "the field alone",
      "mutant",
      (seed, { size }) => loops(seed, size === "small" ? 128 : 512, fieldAlone),
      ["reentered", "arrives"],
    ),
  ],
  claims: [
    atMost("reentered", "seed", 0, "no cell is entered again but by going back", {
      statistic: { kind: "worst", metric: "reentered" },
    }),
    atMost("long", "seed", 0, "no way is longer than 2 · (cells − 1)", {
      statistic: { kind: "worst", metric: "long" },
    }),
    atMost("arrives", "seed", 0, "what can be reached is reached", {
      statistic: { kind: "worst", metric: "missed" },
    }),
  ],
};

function decayed(seed: number, decayPerMille: number): readonly ArmSample[] {
  const topology = createTopology({ width: 8, height: 8 });
  const lazy = createTrailField(topology, { decayPerMille, depositPerMille: 300 });
  const eager = new Float64Array(topology.cells);
  const draws = createDraws(seed);
  let error = 0;
  for (let tick = 1; tick < 400; tick += 1) {
    for (let cell = 0; cell < topology.cells; cell += 1)
      eager[cell] = ((eager[cell] ?? 0) * 995) / 1_000;
    const marked = draws.below(topology.cells);
    lazy.deposit(marked, tick);
    eager[marked] = (eager[marked] ?? 0) + ((1 - (eager[marked] ?? 0)) * 300) / 1_000;
    for (let cell = 0; cell < topology.cells; cell += 1)
      error = Math.max(error, Math.abs(lazy.at(cell, tick) - (eager[cell] ?? 0)));
  }
  return [{ values: { error } }];
}

const DECAYS: Experiment = {
  id: "hint.decay",
  section: "5.7",
  title: "Trails decay",
  method:
    "64 cells, 400 ticks, a deposit a tick: the lazy field against one that is multiplied at every tick.",
  workload: { cells: 64, ticks: 400, decayPerMille: 5 },
  seeds: seedsFrom(9_501, 10),
  arms: [
    arm("ours", "ours", (seed) => decayed(seed, 5)),
    arm("no decay", "mutant", (seed) => decayed(seed, 0), ["equal"]),
  ],
  claims: [
    atMost("equal", "seed", 1 / 1_000_000, "lazy decay is eager decay within 10⁻⁶", {
      statistic: { kind: "worst", metric: "error" },
    }),
  ],
};

export const HINT_CRITERIA: readonly Experiment[] = [SHORTER, OVERHEAD, NO_LOOPS, DECAYS];
