import { quantile, type Interval } from "./interval.ts";
import { squareRoot } from "../square-root.ts";

/** 97.5 % point of the normal distribution, ×10⁶. */
const Z_MILLIONTHS = 1_959_964;

/**
 * Slope by Theil and Sen: the median of the slopes of all pairs, with the distribution-free 95 % interval of Sen (1968)
 * from the variance of Kendall's statistic. Unit: y per x. Points may stand in any order; equal x are skipped. A leak is a
 * slope whose upper bound passes the bar: a single spike moves neither. Without two `points` of different x it is not a
 * number.
 */
export function theilSen(points: readonly { readonly x: number; readonly y: number }[]): Interval {
  const slopes: number[] = [];
  for (const [index, first] of points.entries()) {
    for (const second of points.slice(index + 1)) {
      if (second.x !== first.x) slopes.push((second.y - first.y) / (second.x - first.x));
    }
  }
  if (slopes.length === 0) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN };
  slopes.sort((a, b) => a - b);
  const n = points.length;
  const spread = (Z_MILLIONTHS / 1_000_000) * squareRoot((n * (n - 1) * (2 * n + 5)) / 18);
  const lowRank = Math.max(0, Math.floor((slopes.length - spread) / 2) - 1);
  const highRank = Math.min(slopes.length - 1, Math.ceil((slopes.length + spread) / 2));
  return {
    estimate: quantile(slopes, 500),
    low: slopes[lowRank] ?? Number.NaN,
    high: slopes[highRank] ?? Number.NaN,
  };
}
