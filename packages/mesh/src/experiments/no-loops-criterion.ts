import { createLoadDriver } from "../load/drive-load.ts";
import { distancesFrom } from "../load/load-bound.ts";
import { chooseHop } from "../router/choose-hop.ts";
import { reentersCell, walkAlone } from "../router/walk-alone.ts";
import { createDraws, seedOf, type Draws } from "../seeded-draws.ts";
import { RETRY_TICKS } from "../shards/limits.ts";
import type { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology } from "../shards/topology.ts";
import { createWire, NO_FAULTS, type Wire } from "../shards/wire.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { contentField, contentTopology } from "./content-routing.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { rigOf } from "./load-rig.ts";

/** A router on the scalar alone, without record: goes round for ever between two maxima. */
const fieldAlone: typeof chooseHop = (shard, _own, views) => {
  const target = views.find(({ cell }) => cell === shard.to);
  const best = target ?? [...views].sort((a, b) => b.hint - a.hint)[0];
  return best === undefined
    ? { kind: "stuck" }
    : { kind: "forward", to: best.cell, reason: "greedy" };
};

const FIELDS = ["random", "two equal maxima", "ring"] as const;

/** A scalar that leads astray, another one for each seed: drawn, with two equal maxima, or even but for one hole. */
function fieldOf(name: (typeof FIELDS)[number], cells: number, draws: Draws): readonly number[] {
  if (name === "random") return Array.from({ length: cells }, () => draws.below(100) / 100);
  const first = draws.below(cells);
  const second = (first + 1 + draws.below(cells - 1)) % cells;
  return Array.from({ length: cells }, (_, cell) =>
    name === "ring" ? (cell === first ? 0 : 1) : cell === first || cell === second ? 1 : 0,
  );
}

const WORLDS = 512;
/** Ordered pairs that a search connects in all worlds of 3×3 together. */
const PAIRS = 6_792;
const WALKS = PAIRS * FIELDS.length;

/** Every pair of every world under every field; `every`: only each so-manieth world. */
function loops(seed: number, every: number, route: typeof chooseHop): ArmSample {
  const topology = createTopology({ width: 3, height: 3, wraps: false, reach: 4 });
  const draws = createDraws(seedOf(seed, 14));
  const key = contentField(contentTopology("small"), 1)[0];
  let [walks, reentered, long, missed] = [0, 0, 0, 0];
  for (let world = seed % every; world < WORLDS; world += every) {
    const isOpen = (cell: number): boolean => (world & (1 << cell)) === 0;
    const likeness = Array.from({ length: 81 }, () => draws.below(200) / 100 - 1);
    const reach = Array.from({ length: 9 }, (_, from) => distancesFrom(topology, from, isOpen));
    for (const name of FIELDS) {
      const field = fieldOf(name, 9, draws);
      for (let pair = 0; pair < 81; pair += 1) {
        const [from, to] = [Math.floor(pair / 9), pair % 9];
        if (from === to || !isOpen(from) || (reach[from]?.[to] ?? -1) < 0 || key === undefined)
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
  return { group: "walks", values: { walks, reentered, long, missed } };
}

const SIDE = 5;
const SHARDS = 160;
const TICKS = 200;

/**
 * Who waits for whom, read from the frames alone: a cell waits for another while a shard that it sent there has not been
 * acknowledged for as long as an answer takes, and longer. `refuses`: a frame that its cell has no room for.
 */
function watchedWire(refuses: (to: number) => boolean): {
  readonly wire: Wire;
  isCyclic(tick: number): boolean;
} {
  const inner = createWire(NO_FAULTS, 1);
  const open = new Map<
    string,
    { readonly from: number; readonly to: number; readonly tick: number }
  >();
  const wire: Wire = {
    send(frame, tick) {
      if (frame.kind === "data") {
        const name = `${frame.from} ${frame.to} ${frame.shard.id} ${frame.shard.hops}`;
        if (!open.has(name)) open.set(name, { from: frame.from, to: frame.to, tick });
        if (frame.shard.to !== frame.to && refuses(frame.to)) return;
      }
      if (frame.kind === "ack") open.delete(`${frame.to} ${frame.from} ${frame.id} ${frame.hops}`);
      inner.send(frame, tick);
    },
    due: (tick) => inner.due(tick),
    get carried() {
      return inner.carried;
    },
  };
  return {
    wire,
    isCyclic(tick) {
      const waits = new Map<number, Set<number>>();
      for (const { from, to, tick: sentTick } of open.values())
        if (tick - sentTick >= RETRY_TICKS) waits.set(from, (waits.get(from) ?? new Set()).add(to));
      return hasCycle(waits);
    },
  };
}

/** Cells that wait for none are taken away until none is left, or only a ring and what waits for it. */
function hasCycle(waits: Map<number, Set<number>>): boolean {
  for (;;) {
    const free = [...waits].filter(([, others]) => [...others].every((one) => !waits.has(one)));
    if (free.length === 0) return waits.size > 0;
    for (const [cell] of free) waits.delete(cell);
  }
}

/** A mesh full of shards under each field: ticks at which cells wait for one another in a ring. */
function waiting(seed: number, ticks: number, room: number): ArmSample {
  let [cyclicTicks, watchedTicks] = [0, 0];
  for (const [index, name] of FIELDS.entries()) {
    const field = fieldOf(name, SIDE * SIDE, createDraws(seedOf(seed, 16 + index)));
    const rig: { mesh?: ShardMesh } = {};
    const watched = watchedWire((to) => (rig.mesh?.queueLength(to) ?? 0) >= room);
    const { mesh, summaries } = rigOf(
      SIDE,
      seed,
      {
        wire: watched.wire,
        weights: { queue: 0, hint: 5 },
        hint: (cell) => field[cell] ?? 0,
        windowShards: SHARDS,
      },
      0,
    );
    rig.mesh = mesh;
    const shape = { kind: "closed", shards: SHARDS } as const;
    const driver = createLoadDriver({ mesh, summaries, seed: seedOf(seed, 17), shape });
    for (let tick = 1; tick <= ticks; tick += 1) {
      driver.tick();
      watchedTicks += 1;
      if (watched.isCyclic(mesh.tickNumber)) cyclicTicks += 1;
    }
  }
  return { group: "waits", values: { cyclicTicks, watchedTicks } };
}

const ticksOf = (size: RunContext["size"]): number => (size === "small" ? 60 : TICKS);

/** No ring of hops, none of waiting, whatever the scalar says. */
export const NO_LOOPS_CRITERION: Experiment = {
  id: "hint.no-loops",
  section: "5.7",
  title: "No loops under adversarial fields",
  method:
    "All 512 worlds of 3×3 cells, all ordered pairs that a search connects, likenesses at random, each under three scalars that are drawn anew: at random, with two equal maxima, as a ring. 50 seeds of 20,376 walks are more than 10⁶. And a mesh of 5×5 cells with 160 shards always under way, which send one shard a tick, under the same three scalars for 200 ticks each: after each tick the graph of which cell waits for which other's answer, read from the frames on the links, is searched for a ring. The mutant of the walks goes each eighth world.",
  workload: {
    side: 3,
    worlds: WORLDS,
    fields: [...FIELDS],
    waits: { side: SIDE, shards: SHARDS, ticks: TICKS },
  },
  seeds: seedsFrom(9_001, 50),
  arms: [
    arm("ours", "ours", (seed, { size }) => [
      loops(seed, 1, chooseHop),
      waiting(seed, ticksOf(size), Number.POSITIVE_INFINITY),
    ]),
    arm("the field alone", "mutant", (seed) => [loops(seed, 8, fieldAlone)], [
      "reentered",
      "arrives",
    ]),
    arm(
      "a cell takes a shard only when it is empty",
      "mutant",
      (seed, { size }) => [waiting(seed, ticksOf(size), 1)],
      ["waits"],
    ),
  ],
  claims: [
    atLeast(
      "walks",
      "seed",
      WALKS,
      "every seed walks every pair of every world under every field",
      {
        statistic: { kind: "worst", metric: "walks" },
        groups: ["walks"],
      },
    ),
    ...(
      [
        ["reentered", "reentered", "no cell is entered again but by going back"],
        ["long", "long", "no way is longer than 2 · (cells − 1)"],
        ["arrives", "missed", "what can be reached is reached"],
      ] as const
    ).map(([id, metric, text]) =>
      atMost(id, "seed", 0, text, {
        statistic: { kind: "worst", metric },
        groups: ["walks"],
      }),
    ),
    atMost("waits", "seed", 0, "at no tick do cells wait for one another in a ring", {
      statistic: { kind: "worst", metric: "cyclicTicks" },
      groups: ["waits"],
    }),
  ],
};
