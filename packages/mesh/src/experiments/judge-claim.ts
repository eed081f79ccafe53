import { unreachable } from "@swoosh/kernel/values";
import { nthRoot } from "../square-root.ts";
import type { Claim, Sample, Statistic } from "./experiment.ts";
import { groupBy } from "./group-by.ts";
import { bootstrap, mean, quantile, wilson, type Interval } from "./interval.ts";
import { theilSen } from "./theil-sen.ts";

/** An estimate with its interval, and whether the claim passes by the worse end. */
export interface Judged extends Interval {
  /** Seeds behind the estimate; trials for a rate. */
  readonly n: number;
  readonly passes: boolean;
}

/**
 * Judges a claim by the samples of one arm (`arm`), which for a mutant is not the claim's own. E2: the worse end of
 * the interval decides, and what is not a number never passes.
 */
export function judgeClaim(claim: Claim, arm: string, samples: readonly Sample[]): Judged {
  const kept =
    claim.groups === undefined
      ? samples
      : samples.filter(({ group }) => claim.groups?.includes(group) === true);
  const { interval, n } = estimate(claim, arm, kept);
  const passes =
    n > 0 &&
    (claim.direction === "at-least"
      ? interval.low >= claim.threshold
      : interval.high <= claim.threshold);
  return { ...interval, n, passes };
}

interface Estimated {
  readonly interval: Interval;
  readonly n: number;
}

function estimate(claim: Claim, arm: string, samples: readonly Sample[]): Estimated {
  const { statistic } = claim;
  const own = samples.filter((sample) => sample.arm === arm);
  switch (statistic.kind) {
    case "rate": {
      const hits = sum(own, statistic.hits);
      const trials = sum(own, statistic.trials);
      return { interval: wilson(hits, trials), n: trials };
    }
    case "mean":
      return overSeeds(own, (kept) =>
        mean(kept.map((sample) => valueOf(sample, statistic.metric))),
      );
    case "quotient":
      return overSeeds(own, (kept) => sum(kept, statistic.metric) / sum(kept, statistic.over));
    case "quantile":
      return overSeeds(own, (kept) =>
        quantile(
          kept.map((sample) => valueOf(sample, statistic.metric)).sort((a, b) => a - b),
          statistic.perMille,
        ),
      );
    case "worst": {
      const values = own.map((sample) => valueOf(sample, statistic.metric));
      const worst = values.reduce(
        (left, right) =>
          claim.direction === "at-least" ? Math.min(left, right) : Math.max(left, right),
        values[0] ?? Number.NaN,
      );
      return { interval: { estimate: worst, low: worst, high: worst }, n: values.length };
    }
    case "slope": {
      const points = own.map((sample) => ({
        x: valueOf(sample, statistic.over),
        y: valueOf(sample, statistic.metric),
      }));
      return { interval: theilSen(points), n: points.length };
    }
    case "ratio":
    case "worst-ratio":
    case "reduction":
      return paired(statistic, claim.direction, own, samples);
    default:
      return unreachable(statistic);
  }
}

function overSeeds(
  samples: readonly Sample[],
  statistic: (kept: readonly Sample[]) => number,
): Estimated {
  const bySeed = [...groupBy(samples, ({ seed }) => seed).values()];
  const interval = bootstrap(bySeed.length, (indexes) =>
    statistic(indexes.flatMap((index) => bySeed[index] ?? [])),
  );
  return { interval, n: bySeed.length };
}

type Paired = Extract<Statistic, { readonly baseline: string }>;

/** Both arms are resampled by the same seeds; a seed that one arm lacks makes the claim fail (E1). */
function paired(
  statistic: Paired,
  direction: Claim["direction"],
  own: readonly Sample[],
  samples: readonly Sample[],
): Estimated {
  const other = samples.filter((sample) => sample.arm === statistic.baseline);
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  const groups = [...new Set(own.map(({ group }) => group))];
  const ours = table(own, statistic.metric, seeds, groups);
  const theirs = table(other, statistic.metric, seeds, groups);
  const interval = bootstrap(seeds.length, (indexes) => {
    const ratios = groups.map((_, group) => {
      const row = indexes.map((index) => ours[index]?.[group] ?? Number.NaN);
      const base = indexes.map((index) => theirs[index]?.[group] ?? Number.NaN);
      return mean(row) / mean(base);
    });
    return combine(statistic.kind, direction, ratios);
  });
  return { interval, n: seeds.length };
}

function combine(
  kind: Paired["kind"],
  direction: Claim["direction"],
  ratios: readonly number[],
): number {
  if (kind === "worst-ratio")
    return direction === "at-least" ? Math.min(...ratios) : Math.max(...ratios);
  if (kind === "reduction") return 1 - mean(ratios);
  // The n-th root of each factor first: a product of many gains could leave the doubles.
  return ratios.reduce((product, ratio) => product * nthRoot(ratio, ratios.length), 1);
}

/** Mean of the metric by seed and group. */
function table(
  samples: readonly Sample[],
  metric: string,
  seeds: readonly number[],
  groups: readonly string[],
): readonly (readonly number[])[] {
  const cells = groupBy(samples, ({ seed, group }) => `${seed}/${group}`);
  return seeds.map((seed) =>
    groups.map((group) =>
      mean((cells.get(`${seed}/${group}`) ?? []).map((sample) => valueOf(sample, metric))),
    ),
  );
}

function sum(samples: readonly Sample[], metric: string): number {
  return samples.reduce((total, sample) => total + valueOf(sample, metric), 0);
}

function valueOf(sample: Sample, metric: string): number {
  return sample.values[metric] ?? Number.NaN;
}
