import { createLoadDriver } from "../load/drive-load.ts";
import { chooseHop } from "../router/choose-hop.ts";
import { seedOf } from "../seeded-draws.ts";
import { arm, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { groupBy } from "./group-by.ts";
import { quantile } from "./interval.ts";
import { rigOf } from "./load-rig.ts";
import { throughFewCells } from "./through-few-cells.ts";

const SIDE = 5;
const SENDS = [1, 8] as const;
const SHARDS = 16;
const PERIOD_MS = 10;
const TICKS = 1_000;
/** A shard alone needs more ticks for as many deliveries. */
const ALONE_TIMES = 4;

/** How long one delivery took: with ticks that begin every 10 ms, and with ticks that follow each other at once. */
interface Taken {
  readonly distance: number;
  readonly pacedMs: number;
  readonly flatOutMs: number;
}

interface TimedRun {
  readonly sendsPerTick: number;
  readonly shards: number;
  readonly ticks: number;
  readonly route: typeof chooseHop;
}

/**
 * Runs the ticks one after the other and measures each. From these times follows when each would have ended at the mesh's
 * tempo: a tick begins when its period does, or when the one before has ended if that is later. A shard of a closed loop is
 * there since the end of the tick that delivered the one before it.
 */
function timedDeliveries(seed: number, given: TimedRun, nowMs: () => number): readonly Taken[] {
  const { shards, ticks, ...options } = given;
  const { mesh, summaries, delivered } = rigOf(SIDE, seed, options);
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: seedOf(seed, 7),
    shape: { kind: "closed", shards },
  });
  const ends = [{ pacedMs: 0, flatOutMs: 0 }];
  const taken: Taken[] = [];
  for (let tick = 1; tick <= ticks; tick += 1) {
    const seen = delivered.length;
    const startedMs = nowMs();
    driver.tick();
    const workMs = nowMs() - startedMs;
    const before = ends[tick - 1] ?? { pacedMs: 0, flatOutMs: 0 };
    const end = {
      pacedMs: Math.max(before.pacedMs, tick * PERIOD_MS) + workMs,
      flatOutMs: before.flatOutMs + workMs,
    };
    ends.push(end);
    for (const { ticks: took, distance } of delivered.slice(seen)) {
      const born = ends[tick - took];
      if (born === undefined) continue;
      taken.push({
        distance,
        pacedMs: end.pacedMs - born.pacedMs,
        flatOutMs: end.flatOutMs - born.flatOutMs,
      });
    }
  }
  return taken;
}

const sorted = (values: readonly number[]): readonly number[] =>
  values.toSorted((left, right) => left - right);

/** Times of sixteen shards over the median of one alone at the same distance. */
function times(seed: number, { size, nowMs }: RunContext, route = chooseHop): readonly ArmSample[] {
  const ticks = size === "small" ? 60 : TICKS;
  return SENDS.map((sendsPerTick) => {
    const run = (shards: number, long: number, by: typeof chooseHop): readonly Taken[] =>
      timedDeliveries(seed, { sendsPerTick, shards, ticks: long, route: by }, nowMs);
    // Warm-up, of which nothing is kept.
    run(SHARDS, 50, route);
    const alone = groupBy(run(1, ticks * ALONE_TIMES, chooseHop), ({ distance }) => distance);
    const loaded = run(SHARDS, ticks, route);
    const p95Of = (timeOf: (one: Taken) => number): number => {
      const ratios = loaded.map((one) => {
        const single = sorted((alone.get(one.distance) ?? []).map(timeOf));
        return timeOf(one) / quantile(single, 500);
      });
      return quantile(sorted(ratios), 950);
    };
    return {
      group: `C ${sendsPerTick}`,
      values: {
        paced: p95Of(({ pacedMs }) => pacedMs),
        flatOut: p95Of(({ flatOutMs }) => flatOutMs),
        pacedMs: quantile(sorted(loaded.map(({ pacedMs }) => pacedMs)), 950),
        flatOutMs: quantile(sorted(loaded.map(({ flatOutMs }) => flatOutMs)), 950),
      },
    };
  });
}

const ofGroup = (metric: string, sends: number) => ({
  statistic: { kind: "mean", metric } as const,
  groups: [`C ${sends}`],
});

/** Latency under load by the clock: at the mesh's tempo, and as fast as one process goes. */
export const LOAD_TIME_CRITERION: Experiment = {
  id: "load.latency-ms",
  section: "5.6",
  title: "Latency under load, in ms",
  isTimed: true,
  method:
    "5×5 torus, closed loop with K = 16, C shards a cell and tick. Each tick is measured. At the mesh's tempo of 100 ticks a second one begins every 10 ms, or when the one before has ended, and a delivery's latency runs from the end of the tick that made room for its shard to the end of the one that delivers it; over the median at K = 1 of the same distance; 95th percentile. Flat out the ticks follow each other at once: there one process does the work of all 25 cells, and a tick with sixteen shards takes longer than one with a single shard.",
  workload: {
    side: SIDE,
    ticks: TICKS,
    aloneTicks: TICKS * ALONE_TIMES,
    sendsPerTick: [...SENDS],
    shards: [1, SHARDS],
    periodMs: PERIOD_MS,
  },
  seeds: seedsFrom(58_001, 20),
  arms: [
    arm("ours", "ours", (seed, context) => times(seed, context)),
    arm("no spreading", "mutant", (seed, context) => times(seed, context, throughFewCells), [
      "narrow",
    ]),
  ],
  claims: [
    atMost(
      "narrow",
      "seed",
      2,
      "with C = 1, at tempo, p95 at K = 16 is at most twice the median of a single shard",
      ofGroup("paced", 1),
    ),
    atMost("wide", "seed", 2, "with C = 8, at tempo, at most twice", ofGroup("paced", 8)),
    atMost("narrow-ms", "ambitious", 60, "with C = 1, at tempo, 95 % arrive within six periods", {
      ...ofGroup("pacedMs", 1),
      unit: "ms",
    }),
    atMost("wide-ms", "ambitious", 40, "with C = 8, at tempo, 95 % arrive within four periods", {
      ...ofGroup("pacedMs", 8),
      unit: "ms",
    }),
    atMost("wide-flat-out", "ambitious", 2, "with C = 8, flat out, at most twice the single one", {
      ...ofGroup("flatOut", 8),
    }),
    atMost("flat-out-ms", "ambitious", 1, "with C = 8, flat out, 95 % arrive within 1 ms", {
      ...ofGroup("flatOutMs", 8),
      unit: "ms",
    }),
  ],
};
