import { distancesFrom } from "../load/load-bound.ts";
import { chooseHop } from "../router/choose-hop.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology, type Topology } from "../shards/topology.ts";
import { isSameKey, type VectorKey } from "../shards/vector-key.ts";
import { createWire, NO_FAULTS, type Frame, type Wire } from "../shards/wire.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { CONTENT_ROUTING } from "./content-routing.ts";
import type { ArmSample, Experiment } from "./experiment.ts";

const LOSSES = [0, 10_000, 100_000] as const;
const PERCENT = 100;

interface HopArm {
  readonly wire?: (inner: Wire) => Wire;
  readonly teleports?: boolean;
}

function singleHops(
  seed: number,
  trials: number,
  given: HopArm,
  nowMs: () => number,
): readonly ArmSample[] {
  const topology = createTopology({ width: 5, height: 5 });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  return LOSSES.map((lossPerMillion) => {
    const draws = createDraws(seedOf(seed, lossPerMillion));
    const inner = createWire(
      { lossPerMillion, duplicatePerMillion: 10_000, delayTicksMax: 2 },
      seedOf(seed, lossPerMillion, 1),
    );
    const sent = new Map<number, { readonly to: number; readonly key: VectorKey }>();
    let [frames, hits, again] = [0, 0, 0];
    const counted: Wire = {
      send(frame, tick) {
        if (frame.kind === "data") frames += 1;
        inner.send(frame, tick);
      },
      due: (tick) => inner.due(tick),
      get carried() {
        return inner.carried;
      },
    };
    const mesh = new ShardMesh({
      topology,
      summaries,
      seed,
      sendsPerTick: 8,
      windowShards: trials,
      wire: given.wire?.(counted) ?? counted,
      onDeliver: (shard, cell) => {
        const wanted = sent.get(shard.id);
        if (wanted === undefined) again += 1;
        else if (wanted.to === cell && isSameKey(wanted.key, shard.key)) hits += 1;
        sent.delete(shard.id);
      },
    });
    const startedMs = nowMs();
    for (let trial = 0; trial < trials; trial += 1) {
      const cell = draws.below(topology.cells);
      const beside = topology.neighbours[cell] ?? [];
      const to = beside[draws.below(beside.length)] ?? 0;
      const key = summaries[to];
      if (key === undefined) continue;
      if (given.teleports === true) {
        hits += 1;
        continue;
      }
      const injected = mesh.inject({ cell, to, key, payload: "p", ttlTicks: 200 });
      if (injected.accepted) sent.set(injected.id, { to, key });
      if (trial % 25 === 24) mesh.tick();
    }
    for (let tick = 0; tick < 250; tick += 1) mesh.tick();
    const micros = ((nowMs() - startedMs) * 1_000) / Math.max(1, inner.carried);
    return {
      group: `loss ${lossPerMillion / 10_000} %`,
      values: {
        hits: hits - again,
        trials,
        share: (hits - again) / trials,
        carried: Math.min(1, inner.carried / trials),
        frames: frames / trials,
        microsPerHop: micros,
      },
    };
  });
}

const hopTrials = (size: "small" | "full"): number => (size === "small" ? 200 : 500);

const SINGLE_HOP: Experiment = {
  id: "routing.single-hop",
  section: "5.3",
  title: "Single hop",
  method:
    "5×5 torus: a shard from a random cell to a random one of its 8 neighbours, under loss of 0, 1 and 10 %, doubles of 1 % and delays of up to 2 ticks. Success: at the right cell exactly once, with the same 768 codes, within its life. 500 trials for each seed and loss.",
  workload: {
    side: 5,
    lossesPerMillion: [...LOSSES],
    duplicatePerMillion: 10_000,
    delayTicksMax: 2,
    ttlTicks: 200,
    trials: 500,
  },
  seeds: seedsFrom(1_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size, nowMs }) => {
      // Warm-up, of which nothing is kept.
      singleHops(seed, 100, {}, nowMs);
      return singleHops(seed, hopTrials(size), {}, nowMs);
    }),
    arm(
      "teleport",
      "mutant",
      (seed, { size, nowMs }) => singleHops(seed, hopTrials(size), { teleports: true }, nowMs),
      ["carried"],
    ),
    arm(
      "no acknowledgements",
      "mutant",
      (seed, { size, nowMs }) => singleHops(seed, hopTrials(size), { wire: withoutAcks }, nowMs),
      ["frames"],
    ),
  ],
  claims: [
    atLeast("perfect", "seed", 1, "without loss every shard arrives, exactly once, unchanged", {
      statistic: { kind: "worst", metric: "share" },
      groups: ["loss 0 %"],
    }),
    atLeast("lossy", "seed", 95 / PERCENT, "at 10 % loss 95 % arrive", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
      groups: ["loss 10 %"],
    }),
    atLeast("lossy-design", "ambitious", 9_995 / 10_000, "at 10 % loss 99.95 % arrive", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
      groups: ["loss 10 %"],
    }),
    atLeast(
      "carried",
      "seed",
      1,
      "each delivery was carried by a link: bytes at a place, no teleport",
      { statistic: { kind: "worst", metric: "carried" } },
    ),
    atMost(
      "frames",
      "seed",
      2,
      "a shard is sent at most twice on average: acknowledged, it is let go",
      { statistic: { kind: "mean", metric: "frames" } },
    ),
    atMost("quick", "ambitious", 100, "a hop takes at most 100 µs, 99th percentile of the runs", {
      statistic: { kind: "quantile", metric: "microsPerHop", perMille: 990 },
      unit: "µs",
    }),
  ],
};

function withoutAcks(inner: Wire): Wire {
  return {
    send: (frame: Frame, tick) => (frame.kind === "ack" ? undefined : inner.send(frame, tick)),
    due: (tick) => inner.due(tick),
    get carried() {
      return inner.carried;
    },
  };
}

type RouteMaker = (world: {
  readonly topology: Topology;
  readonly isOpen: (cell: number) => boolean;
  readonly seed: number;
}) => typeof chooseHop;

/** All ordered pairs that a breadth-first search connects, each alone in its mesh's queue, hop by hop. */
function multiHops(seed: number, makeRoute: RouteMaker): readonly ArmSample[] {
  const topology = createTopology({ width: 3, height: 3, wraps: false, reach: 4 });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  const draws = createDraws(seedOf(seed, 2));
  const dead = Array.from({ length: topology.cells }, () => draws.below(PERCENT) < 20);
  const isOpen = (cell: number): boolean => dead[cell] === false;
  const route = makeRoute({ topology, isOpen, seed });
  let [decisions, local] = [0, 0];
  const hops = new Map<number, number>();
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    sendsPerTick: 72,
    windowShards: 72,
    wire: createWire(NO_FAULTS, seed),
    onDeliver: (shard) => hops.set(shard.id, shard.hops),
    route: (shard, own, views, weights) => {
      const choice = route(shard, own, views, weights);
      // The same decision from the recorded views alone, by the router as it is delivered.
      decisions += 1;
      if (
        JSON.stringify(chooseHop(shard, own, structuredCopy(views), weights)) ===
        JSON.stringify(choice)
      )
        local += 1;
      return choice;
    },
  });
  for (const [cell, isDead] of dead.entries()) if (isDead) mesh.kill(cell);
  const pairs: (readonly [number, number])[] = [];
  for (let from = 0; from < topology.cells; from += 1) {
    const distances = distancesFrom(topology, from, isOpen);
    for (let to = 0; to < topology.cells; to += 1) {
      const [distance, key] = [distances[to] ?? -1, summaries[to]];
      if (from === to || !isOpen(from) || distance <= 0 || key === undefined) continue;
      const injected = mesh.inject({ cell: from, to, key, payload: "p", ttlTicks: 200 });
      if (injected.accepted) pairs.push([injected.id, distance]);
    }
  }
  for (let tick = 0; tick < 220 && mesh.counts().inFlight > 0; tick += 1) mesh.tick();
  const made = pairs.map(([id, distance]) => ({ hops: hops.get(id), distance }));
  const good = made.filter((one) => one.hops !== undefined && one.hops <= 10);
  const stretches = good.map((one) => (one.hops ?? 0) / one.distance);
  return [
    {
      values: {
        hits: good.length,
        trials: pairs.length,
        stretch: stretches.reduce((sum, one) => sum + one, 0),
        arrived: good.length,
        stretchMax: Math.max(1, ...stretches),
        local: decisions === 0 ? 1 : local / decisions,
      },
    },
  ];
}

function structuredCopy<Value>(value: Value): Value {
  const copy: Value = JSON.parse(JSON.stringify(value));
  return copy;
}

const MULTI_HOP: Experiment = {
  id: "routing.multi-hop",
  section: "5.3",
  title: "Multi hop on 3×3",
  method:
    "3×3 cells with edges and four neighbours (the hardest of the shapes), a fifth of the cells dead by seed, all ordered pairs that a breadth-first search connects. Cells see their neighbours' public summaries alone. Success: delivered in at most 10 hops. Stretch: hops over those of the search.",
  workload: { side: 3, wraps: 0, reach: 4, deadPercent: 20, hopsMax: 10, gossipRounds: 2 },
  seeds: seedsFrom(2_001, 500),
  arms: [
    arm("ours", "ours", (seed) => multiHops(seed, () => chooseHop)),
    arm("random walk", "nothing", (seed) => multiHops(seed, randomWalk)),
    arm("reads the global map", "mutant", (seed) => multiHops(seed, byMap), ["local"]),
    arm("ignores the embedding", "mutant", (seed) => multiHops(seed, () => blind), [
      "stretch-design",
    ]),
  ],
  claims: [
    atLeast("reached", "seed", 90 / PERCENT, "90 % of what can be reached is, within 10 hops", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
    }),
    atLeast("reached-design", "ambitious", 999 / 1_000, "99.9 % are", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
    }),
    atMost("stretch", "seed", 15 / 10, "ways are at most 1.5 times the shortest, on average", {
      statistic: { kind: "quotient", metric: "stretch", over: "arrived" },
    }),
    atMost("stretch-design", "ambitious", 105 / PERCENT, "at most 1.05 times", {
      statistic: { kind: "quotient", metric: "stretch", over: "arrived" },
    }),
    atMost("stretch-worst", "ambitious", 15 / 10, "and never more than 1.5 times", {
      statistic: { kind: "worst", metric: "stretchMax" },
    }),
    atLeast("local", "seed", 1, "every decision follows from the neighbours' summaries alone", {
      statistic: { kind: "worst", metric: "local" },
    }),
  ],
};

const randomWalk: RouteMaker = ({ seed }) => {
  const draws = createDraws(seedOf(seed, 3));
  return (_shard, _own, views) => {
    const view = views[draws.below(Math.max(1, views.length))];
    return view === undefined
      ? { kind: "stuck" }
      : { kind: "forward", to: view.cell, reason: "greedy" };
  };
};

const byMap: RouteMaker =
  ({ topology, isOpen }) =>
  (shard, _own, views) => {
    const distances = distancesFrom(topology, shard.to ?? 0, isOpen);
    const best = [...views].sort((a, b) => (distances[a.cell] ?? 0) - (distances[b.cell] ?? 0))[0];
    return best === undefined
      ? { kind: "stuck" }
      : { kind: "forward", to: best.cell, reason: "greedy" };
  };

const blind: typeof chooseHop = (shard, own, views, weights) =>
  chooseHop(
    shard,
    own,
    views.map((view) => ({ ...view, affinity: 0, knowsTarget: false })),
    weights,
  );

/** Criteria of single hops, of ways over many, and of ways by content. */
export const ROUTING_CRITERIA: readonly Experiment[] = [SINGLE_HOP, MULTI_HOP, CONTENT_ROUTING];
