import { formatDecimal, parseDecimal } from "./decimal.ts";
import { hasErrors, type FileProblem } from "./file-problem.ts";
import { FileReading, type Place } from "./file-reading.ts";

export const STATISTICS = ["p50", "p95", "p99", "mean", "max", "min"] as const;
export type Statistic = (typeof STATISTICS)[number];

/** One bound on one metric. Numbers are millionths. */
export interface Threshold {
  /** `phase_1_ca_grid.glider_propagation.max_latency_ms` */
  readonly metric: string;
  readonly direction: "at_most" | "at_least";
  readonly bound: number;
  readonly statistic: Statistic;
  readonly samplesMin: number;
  readonly line: number;
}

export interface ReadThresholds {
  readonly thresholds?: readonly Threshold[];
  readonly problems: readonly FileProblem[];
}

/** `key: 0.95` → `key: "0.95"`: the file's language has no fractions, threshold files do; columns before it stay. */
function quoteDecimals(text: string): string {
  return text.replaceAll(/^(\s*(?:-\s+)?[\w-]+:\s*)(-?\d+\.\d+)(\s*(?:#.*)?)$/gm, '$1"$2"$3');
}

/**
 * Two forms. Ours: `thresholds: [{metric, direction, bound, statistic, samples}]`. Seed 002's as it stands: maps of maps
 * whose leaves are numbers, the direction in the name (`max_…`, `…_rate` of false positives, `path_stretch`, `…_distance`, `…_ms`
 * and `…_kb` are upper bounds, all others lower ones).
 */
export function readThresholdFile(text: string): ReadThresholds {
  const reading = new FileReading(quoteDecimals(text), "a threshold file");
  const { root } = reading;
  if (root === undefined) return { problems: reading.sorted() };
  const thresholds =
    root.value["thresholds"] === undefined ? nested(reading, root, []) : listed(reading, root);
  if (thresholds.length === 0)
    reading.error("empty", [], "there is no threshold; at least one is expected");
  const problems = reading.sorted();
  return hasErrors(problems) ? { problems } : { thresholds, problems };
}

function listed(reading: FileReading, root: Place): readonly Threshold[] {
  reading.knows(root, ["thresholds", "version", "date"]);
  return reading.maps(root, "thresholds").map((place) => {
    reading.knows(place, ["metric", "direction", "bound", "statistic", "samples", "baseline"]);
    return {
      metric: reading.text(place, "metric", { required: true }) ?? "",
      direction: reading.oneOf(place, "direction", ["at_most", "at_least"]) ?? "at_most",
      bound: number(reading, place, "bound"),
      statistic: reading.oneOf(place, "statistic", STATISTICS) ?? "p95",
      samplesMin: reading.integer(place, "samples", { least: 1, most: 1_000_000 }) ?? 1,
      line: reading.lineOf(place.path),
    };
  });
}

function nested(
  reading: FileReading,
  place: Place,
  names: readonly string[],
): readonly Threshold[] {
  return Object.entries(place.value).flatMap(([key, value]): readonly Threshold[] => {
    if (typeof value === "object" && value !== null) {
      const inner = reading.map(place, key);
      return inner === undefined ? [] : nested(reading, inner, [...names, key]);
    }
    return [
      {
        metric: [...names, key].join("."),
        direction: isUpperBound(key) ? "at_most" : "at_least",
        bound: number(reading, place, key),
        statistic: key.startsWith("max_") ? "max" : "mean",
        samplesMin: 1,
        line: reading.lineOf([...place.path, key]),
      },
    ];
  });
}

function isUpperBound(key: string): boolean {
  if (/(^|_)min(_|$)/.test(key)) return false;
  return /^max_|_ms$|_kb$|_mb$|stretch|distance|false_positive|drop|error|overhead/.test(key);
}

function number(reading: FileReading, place: Place, key: string): number {
  const value = place.value[key];
  const micro =
    typeof value === "number" || typeof value === "string"
      ? parseDecimal(String(value))
      : undefined;
  if (micro === undefined) {
    const path = value === undefined ? place.path : [...place.path, key];
    reading.error(
      "not_a_number",
      path,
      `${key} must be a decimal number of at most six places, like 0.95`,
    );
  }
  return micro ?? 0;
}

/** What was measured, in millionths. */
export interface Metric {
  readonly metric: string;
  readonly samples: readonly number[];
}

export interface ThresholdFinding {
  readonly threshold: Threshold;
  readonly ok: boolean;
  /** A sentence: what was measured against what. */
  readonly text: string;
}

/** What is not measured does not pass. */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  metrics: readonly Metric[],
): readonly ThresholdFinding[] {
  return thresholds.map((threshold) => {
    const samples = metrics.find(({ metric }) => metric === threshold.metric)?.samples ?? [];
    if (samples.length < threshold.samplesMin)
      return {
        threshold,
        ok: false,
        text: `${threshold.metric}: ${samples.length} samples, at least ${threshold.samplesMin} are needed; not measured is not passed`,
      };
    const value = statisticOf(samples, threshold.statistic);
    const ok =
      threshold.direction === "at_most" ? value <= threshold.bound : value >= threshold.bound;
    const word = threshold.direction === "at_most" ? "at most" : "at least";
    return {
      threshold,
      ok,
      text: `${threshold.metric}: ${threshold.statistic} ${formatDecimal(value)}, ${word} ${formatDecimal(threshold.bound)}`,
    };
  });
}

export function statisticOf(samples: readonly number[], statistic: Statistic): number {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (permille: number): number =>
    sorted[
      Math.min(sorted.length - 1, Math.max(0, Math.ceil((sorted.length * permille) / 1_000) - 1))
    ] ?? 0;
  switch (statistic) {
    case "p50":
      return at(500);
    case "p95":
      return at(950);
    case "p99":
      return at(990);
    case "max":
      return sorted.at(-1) ?? 0;
    case "min":
      return sorted[0] ?? 0;
    case "mean":
      return Math.round(sorted.reduce((sum, one) => sum + one, 0) / Math.max(1, sorted.length));
  }
}
