import { BOOTSTRAP_RESAMPLES } from "../limits.ts";
import type { Metric } from "../threshold-file.ts";
import type { Finding } from "./finding.ts";

/** Fewer samples give no interval that means anything. */
const SAMPLES_MIN = 5;

export interface PerformanceRules {
  /** How much slower than the baseline is let pass: permille. */
  readonly tolerancePermille: number;
  /** Larger is better (throughput), for metrics with these names. */
  readonly higherIsBetter: readonly string[];
  readonly seed: number;
}

/**
 * Every metric of the baseline against its present samples: the bound of the 95 % bootstrap interval of the ratio of medians that is worse
 * for us must be within the tolerance (cybermesh facts §5.0). The draws come from a counter, so the same samples give the same answer.
 */
export function checkPerformance(
  baseline: readonly Metric[],
  present: readonly Metric[],
  rules: PerformanceRules,
): readonly Finding[] {
  if (baseline.length === 0)
    return [{ file: "baseline", line: null, message: "has no metric: nothing to compare with" }];
  return baseline.flatMap(({ metric, samples }) => {
    const now = present.find((one) => one.metric === metric)?.samples ?? [];
    const tell = (message: string): readonly Finding[] => [{ file: metric, line: null, message }];
    if (samples.length < SAMPLES_MIN || now.length < SAMPLES_MIN)
      return tell(
        `${samples.length} samples in the baseline, ${now.length} now; ${SAMPLES_MIN} each are needed: not measured is not passed`,
      );
    const higher = rules.higherIsBetter.includes(metric);
    const { low, high } = ratioInterval(samples, now, rules.seed);
    const worse = higher ? low : high;
    const bound = higher ? 1_000 - rules.tolerancePermille : 1_000 + rules.tolerancePermille;
    if (higher ? worse >= bound : worse <= bound) return [];
    return tell(
      `now ${show(low)} to ${show(high)} times the baseline (95 % interval), ${higher ? "at least" : "at most"} ${show(bound)} is allowed`,
    );
  });
}

/** 95 % interval of median(now) ÷ median(before), permille. */
export function ratioInterval(
  before: readonly number[],
  now: readonly number[],
  seed: number,
): { readonly low: number; readonly high: number } {
  const ratios: number[] = [];
  let counter = 0;
  const draw = (list: readonly number[]): number[] =>
    list.map(() => {
      counter += 1;
      return list[counterDraw(seed, counter) % list.length] ?? 0;
    });
  for (let round = 0; round < BOOTSTRAP_RESAMPLES; round += 1) {
    const one = median(draw(before));
    const other = median(draw(now));
    ratios.push(
      one === 0
        ? other === 0
          ? 1_000
          : Number.MAX_SAFE_INTEGER
        : Math.round((other * 1_000) / one),
    );
  }
  ratios.sort((one, other) => one - other);
  const at = (permille: number): number =>
    ratios[Math.floor((ratios.length * permille) / 1_000)] ?? 0;
  return { low: at(25), high: at(975) };
}

function median(values: number[]): number {
  values.sort((one, other) => one - other);
  const middle = values.length >> 1;
  const upper = values[middle] ?? 0;
  return values.length % 2 === 1 ? upper : Math.round(((values[middle - 1] ?? 0) + upper) / 2);
}

/** The n-th number of a stream: a mix of seed and counter (the finaliser of MurmurHash3), so no state is carried. */
export function counterDraw(seed: number, counter: number): number {
  let mixed = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(counter, 0x85ebca77)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function show(permille: number): string {
  return `${Math.floor(permille / 1_000)}.${String(Math.abs(permille) % 1_000).padStart(3, "0")}`;
}
