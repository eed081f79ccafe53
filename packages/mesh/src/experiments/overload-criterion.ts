import { createLoadDriver } from "../load/drive-load.ts";
import { seedOf } from "../seeded-draws.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { quantile } from "./interval.ts";
import { rigOf, type LoadRig } from "./load-rig.ts";

const PERCENT = 100;

/** Shards a tick, in thousandths: nine tenths of the bound, just below the knee. */
const KNEE_MILLI = 13_500;
const CALM_MILLI = 7_500;
/** A run whose mesh holds more is lost, and ends: nothing that is bounded comes near. */
const UNBOUNDED_SHARDS = 5_000;

function overload(seed: number, ticks: number, windowShards: number): readonly ArmSample[] {
  const { mesh, summaries, delivered } = rigOf(5, seed, { sendsPerTick: 1, windowShards });
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: seedOf(seed, 8),
    shape: { kind: "open", milliShardsPerTick: CALM_MILLI },
  });
  for (let tick = 0; tick < 400; tick += 1) driver.tick();
  const calm = p95Since(delivered, 100);
  const before = mesh.counts().delivered;
  driver.setRate(KNEE_MILLI * 10);
  let [held, ran] = [0, 0];
  for (; ran < ticks && held < UNBOUNDED_SHARDS; ran += 1) {
    driver.tick();
    held = Math.max(held, mesh.counts().inFlight);
  }
  const goodput = (mesh.counts().delivered - before) / ran;
  driver.setRate(CALM_MILLI);
  const stopped = mesh.tickNumber;
  let recovery = RECOVERY_TICKS_MAX;
  for (let waited = 10; waited <= RECOVERY_TICKS_MAX; waited += 10) {
    for (let tick = 0; tick < 10; tick += 1) driver.tick();
    if (p95Since(delivered, mesh.tickNumber - 10) * 10 <= calm * 11) {
      recovery = mesh.tickNumber - stopped;
      break;
    }
  }
  const { expired, dropped } = mesh.counts();
  return [
    {
      values: {
        lost: expired + dropped.unreachable + dropped["cell-died"],
        held,
        goodput: (goodput * 1_000) / KNEE_MILLI,
        recoveryTicks: recovery,
        rejected: driver.rejected,
      },
    },
  ];
}

/** Who has not recovered by then has failed both bars by a fifth and more. */
const RECOVERY_TICKS_MAX = 600;

function p95Since(delivered: LoadRig["delivered"], tick: number): number {
  const recent: number[] = [];
  for (let at = delivered.length - 1; at >= 0; at -= 1) {
    const one = delivered[at];
    if (one === undefined || one.tick <= tick) break;
    recent.push(one.ticks);
  }
  return quantile(
    recent.sort((a, b) => a - b),
    950,
  );
}

const overloadTicks = (size: RunContext["size"]): number => (size === "small" ? 150 : 6_000);

/** Ten times what the mesh can carry, and how it comes back. */
export const OVERLOAD_CRITERION: Experiment = {
  id: "load.overload",
  section: "5.6",
  title: "Graceful overload",
  method:
    "5×5 torus, C = 1, 100 ticks a second: calm at half the bound, then ten times the knee (135 shards a tick) for 60 s, then calm again. Windows of 16 shards a cell turn away at injection. Recovered: p95 of the last ten ticks within 1.1 of calm.",
  workload: {
    side: 5,
    calmMilli: CALM_MILLI,
    overMilli: KNEE_MILLI * 10,
    ticks: 6_000,
    windowShards: 16,
    ticksPerSecond: 100,
  },
  seeds: seedsFrom(7_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size }) => overload(seed, overloadTicks(size), 16)),
    arm(
      "unbounded queue",
      "mutant",
      (seed, { size }) => overload(seed, overloadTicks(size), 1_000_000),
      ["bounded", "recovery"],
    ),
  ],
  claims: [
    atMost("lost", "seed", 0, "nothing under way is lost", {
      statistic: { kind: "worst", metric: "lost" },
    }),
    atMost("bounded", "seed", 25 * 16, "never more under way than cells × window", {
      statistic: { kind: "worst", metric: "held" },
      unit: "shards",
    }),
    atMost("recovery", "seed", 500, "p95 is back within 5 s", {
      statistic: { kind: "mean", metric: "recoveryTicks" },
      unit: "ticks",
    }),
    atMost("recovery-design", "ambitious", 100, "p95 is back within 1 s", {
      statistic: { kind: "mean", metric: "recoveryTicks" },
      unit: "ticks",
    }),
    atLeast("goodput", "ambitious", 95 / PERCENT, "95 % of the knee are delivered meanwhile", {
      statistic: { kind: "mean", metric: "goodput" },
    }),
  ],
};
