import { createWayHint, type WayHint } from "../hint/way-hint.ts";
import { walkAlone, wayOf, type WalkWorld } from "../router/walk-alone.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import {
  pairsOf,
  quickest,
  sceneOf,
  TARGETS,
  WORLDS,
  type Scene,
  type TargetsName,
} from "./hint-worlds.ts";
import { createTopology } from "../shards/topology.ts";
import { contentField } from "./content-routing.ts";

/** What an arm does with the hint; all but `none` and `ours` are broken on purpose. */
export type Hinting = "none" | "ours" | "shuffled" | "negative" | "stale";

const PAIRS = 80;
/** Ticks between the beginnings of two ways, where obstacles move: for every arm the same. */
const PAIR_TICKS = 8;
/** Found on other seeds than those below. */
export const HINT_SETTINGS = {
  decayPerMille: 2,
  depositPerMille: 10,
  trailPerMille: 300,
  targetsMax: 8,
} as const;

interface Hops {
  readonly hops: number;
  readonly delivered: number;
  readonly shortest: number;
}

/** Hops of measured pairs on `scene`, after as many that only teach; with the hint that the arm uses, or none, as `given`. */
export function hintedHops(
  scene: Scene,
  given: {
    readonly targets: TargetsName;
    readonly hinting: Hinting;
    readonly seed: number;
    /** Where the first half is gone, if not on the same ground. */
    readonly taught?: Scene;
    /** Ticks between the halves in which nothing is sent. */
    readonly idleTicks?: number;
    readonly decayPerMille?: number;
  },
): Hops {
  const { targets, hinting, seed, taught = scene, idleTicks = 0 } = given;
  const { decayPerMille = HINT_SETTINGS.decayPerMille } = given;
  const pairs = pairsOf(scene, targets, PAIRS * 2, createDraws(seedOf(seed, 12)));
  const hopsMax = scene.topology.cells * 2;
  const hint = createWayHint(scene.topology, { ...HINT_SETTINGS, decayPerMille });
  const at = shownHint(hint, hinting, scene.topology.cells, seed);
  let [hops, delivered, shortest] = [0, 0, 0];
  for (const [index, [from, to]] of pairs.entries()) {
    const isMeasured = index >= PAIRS;
    if (index === PAIRS && idleTicks > 0) hint.learn([], PAIRS + idleTicks);
    const ground = isMeasured ? scene : taught;
    const tick = index * PAIR_TICKS;
    const world: WalkWorld = {
      ...ground,
      isOpen: (cell, hop) => ground.isOpenAt(cell, tick + hop),
      waits: ground.moves,
      hint: at,
      weights: { queue: 0, hint: 1 },
    };
    const walk = walkAlone(world, { from, to, hopsMax });
    // Where the world was drawn anew nothing more is learnt: what is judged is the old one's hint.
    if (hinting !== "none" && walk.arrived && ground === taught)
      teach(hint, taught, { way: wayOf(walk.at), index, tick });
    if (!isMeasured) continue;
    hops += walk.arrived ? walk.hops : hopsMax;
    delivered += walk.arrived ? 1 : 0;
    shortest += quickest(scene, { from, to, tick }, hopsMax);
  }
  return { hops, delivered, shortest };
}

/** The way is marked, and while it was gone the cells gossiped, a round a hop. */
function teach(
  hint: WayHint,
  scene: Scene,
  given: { readonly way: readonly number[]; readonly index: number; readonly tick: number },
): void {
  const { way, index, tick } = given;
  hint.learn(way, index);
  for (let hop = 0; hop < way.length; hop += 1)
    if (!hint.relax((cell) => scene.isOpenAt(cell, tick + hop)) && !scene.moves) return;
}

function shownHint(
  hint: WayHint,
  hinting: Hinting,
  cells: number,
  seed: number,
): NonNullable<WalkWorld["hint"]> {
  if (hinting === "none") return () => 0;
  if (hinting === "negative") return (cell, to) => -hint.at(cell, to);
  if (hinting !== "shuffled") return (cell, to) => hint.at(cell, to);
  const order = Array.from({ length: cells }, (_, cell) => cell);
  const draws = createDraws(seedOf(seed, 13));
  for (let last = cells - 1; last > 0; last -= 1) {
    const other = draws.below(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return (cell, to) => hint.at(order[cell] ?? cell, to);
}

const SIDE = 32;
const SMALL_SIDE = 20;
type Ground = readonly [world: (typeof WORLDS)[number], targets: TargetsName];
const WHOLE = WORLDS.flatMap((world) => TARGETS.map((targets): Ground => [world, targets]));
/** Of a small run; what is broken wanders for long, and need not do so everywhere. */
const SAMPLE: readonly Ground[] = [
  ["open", "hot"],
  ["blocked", "hot"],
  ["traps", "hot"],
  ["traps", "sink"],
];
const BROKEN: readonly Ground[] = [["traps", "hot"]];

function isMutant(hinting: Hinting): boolean {
  return hinting !== "ours" && hinting !== "none";
}

/**
 * Hops of one seed on every ground, or, where `size` is small, on a few; `hinting` says what the arm does with the hint. A
 * sample a ground, its name the group.
 */
export function hintSamples(
  seed: number,
  size: RunContext["size"],
  hinting: Hinting,
): readonly ArmSample[] {
  const side = size === "full" ? SIDE : SMALL_SIDE;
  const topology = createTopology({ width: side, height: side });
  const summaries = contentField(topology, seed);
  const grounds = size === "full" ? WHOLE : isMutant(hinting) ? BROKEN : SAMPLE;
  const scenes = new Map<string, Scene>();
  const sceneFor = (world: Ground[0], sceneSeed: number): Scene => {
    const name = `${world} ${sceneSeed}`;
    const scene = scenes.get(name) ?? sceneOf(topology, summaries, world, sceneSeed);
    scenes.set(name, scene);
    return scene;
  };
  return grounds.map(([world, targets]): ArmSample => {
    const scene = sceneFor(world, seed);
    const taught = hinting === "stale" ? sceneFor(world, seedOf(seed, 15)) : scene;
    const { hops, delivered, shortest } = hintedHops(scene, { targets, hinting, seed, taught });
    return {
      group: `${world}, ${targets}`,
      values: { hops, delivered: delivered / PAIRS, stretch: hops / shortest },
    };
  });
}

const UNEVEN = WORLDS.filter((world) => world !== "open");
const groupsOf = (targets: readonly TargetsName[]): readonly string[] =>
  UNEVEN.flatMap((world) => targets.map((one) => `${world}, ${one}`));

const SHORTER: Experiment = {
  id: "hint.shorter",
  section: "5.7",
  title: "Shorter ways by a scalar",
  method:
    "32×32 torus in four worlds (open; 40 % of the cells blocked; U-shaped traps; obstacles that are the live cells of an automaton, a tick a hop, in which a shard that is shut in waits), pairs uniform, to eight hot targets, or to one sink. The same complete greedy router in both arms; only the hint differs: a trail on the ways of what was delivered, and for a target that has received three shards of late a potential of its own, made by gossip, a round a hop (a cell keeps at most eight). No arm is told which targets are hot. 80 pairs teach, 80 are measured; an undelivered one counts 2,048 hops. The settings were found on other seeds.",
  workload: {
    side: SIDE,
    worlds: [...WORLDS],
    targets: [...TARGETS],
    pairs: PAIRS,
    pairTicks: PAIR_TICKS,
    ...HINT_SETTINGS,
  },
  seeds: seedsFrom(61_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => hintSamples(seed, size, "ours")),
    arm("none", "baseline", (seed, { size }) => hintSamples(seed, size, "none")),
    ...(["shuffled", "negative", "stale"] as const).map((hinting) =>
      arm(hinting, "mutant", (seed, { size }) => hintSamples(seed, size, hinting), ["shorter"]),
    ),
  ],
  claims: [
    atLeast(
      "shorter",
      "seed",
      10 / 100,
      "ways are 10 % shorter, on the mean of the worlds that are not open",
      {
        statistic: { kind: "reduction", metric: "hops", baseline: "none" },
        groups: groupsOf(TARGETS),
      },
    ),
    atLeast("delivered", "seed", 1, "no fewer are delivered", {
      statistic: { kind: "ratio", metric: "delivered", baseline: "none" },
    }),
    atMost("open", "seed", 1_005 / 1_000, "on open ground not worse than 0.5 %", {
      statistic: { kind: "ratio", metric: "hops", baseline: "none" },
      groups: TARGETS.map((targets) => `open, ${targets}`),
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

/** Hops with the hint over hops without. */
export const HINT_SHORTER: Experiment = SHORTER;
