import type { JsonObject, Registry } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { nextWindow } from "./next-window.ts";
import { windowOpen } from "./window-open.ts";

const registry: Registry = { identityOf: () => undefined, operatorOtherThan: () => undefined };
const tide = {
  amplitude_permille: 1_000,
  classes: { fish: { open_above: 900 }, work: { open_above: 900 } },
  period_beats: 8,
  phase_beats: 0,
};

function refusedOn(name: string, change: JsonObject = {}, window = "backbeat:w1") {
  const beat = {
    beat_index: 3,
    deadline_at: 1_000,
    downbeat: false,
    phase: "execute",
    prev_phase: "plan",
    window_id: "backbeat:w1",
    ...change,
  };
  const slots = { review: "review", work: "execute", free: "execute" };
  const verdict = windowOpen.check(
    { at: 900, beat, class: name, slots, tide, window },
    [],
    registry,
  );
  if (verdict.ok) throw new Error(`${name} is open`);
  return nextWindow(verdict.reasons);
}

describe("what helps who was refused by a window", () => {
  it("is the beat where the tide alone is in the way, and the window where its name is", () => {
    expect(refusedOn("fish")).toEqual({ at_beat: 10 });
    expect(refusedOn("work")).toEqual({ at_beat: 10 });
    expect(refusedOn("free", {}, "backbeat:w0")).toEqual({ window: "backbeat:w1" });
  });

  it("is nothing where neither is known, or more is in the way", () => {
    expect(refusedOn("review")).toBeUndefined();
    expect(refusedOn("work", {}, "backbeat:w0")).toBeUndefined();
    expect(refusedOn("free", { deadline_at: 100 })).toBeUndefined();
    for (const reasons of [[], ["no"], ["the tide stands at 1; a opens at 9, never"]])
      expect(nextWindow(reasons)).toBeUndefined();
  });
});
