import { describe, expect, it } from "vitest";
import { createDraws } from "../seeded-draws.ts";
import { judgeLeak, type LeakSample } from "./judge-leak.ts";

const BAR = 1_000_000;

/** A sample each 10 s: 60 MB, noise of 200 KB as a collector leaves it, a spike now and then, and a leak. */
function samplesOf(
  seed: number,
  given: { readonly minutes: number; readonly leakPerSecond: number },
): readonly LeakSample[] {
  const draws = createDraws(seed);
  return Array.from({ length: given.minutes * 6 }, (_, index) => ({
    seconds: index * 10,
    bytes:
      60_000_000 +
      draws.below(200_000) +
      (draws.below(40) === 0 ? 8_000_000 : 0) +
      index * 10 * given.leakPerSecond,
  }));
}

describe("the slope test of a soak", () => {
  it("finds a leak of 10 KB/s within ten minutes, every time", () => {
    for (let seed = 1; seed <= 20; seed += 1)
      expect(judgeLeak(samplesOf(seed, { minutes: 9, leakPerSecond: 10_000 }), BAR).verdict).toBe(
        "leak",
      );
  });

  it("finds none in an hour without one, spikes or not", () => {
    for (let seed = 1; seed <= 20; seed += 1)
      expect(judgeLeak(samplesOf(seed, { minutes: 55, leakPerSecond: 0 }), BAR).verdict).toBe(
        "none",
      );
  });

  it("says nothing too early, and a slow leak never passes", () => {
    expect(judgeLeak(samplesOf(1, { minutes: 1, leakPerSecond: 0 }), BAR).verdict).toBe(
      "undecided",
    );
    for (let seed = 1; seed <= 20; seed += 1)
      expect(judgeLeak(samplesOf(seed, { minutes: 55, leakPerSecond: 400 }), BAR).verdict).not.toBe(
        "none",
      );
    expect(judgeLeak([], BAR).verdict).toBe("undecided");
  });
});
