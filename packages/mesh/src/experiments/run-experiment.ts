import { valueHash, type Hasher, type Json } from "@swoosh/kernel/values";
import type { Experiment, NotRun, RunContext, Sample } from "./experiment.ts";

/** Seeds that a small run takes: the first ones, so that nobody chooses. */
const SMALL_SEEDS = 3;

/** The seeds of `experiment` for a run of this `size`: all, or the first three of a small one. */
export function seedsOf(experiment: Experiment, size: RunContext["size"]): readonly number[] {
  return size === "full" ? experiment.seeds : experiment.seeds.slice(0, SMALL_SEEDS);
}

/**
 * Name of what was agreed before the run of `experiment`, by `hasher`: workload, seeds, arms and claims. Thresholds count
 * in millionths.
 */
export function frozenHashOf(hasher: Hasher, experiment: Experiment): string {
  const claims: Json = experiment.claims.map((claim) => ({
    arm: claim.arm ?? "",
    bar: claim.bar,
    direction: claim.direction,
    groups: [...(claim.groups ?? [])],
    id: claim.id,
    statistic: Object.entries(claim.statistic).map(([key, value]) => `${key}=${value}`),
    thresholdMillionths: Math.round(claim.threshold * 1_000_000),
  }));
  const arms: Json = experiment.arms.map(({ name, role, mustFail }) => ({
    mustFail: [...(mustFail ?? [])],
    name,
    role,
  }));
  return valueHash(hasher, {
    arms,
    claims,
    id: experiment.id,
    seeds: [...experiment.seeds],
    workload: experiment.workload,
  });
}

/**
 * Runs every arm of `experiment` on every seed, seed by seed so that a slow moment falls on all arms alike. `context` is
 * what arms may use of the world; `write` is handed each sample, or why there is none, as soon as it is there.
 */
export async function runExperiment(
  experiment: Experiment,
  context: RunContext,
  write: (line: Sample | NotRun) => void,
): Promise<void> {
  const seeds = seedsOf(experiment, context.size);
  let done = 0;
  for (const seed of seeds) {
    for (const arm of experiment.arms) {
      const result = await arm.run(seed, context);
      const about = { experiment: experiment.id, arm: arm.name, seed };
      if (result.ran) {
        for (const { group = "", values } of result.samples) write({ ...about, group, values });
      } else write({ ...about, notRun: result.reason });
      done += 1;
      context.progress(done, seeds.length * experiment.arms.length);
    }
  }
}
