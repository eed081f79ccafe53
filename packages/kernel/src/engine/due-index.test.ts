import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Document, Due } from "../reduce/document.ts";
import { DueHeap } from "./due-heap.ts";
import { DueIndex } from "./due-index.ts";

function documentWith(timers: readonly Due[], effects: readonly Due[] = []): Document {
  return {
    configuration: [],
    context: {},
    effects: effects.map((due, n) => ({
      answer: [],
      due,
      effect: "Work",
      fence: 1,
      id: `x/1#1.${n}`,
      name: "work",
      owner: "o",
      state: "",
      with: null,
    })),
    epoch: {},
    history: {},
    hlc_last: "",
    meta: {
      chart: "x",
      chart_hash: `sha256-${"0".repeat(64)}`,
      ended: false,
      instance: "x/1",
      origin: "o",
      seq: 1,
      version: 1,
    },
    timers: timers.map((due, n) => ({ due, event: "T", id: `t${n}`, state: "" })),
  };
}

describe("DueIndex", () => {
  it("orders by time, then instance, then beats, each instance once", () => {
    const index = new DueIndex();
    index.update("b/1", documentWith([{ at: 50 }, { at: 20 }, { beat: 1 }]));
    index.update("a/1", documentWith([], [{ at: 20 }]));
    index.update("c/1", documentWith([{ beat: 3 }]));
    index.update("d/1", documentWith([{ beat: 2 }], [{ at: 90 }]));
    index.update("e/1", documentWith([{ at: 10 }]));
    expect(index.nextAt).toBe(10);
    expect(index.due({ at: 9, beat: null })).toEqual([]);
    expect(index.due({ at: 20, beat: null })).toEqual(["e/1", "a/1", "b/1"]);
    expect(index.due({ at: 20, beat: 3 })).toEqual(["e/1", "a/1", "b/1", "d/1", "c/1"]);
    expect(index.due({ at: 0, beat: 2 })).toEqual(["b/1", "d/1"]);
    index.update("e/1", documentWith([]));
    expect(index.nextAt).toBe(20);
    expect(index.due({ at: 20, beat: null })).toEqual(["a/1", "b/1"]);
  });
});

describe("DueHeap", () => {
  it("says what a sorted list says", () => {
    const step = fc.record({
      instance: fc.integer({ min: 0, max: 9 }).map(String),
      due: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
      bound: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = new DueHeap();
        const model = new Map<string, number>();
        for (const { instance, due, bound } of steps) {
          heap.set(instance, due);
          if (due === undefined) model.delete(instance);
          else model.set(instance, due);
          const dues = [...model.values()].toSorted((left, right) => left - right);
          expect(heap.least).toBe(dues[0]);
          expect(heap.count).toBe(model.size);
          const found = heap.upTo(bound).map((entry) => `${entry.instance} ${entry.due}`);
          const expected = [...model]
            .filter(([, at]) => at <= bound)
            .map((entry) => entry.join(" "));
          expect(found.toSorted()).toEqual(expected.toSorted());
        }
      }),
    );
  });
});
