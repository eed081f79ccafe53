import type { Interval } from "./interval.ts";
import { theilSen } from "./theil-sen.ts";

/** Bytes that a process held at a moment. */
export interface LeakSample {
  readonly seconds: number;
  readonly bytes: number;
}

/** The slope in bytes an hour, and what it says. */
export interface LeakVerdict extends Interval {
  /** `leak`: even the lower end of the slope is above the bar. `none`: even the upper end is not. */
  readonly verdict: "none" | "leak" | "undecided";
}

/**
 * The slope of what a process holds in `samples`, in bytes an hour, against the bar `bytesPerHourMax`. Undecided is no
 * pass: run longer.
 */
export function judgeLeak(samples: readonly LeakSample[], bytesPerHourMax: number): LeakVerdict {
  const slope = theilSen(samples.map(({ seconds, bytes }) => ({ x: seconds / 3_600, y: bytes })));
  const { low, high } = slope;
  const verdict = high <= bytesPerHourMax ? "none" : low > bytesPerHourMax ? "leak" : "undecided";
  return { ...slope, verdict };
}
