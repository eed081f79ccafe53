import { chooseHop } from "../router/choose-hop.ts";
import { createLoadDriver } from "../load/drive-load.ts";
import { seedOf } from "../seeded-draws.ts";
import type { ShardMesh } from "../shards/shard-mesh.ts";
import type { Wire } from "../shards/wire.ts";
import { arm, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { quantile } from "./interval.ts";
import { LARGE_LOAD_CRITERION } from "./large-load-criterion.ts";
import { rigOf, type LoadRig } from "./load-rig.ts";
import { OVERLOAD_CRITERION } from "./overload-criterion.ts";
import { queueOfOne } from "./queue-of-one.ts";
import { LOAD_TIME_CRITERION } from "./load-time-criterion.ts";
import { THROUGHPUT_CRITERION } from "./throughput-criterion.ts";
import { throughFewCells } from "./through-few-cells.ts";

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
      ];

function drops(
  seed: number,
  size: RunContext["size"],
  wireOf?: (mesh: () => ShardMesh) => Wire,
): readonly ArmSample[] {
  return dropGroups(size).map(([side, shards, deliveries]) => {
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

const ZERO_DROPS: Experiment = {
  id: "load.zero-drops",
  section: "5.6",
  title: "No drops under load",
  method:
    "Closed loop: K shards always under way between uniform random pairs, until 5,000 are delivered for each seed. A drop is anything that ends not delivered, and any duplicate. The books are audited against the cells at every tick. A cell sends up to 8 shards a tick, one for each link.",
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
    atMost("large-load", "ambitious", 0, "no drop at K = 160 on 5×5", {
      statistic: { kind: "worst", metric: "lost" },
      groups: ["5×5 K 160"],
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

/** Criteria of a mesh under load. */
export const LOAD_CRITERIA: readonly Experiment[] = [
  ZERO_DROPS,
  LARGE_LOAD_CRITERION,
  SPREAD,
  LOAD_TIME_CRITERION,
  THROUGHPUT_CRITERION,
  OVERLOAD_CRITERION,
];
