import { createLoadDriver } from "../load/drive-load.ts";
import { seedOf } from "../seeded-draws.ts";
import type { ShardMesh } from "../shards/shard-mesh.ts";
import { arm, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { rigOf } from "./load-rig.ts";
import { queueOfOne } from "./queue-of-one.ts";

interface LargeLoad {
  readonly side: number;
  readonly shards: number;
  readonly ticks: number;
}

/** A shard remembers its way, so that a tick takes longer the more shards have wandered: it ends before that is all it does. */
const FULL: LargeLoad = { side: 64, shards: 10_000, ticks: 100 };
/** Longer than a copy is kept: only when it is let go can be seen that the one sent on was lost. */
const SMALL: LargeLoad = { side: 16, shards: 600, ticks: 90 };

function crowd(seed: number, size: RunContext["size"], isMutant: boolean): readonly ArmSample[] {
  const { side, shards, ticks } = size === "full" ? FULL : SMALL;
  const rig: { mesh?: ShardMesh } = {};
  const wire = queueOfOne(() => {
    if (rig.mesh === undefined) throw new Error("the mesh is not there yet");
    return rig.mesh;
  });
  const options = { sendsPerTick: 8, ...(isMutant ? { wire } : {}) };
  const { mesh, summaries } = rigOf(side, seed, options, 0);
  rig.mesh = mesh;
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: seedOf(seed, shards),
    shape: { kind: "closed", shards },
  });
  let [lost, unaccounted] = [0, 0];
  for (let tick = 0; tick < ticks; tick += 1) {
    driver.tick();
    const { delivered, dropped, duplicates, expired, inFlight, injected } = mesh.counts();
    const ended = expired + dropped.unreachable + dropped["cell-died"];
    lost = ended + duplicates;
    unaccounted = Math.max(unaccounted, Math.abs(injected - delivered - inFlight - ended));
  }
  return [{ values: { delivered: mesh.counts().delivered, lost, unaccounted } }];
}

/** As many shards as a mesh of 64×64 is to carry without a loss. */
export const LARGE_LOAD_CRITERION: Experiment = {
  id: "load.zero-drops-large",
  section: "5.6",
  title: "No drops on a large mesh",
  method:
    "64×64 torus, closed loop: 10,000 shards always under way between uniform random pairs, for 100 ticks. A drop is anything that ends not delivered, and any duplicate; what is still under way at the end is none. What was lost without a trace is seen when the copy behind it is let go, 64 ticks later. The books are audited against the cells at every tick, and what was injected must be what was delivered, is under way or was lost. A cell sends up to 8 shards a tick, one for each link.",
  workload: { ...FULL, sendsPerTick: 8 },
  seeds: seedsFrom(4_101, 5),
  arms: [
    arm("ours", "ours", (seed, { size }) => crowd(seed, size, false)),
    arm(
      "queue of one without back-pressure",
      "mutant",
      (seed, { size }) => crowd(seed, size, true),
      ["lost"],
    ),
  ],
  claims: [
    atMost("accounted", "seed", 0, "every shard is accounted for at every tick", {
      statistic: { kind: "worst", metric: "unaccounted" },
    }),
    atMost("lost", "ambitious", 0, "no drop at K = 10,000", {
      statistic: { kind: "worst", metric: "lost" },
    }),
  ],
};
