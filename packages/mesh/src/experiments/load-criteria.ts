import { chooseHop } from "../router/choose-hop.ts";
import { createLoadDriver } from "../load/drive-load.ts";
import { loadBound, SERVICE_TICKS, type LoadBound } from "../load/load-bound.ts";
import { integerPower, nthRoot } from "../square-root.ts";
import { seedOf } from "../seeded-draws.ts";
import type { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology } from "../shards/topology.ts";
import { createWire, NO_FAULTS, type Wire } from "../shards/wire.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { quantile } from "./interval.ts";
import { rigOf, type LoadRig } from "./load-rig.ts";
import { OVERLOAD_CRITERION } from "./overload-criterion.ts";

const PERCENT = 100;

const dropGroups = (size: RunContext["size"]): readonly (readonly [number, number, number])[] =>
  size === "small"
    ? [
        [5, 1, 300],
        [5, 4, 300],
        [5, 16, 300],
        [5, 160, 300],
      ]
    : [
        [5, 1, 5_000],
        [5, 4, 5_000],
        [5, 16, 5_000],
        [5, 160, 5_000],
        [32, 16, 5_000],
        [64, 10_000, 5_000],
      ];

function drops(
  seed: number,
  size: RunContext["size"],
  wireOf?: (mesh: () => ShardMesh) => Wire,
): readonly ArmSample[] {
  const groups = dropGroups(size).filter(
    ([side]) => side < 64 || (wireOf === undefined && seed % LARGE_EVERY === 0),
  );
  return groups.map(([side, shards, deliveries]) => {
    const rig: { mesh?: ShardMesh } = {};
    const wire = wireOf?.(() => {
      if (rig.mesh === undefined) throw new Error("the mesh is not there yet");
      return rig.mesh;
    });
    const { mesh, summaries } = rigOf(
      side,
      seed,
      { sendsPerTick: 8, ...(wire === undefined ? {} : { wire }) },
      0,
    );
    rig.mesh = mesh;
    const driver = createLoadDriver({
      mesh,
      summaries,
      seed: seedOf(seed, shards),
      shape: { kind: "closed", shards },
    });
    for (let tick = 0; mesh.counts().delivered < deliveries && tick < deliveries * 4; tick += 1)
      driver.tick();
    // What was lost without a trace shows when the last copy is let go.
    for (let tick = 0; tick < DRAIN_TICKS && mesh.counts().inFlight > 0; tick += 1) mesh.tick();
    const { delivered, expired, dropped, duplicates } = mesh.counts();
    const lost = expired + dropped.unreachable + dropped["cell-died"] + duplicates;
    return {
      group: `${side}×${side} K ${shards}`,
      values: { lost, delivered, missing: Math.max(0, deliveries - delivered) },
    };
  });
}

const DRAIN_TICKS = 2_000;
/** The mesh of 64×64 takes as long as all others together: every fourth seed, and no mutant. */
const LARGE_EVERY = 4;

/** Says that a frame has come which a full queue of one had no room for. */
function queueOfOne(mesh: () => ShardMesh): Wire {
  const inner = createWire(NO_FAULTS, 1);
  return {
    send(frame, tick) {
      if (
        frame.kind === "data" &&
        frame.shard.to !== frame.to &&
        mesh().queueLength(frame.to) >= 1
      ) {
        const { id, hops } = frame.shard;
        inner.send({ kind: "ack", from: frame.to, to: frame.from, id, hops }, tick);
      } else inner.send(frame, tick);
    },
    due: (tick) => inner.due(tick),
    get carried() {
      return inner.carried;
    },
  };
}

const ZERO_DROPS: Experiment = {
  id: "load.zero-drops",
  section: "5.6",
  title: "No drops under load",
  method:
    "Closed loop: K shards always under way between uniform random pairs, until 5,000 are delivered for each seed (64×64: every fourth seed). A drop is anything that ends not delivered, and any duplicate. The books are audited against the cells at every tick. A cell sends up to 8 shards a tick, one for each link.",
  workload: { groups: dropGroups("full").map((group) => [...group]), sendsPerTick: 8 },
  seeds: seedsFrom(4_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => drops(seed, size)),
    arm(
      "queue of one without back-pressure",
      "mutant",
      (seed, { size }) => drops(seed, size, queueOfOne),
      ["small-load", "large-load"],
    ),
  ],
  claims: [
    atMost("small-load", "seed", 0, "no drop up to K = 16", {
      statistic: { kind: "worst", metric: "lost" },
      groups: ["5×5 K 1", "5×5 K 4", "5×5 K 16", "32×32 K 16"],
    }),
    atMost("finished", "seed", 0, "every run delivers all that it should", {
      statistic: { kind: "worst", metric: "missing" },
    }),
    atMost("large-load", "ambitious", 0, "no drop at K = 160 on 5×5, nor at K = 10,000 on 64×64", {
      statistic: { kind: "worst", metric: "lost" },
      groups: ["5×5 K 160", "64×64 K 10000"],
    }),
  ],
};

/** Latency over the median at K = 1 of the same distance. */
function spread(seed: number, ticks: number, route = chooseHop): readonly ArmSample[] {
  const samples: ArmSample[] = [];
  for (const sendsPerTick of [1, 8]) {
    const alone = latencies(seed, { sendsPerTick, shards: 1, ticks: ticks * 4, route: chooseHop });
    const medians = new Map([1, 2].map((distance) => [distance, median(alone, distance)]));
    for (const shards of [16, 160]) {
      const ratios = latencies(seed, { sendsPerTick, shards, ticks, route })
        .map(({ ticks: taken, distance }) => taken / (medians.get(distance) ?? 1))
        .sort((a, b) => a - b);
      samples.push({
        group: `C ${sendsPerTick} K ${shards}`,
        values: { p95: quantile(ratios, 950), p50: quantile(ratios, 500) },
      });
    }
  }
  return samples;
}

interface LatencyRun {
  readonly sendsPerTick: number;
  readonly shards: number;
  readonly ticks: number;
  readonly route: typeof chooseHop;
}

function latencies(seed: number, given: LatencyRun): LoadRig["delivered"] {
  const { sendsPerTick, shards, ticks, route } = given;
  const { mesh, summaries, delivered } = rigOf(5, seed, { sendsPerTick, route });
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: seedOf(seed, 7),
    shape: { kind: "closed", shards },
  });
  for (let tick = 0; tick < ticks; tick += 1) driver.tick();
  return delivered;
}

/** First hop always into the lowest cells beside, however long their queues are; from there on as usual. */
const throughFewCells: typeof chooseHop = (shard, own, views, weights) => {
  if (shard.hops > 0) return chooseHop(shard, own, views, weights);
  const [lowest] = [...views].sort((a, b) => a.cell - b.cell);
  return lowest === undefined
    ? { kind: "stuck" }
    : { kind: "forward", to: lowest.cell, reason: "greedy" };
};

function median(latency: LoadRig["delivered"], distance: number): number {
  return quantile(
    latency
      .filter((one) => one.distance === distance)
      .map(({ ticks }) => ticks)
      .sort((a, b) => a - b),
    500,
  );
}

const spreadTicks = (size: RunContext["size"]): number => (size === "small" ? 100 : 2_000);

const SPREAD: Experiment = {
  id: "load.latency",
  section: "5.6",
  title: "Latency under load",
  method:
    "5×5 torus, closed loop. Each delivery's latency in ticks over the median at K = 1 of the same distance; 95th percentile. C is the shards that a cell sends in a tick: 8, one a link, is the mesh as it is; C = 1 is the narrow mesh of the bound's textbook case.",
  workload: { side: 5, ticks: 2_000, sendsPerTick: [1, 8], shards: [16, 160] },
  seeds: seedsFrom(5_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => spread(seed, spreadTicks(size))),
    arm(
      "no spreading",
      "mutant",
      (seed, { size }) => spread(seed, spreadTicks(size), throughFewCells),
      ["narrow"],
    ),
  ],
  claims: [
    atMost(
      "narrow",
      "seed",
      2,
      "with C = 1, p95 at K = 16 is at most twice the median of a single shard",
      { statistic: { kind: "mean", metric: "p95" }, groups: ["C 1 K 16"] },
    ),
    atMost("wide", "ambitious", 12 / 10, "with C = 8, at most 1.2 times", {
      statistic: { kind: "mean", metric: "p95" },
      groups: ["C 8 K 16"],
    }),
    atMost("wide-160", "ambitious", 2, "with C = 8, at most twice at K = 160", {
      statistic: { kind: "mean", metric: "p95" },
      groups: ["C 8 K 160"],
    }),
    atMost("narrow-design", "ambitious", 12 / 10, "with C = 1, at most 1.2 times", {
      statistic: { kind: "mean", metric: "p95" },
      groups: ["C 1 K 16"],
    }),
  ],
};

const LADDER = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];
/** Doubling the load gains less than this: the knee. */
const KNEE_GAIN_PERCENT = 5;

function throughput(
  seed: number,
  size: RunContext["size"],
  boundFrom: "topology" | "measurement",
): readonly ArmSample[] {
  const ticks = size === "small" ? 60 : 1_000;
  const ladder = size === "small" ? LADDER.slice(0, 10) : LADDER;
  const rungs = ladder.map((shards) => {
    const wire = createWire(NO_FAULTS, seed);
    const { mesh, summaries } = rigOf(5, seed, { sendsPerTick: 1, windowShards: 256, wire }, 0);
    const driver = createLoadDriver({
      mesh,
      summaries,
      seed: seedOf(seed, shards),
      shape: { kind: "closed", shards },
    });
    for (let tick = 0; tick < ticks / 4; tick += 1) driver.tick();
    const [before, carried] = [mesh.counts().delivered, wire.carried];
    for (let tick = 0; tick < ticks; tick += 1) driver.tick();
    const used = (wire.carried - carried) / (ticks * mesh.topology.cells);
    return { shards, rate: (mesh.counts().delivered - before) / ticks, used };
  });
  const bound = loadBound(createTopology({ width: 5, height: 5 }), 1);
  const best = Math.max(...rungs.map(({ rate }) => rate));
  const capacity = boundFrom === "topology" ? bound.capacity : best;
  const knee = rungs.find(
    ({ rate }, index) =>
      ((rungs[index + 1]?.rate ?? rate) - rate) * PERCENT < rate * KNEE_GAIN_PERCENT,
  );
  const kneeShare = (knee?.rate ?? 0) / Math.min(capacity, bound.at(knee?.shards ?? 1));
  return [
    {
      group: "knee",
      values: {
        kneeShare,
        kneeAt: knee?.shards ?? 0,
        fit: fitOf(rungs, bound),
        capacityError: Math.abs(capacity - 15),
      },
    },
    ...rungs.map(({ shards, rate, used }) => ({
      group: String(shards),
      values: { rate, bound: bound.at(shards), share: rate / bound.at(shards), used },
    })),
  ];
}

/**
 * R² of the best smooth minimum of the two bounds, (x₁⁻ᵖ + x₂⁻ᵖ)^(−1/p): both are theory's, p alone is fitted, in
 * quarters from 1 to 4. How sharply the curve bends says how random the queues are.
 */
function fitOf(
  rungs: readonly { readonly shards: number; readonly rate: number }[],
  bound: LoadBound,
): number {
  const mean = rungs.reduce((sum, { rate }) => sum + rate, 0) / rungs.length;
  const total = rungs.reduce((sum, { rate }) => sum + (rate - mean) * (rate - mean), 0);
  let least = total;
  for (let quarters = 4; quarters <= 16; quarters += 1) {
    const rest = rungs.reduce((sum, { shards, rate }) => {
      const few = shards / (bound.meanHops + SERVICE_TICKS);
      const inverse = powerOf(1 / few, quarters) + powerOf(1 / bound.capacity, quarters);
      const miss = rate - 1 / nthRoot(integerPower(inverse, 4), quarters);
      return sum + miss * miss;
    }, 0);
    least = Math.min(least, rest);
  }
  return 1 - least / total;
}

/** value^(quarters ÷ 4). */
function powerOf(value: number, quarters: number): number {
  return integerPower(nthRoot(value, 4), quarters);
}

const THROUGHPUT: Experiment = {
  id: "load.throughput",
  section: "5.6",
  title: "Throughput against theory",
  method:
    "5×5 torus with 8 neighbours, C = 1, uniform pairs, closed loop with K = 1 … 4,096. The bound min(K ÷ (h + 1), 25 ÷ h) is computed from the mesh alone: h = 5/3, at most 15 shards a tick. The knee is where doubling K gains less than 5 %.",
  workload: { side: 5, ladder: [...LADDER], ticks: 1_000, kneeGainPercent: KNEE_GAIN_PERCENT },
  seeds: seedsFrom(6_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size }) => throughput(seed, size, "topology")),
    arm(
      "bound from the measurement",
      "mutant",
      (seed, { size }) => throughput(seed, size, "measurement"),
      ["bound"],
    ),
  ],
  claims: [
    atMost(
      "bound",
      "seed",
      1 / 1_000_000,
      "the bound is the 15 shards a tick that the mesh's shape gives",
      { statistic: { kind: "worst", metric: "capacityError" }, groups: ["knee"] },
    ),
    atMost("below", "seed", 1, "no cell sends more than C shards a tick, so the bound binds", {
      statistic: { kind: "worst", metric: "used" },
      groups: LADDER.map(String),
    }),
    atLeast("knee", "ambitious", 9 / 10, "at the knee 0.9 of the bound is reached", {
      statistic: { kind: "mean", metric: "kneeShare" },
      groups: ["knee"],
    }),
    atLeast(
      "fit",
      "ambitious",
      99 / PERCENT,
      "the smooth minimum of the two bounds fits with R² of 0.99",
      {
        statistic: { kind: "mean", metric: "fit" },
        groups: ["knee"],
      },
    ),
  ],
  plots: [
    {
      title: "Throughput on 5×5, C = 1",
      metric: "rate",
      x: "shards under way",
      y: "delivered a tick",
      arms: ["ours"],
      logarithmicX: true,
    },
    {
      title: "Share of the theoretical bound",
      metric: "share",
      x: "shards under way",
      y: "measured ÷ bound",
      arms: ["ours"],
      logarithmicX: true,
    },
  ],
};

/** Criteria of a mesh under load. */
export const LOAD_CRITERIA: readonly Experiment[] = [
  ZERO_DROPS,
  SPREAD,
  THROUGHPUT,
  OVERLOAD_CRITERION,
];
