import { describe, expect, it } from "vitest";
import type { Candidate, CompiledChart } from "../chart/compiled-chart.ts";
import { StepCache } from "./step-cache.ts";
import type { Configuration } from "./step-host.ts";
import { loadStates } from "./test/load-value.ts";

const chart = loadStates(["NEXT", "BACK"], {
  type: "parallel",
  states: {
    P: {
      initial: "A",
      states: {
        A: { on: { NEXT: { target: "B" } } },
        B: { on: { BACK: { target: "H" } } },
        H: { type: "history" },
      },
    },
    Q: { initial: "A", states: { A: { on: { NEXT: { target: "B" } } }, B: {} } },
  },
});

function candidates(of: CompiledChart, event: string): readonly Candidate[] {
  return of.candidates.filter((candidate) => candidate.event === event);
}

/** Both regions go on: one plan for two transitions. */
const both = candidates(chart, "NEXT");
const [first] = both;
const [back] = candidates(chart, "BACK");
if (first === undefined || back === undefined) throw new Error("the chart has three candidates");

/** What a cache gives for the same questions, for comparing identities. */
function answers(cache: StepCache): {
  readonly start: Configuration;
  readonly all: readonly unknown[];
} {
  const start = cache.initial().next;
  if (first === undefined) throw new Error("there is a first candidate");
  const all = [
    cache.initial(),
    cache.selection(start, "NEXT"),
    cache.single(start, {}, first),
    cache.several(start, {}, both),
    cache.intern(start.leaves),
  ];
  return { start, all };
}

describe("the cache of an interpreter", () => {
  it("gives each thing again, not another of the same kind", () => {
    const cache = new StepCache(chart);
    const before = answers(cache).all;
    const after = answers(cache).all;
    for (const [place, answer] of before.entries()) expect(after[place]).toBe(answer);
  });

  it("knows a configuration by its own array of paths", () => {
    const cache = new StepCache(chart);
    const { next } = cache.initial();
    expect(cache.withPaths(next.paths)).toBe(next);
    expect(cache.withPaths([...next.paths])).toBeUndefined();
  });

  it("remembers nothing of events that no state handles", () => {
    const cache = new StepCache(chart);
    expect(cache.selection(cache.initial().next, "UNHEARD_OF")).toBeNull();
  });

  it("does not remember what depends on a history", () => {
    const cache = new StepCache(chart);
    const there = cache.several(cache.initial().next, {}, both).next;
    const again = cache.single(there, { "P.H": ["P.B"] }, back);
    expect(again.next.paths).toEqual(["P.B", "Q.B"]);
    expect(cache.single(there, {}, back).next.paths).toEqual(["P.A", "Q.B"]);
    const pair = [back, back];
    expect(cache.several(there, { "P.H": ["P.B"] }, pair).next.paths).toEqual(["P.B", "Q.B"]);
    expect(cache.several(there, {}, pair).next.paths).toEqual(["P.A", "Q.B"]);
  });

  it("plans without remembering where it is asked to", () => {
    const cache = new StepCache(chart);
    const { start } = answers(cache);
    expect(cache.plan(start, {}, [first])).not.toBe(cache.single(start, {}, first));
  });
});

describe("the bound of the cache", () => {
  /**
   * Things that the questions make it remember: 3 configurations (start, one region on, both on), the memo of the
   * start, the selection, the two plans.
   */
  const THINGS = 7;

  it("lets exactly so many things be remembered", () => {
    const cache = new StepCache(chart, THINGS);
    const before = answers(cache).all;
    expect(answers(cache).all.every((answer, place) => answer === before[place])).toBe(true);
  });

  it("drops everything when one more comes, and begins anew", () => {
    const cache = new StepCache(chart, THINGS);
    const before = answers(cache);
    const other = cache.several(before.start, {}, both).next;
    cache.eventless(other);
    expect(cache.withPaths(before.start.paths)).toBeUndefined();
    const after = answers(cache);
    for (const [place, answer] of before.all.entries()) expect(after.all[place]).not.toBe(answer);
    expect(after.start.paths).toEqual(before.start.paths);
  });

  it("counts anew after it dropped everything", () => {
    // The memo of `other` is the first thing of the new generation; one thing less than the bound finds room beside it.
    const cache = new StepCache(chart, THINGS);
    const { start } = answers(cache);
    cache.eventless(cache.several(start, {}, both).next);
    const fresh = cache.initial();
    for (let turn = 0; turn < 3; turn += 1) expect(cache.initial()).toBe(fresh);
    const selection = cache.selection(fresh.next, "NEXT");
    expect(cache.selection(fresh.next, "NEXT")).toBe(selection);
    const step = cache.single(fresh.next, {}, first);
    expect(cache.single(fresh.next, {}, first)).toBe(step);
    expect(cache.initial()).toBe(fresh);
  });
});
