import { describe, expect, it } from "vitest";
import { NO_PART, sharesOf, type Part, type Profile } from "./profile-shares.ts";

const frame = (id: number, functionName: string, children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url: "" },
  children,
});

/** Of each sample of a hundred microseconds the innermost frame. */
const profileOf = (samples: readonly number[]): Profile => ({
  nodes: [
    frame(1, "(root)", [2, 3, 4, 7]),
    frame(2, "(idle)"),
    frame(3, "(garbage collector)"),
    frame(4, "replay", [5]),
    frame(5, "hash", [6]),
    frame(6, "native"),
    frame(7, "other", [8]),
    frame(8, "hash"),
  ],
  samples,
  timeDeltas: [0, ...samples.map(() => 100)],
});

const PARTS: readonly Part[] = [
  ["collection", /^\(garbage collector\)/],
  ["hashing", /^hash /],
];

const entries = (profile: Profile, under?: RegExp) =>
  Object.fromEntries(sharesOf(profile, PARTS, under));

describe("sharesOf", () => {
  it("gives a sample to the innermost frame that a part knows, and leaves idle time out", () => {
    expect(entries(profileOf([6, 8, 4, 3, 2, 2]))).toEqual({
      hashing: 0.5,
      [NO_PART]: 0.25,
      collection: 0.25,
    });
  });

  it("counts below a frame alone what it calls, and the collections that interrupt that", () => {
    expect(entries(profileOf([6, 3, 8, 3, 4, 3]), /^replay /)).toEqual({
      hashing: 0.25,
      [NO_PART]: 0.25,
      collection: 0.5,
    });
  });

  it("takes a gap that is longer than any sample for time of other processes", () => {
    const profile = { ...profileOf([6, 3]), timeDeltas: [0, 1_000_000, 3_000] };
    expect(entries(profile)).toEqual({ hashing: 0.5, collection: 0.5 });
  });
});
