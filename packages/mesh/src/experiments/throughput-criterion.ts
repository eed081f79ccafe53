import { createLoadDriver } from "../load/drive-load.ts";
import { loadBound, SERVICE_TICKS, type LoadBound } from "../load/load-bound.ts";
import { integerPower, nthRoot } from "../square-root.ts";
import { seedOf } from "../seeded-draws.ts";
import { createTopology } from "../shards/topology.ts";
import { createWire, NO_FAULTS } from "../shards/wire.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { rigOf } from "./load-rig.ts";

const PERCENT = 100;

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
  const bisection = boundFrom === "topology" ? bound.bisection : best;
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
        bisectionError: Math.abs(bisection - 40),
      },
    },
    ...rungs.map(({ shards, rate, used }) => ({
      group: String(shards),
      values: {
        rate,
        bound: bound.at(shards),
        share: rate / bound.at(shards),
        used,
        bisectionShare: rate / bound.bisection,
      },
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

/** What is delivered a tick, beside the three bounds that the mesh's shape gives. */
export const THROUGHPUT_CRITERION: Experiment = {
  id: "load.throughput",
  section: "5.6",
  title: "Throughput against theory",
  method:
    "5×5 torus with 8 neighbours, C = 1, uniform pairs, closed loop with K = 1 … 4,096. The bound min(K ÷ (h + 1), 25 ÷ h, B) is computed from the mesh alone: h = 5/3, at most 15 shards a tick; B = 40, because a quarter of the pairs cross the cut between two columns and three, each way past ten cells, so that it never binds here. The knee is where doubling K gains less than 5 %.",
  workload: { side: 5, ladder: [...LADDER], ticks: 1_000, kneeGainPercent: KNEE_GAIN_PERCENT },
  seeds: seedsFrom(6_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size }) => throughput(seed, size, "topology")),
    arm(
      "bound from the measurement",
      "mutant",
      (seed, { size }) => throughput(seed, size, "measurement"),
      ["bound", "bisection"],
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
    atMost(
      "bisection",
      "seed",
      1 / 1_000_000,
      "the bound of the cut in two is the 40 shards a tick that the mesh's shape gives",
      { statistic: { kind: "worst", metric: "bisectionError" }, groups: ["knee"] },
    ),
    atMost("below-bisection", "seed", 1, "at no load is more delivered than the cut lets across", {
      statistic: { kind: "worst", metric: "bisectionShare" },
      groups: LADDER.map(String),
    }),
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
