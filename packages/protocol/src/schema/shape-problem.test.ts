import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../test/validator-of.ts";
import { wireProblem, type SchemaName } from "./schemas.ts";

const HASH = `sha256-${"0".repeat(64)}`;
const LEAF = "0".repeat(64);
const HLC = "2026-01-01T00:00:00.000+00:00#0";

/** Honest values with every form of schema in them: references, choices, lists, maps, words. */
const SAMPLES: readonly (readonly [SchemaName, Readonly<Record<string, unknown>>])[] = [
  [
    "Problem",
    {
      code: "guard_failed",
      detail: "no",
      guard: null,
      guard_outcomes: [{ guard: "g", ok: false, reasons: ["no"] }],
      head: { hash: HASH, hlc: HLC, index: -1 },
      reasons: ["no"],
      retry: { at_beat: 3 },
      status: 400,
      title: "A guard says no",
      type: "urn:x:y",
    },
  ],
  [
    "State",
    {
      configuration: ["A"],
      hash: HASH,
      hlc: HLC,
      index: 3,
      instance: "a/b",
      projection: { A: { phase: "B", epoch: 1 }, C: { phase: ["B"], epoch: { R: 1 }, more: [1] } },
    },
  ],
  [
    "Health",
    {
      consensus: { leader: null, mode: "single", role: "leader", term: 1 },
      durableIndex: -1,
      lastSnapshotHLC: null,
      origin: "o",
      rootHash: LEAF,
      status: "ok",
      treeSize: 0,
      walLag: 0,
    },
  ],
  ["Due", { at: 1 }],
  [
    "InstancesPage",
    { items: [{ configuration: [], hash: HASH, index: 1, instance: "a/b" }], next: null },
  ],
];

describe("wireProblem", () => {
  it.each(SAMPLES)("says of %s what a full validator says", (name, sample) => {
    expect(problemsOf(name, sample)).toEqual([]);
    const junk = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, -1, 1.5, HASH, LEAF, HLC));
    const key = fc.oneof(fc.constantFrom(...Object.keys(sample)), fc.string());
    fc.assert(
      fc.property(key, junk, fc.boolean(), (changed, value, isDropped) => {
        const { [changed]: _, ...rest } = sample;
        const given = isDropped ? rest : { ...sample, [changed]: value };
        expect(wireProblem(name, given) === undefined).toBe(problemsOf(name, given).length === 0);
      }),
      { numRuns: Number(process.env["SWOOSH_SOAK"] ?? 1) * 400, seed: 7 },
    );
  });

  it("names the place", () => {
    expect(wireProblem("InstancesPage", { items: [{ configuration: [1] }], next: null })).toBe(
      "InstancesPage.items[0] has no hash",
    );
    expect(wireProblem("Due", { at: 1, beat: 2 })).toContain("unknown member");
  });
});
