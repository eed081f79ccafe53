import { createDraws } from "../seeded-draws.ts";
import { squareRoot } from "../square-root.ts";

/** An estimate and its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % point of the normal distribution, ×10⁶. */
const Z_MILLIONTHS = 1_959_964;
const RESAMPLES = 2_000;
/** Frozen: the same samples always give the same interval. */
const RESAMPLE_SEED = 20_251_027;

/**
 * Wilson's score interval of a rate (Wilson 1927), 95 %: `hits` among trials, both whole numbers from 0. Without trials it
 * says nothing: 0 … 1.
 */
export function wilson(hits: number, trials: number): Interval {
  if (trials <= 0) return { estimate: Number.NaN, low: 0, high: 1 };
  const z = Z_MILLIONTHS / 1_000_000;
  const rate = hits / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (rate + (z * z) / (2 * trials)) / scale;
  const spread =
    (z * squareRoot((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials))) / scale;
  return {
    estimate: rate,
    low: hits === 0 ? 0 : Math.max(0, centre - spread),
    high: hits === trials ? 1 : Math.min(1, centre + spread),
  };
}

/**
 * Percentile bootstrap over `count` units (seeds): `statistic` is computed from the indexes of a resample. With one
 * unit there is nothing to resample, and the interval is the estimate.
 */
export function bootstrap(
  count: number,
  statistic: (indexes: readonly number[]) => number,
): Interval {
  const all = Array.from({ length: count }, (_, index) => index);
  const estimate = statistic(all);
  if (count < 2) return { estimate, low: estimate, high: estimate };
  const draws = createDraws(RESAMPLE_SEED);
  const values: number[] = [];
  for (let round = 0; round < RESAMPLES; round += 1) {
    values.push(statistic(all.map(() => draws.below(count))));
  }
  values.sort((a, b) => a - b);
  return {
    estimate,
    low: values[Math.floor((RESAMPLES * 25) / 1_000)] ?? estimate,
    high: values[Math.ceil((RESAMPLES * 975) / 1_000) - 1] ?? estimate,
  };
}

/** The value below which `perMille` of the sorted values lie (nearest rank); NaN of nothing. */
export function quantile(sorted: ArrayLike<number>, perMille: number): number {
  const rank = Math.max(1, Math.ceil((sorted.length * perMille) / 1_000));
  return sorted[rank - 1] ?? Number.NaN;
}

/** Arithmetic mean of `values`; not a number where there is none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
