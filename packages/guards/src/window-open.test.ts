import type { JsonObject, Registry } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { sinePermille } from "./sine-permille.ts";
import { isAfloat, nextAfloat, pressureAt, type Tide } from "./tide.ts";
import { windowOpen } from "./window-open.ts";

const registry: Registry = { identityOf: () => undefined, operatorOtherThan: () => undefined };
const slots = { plan: "plan", reverb: "downbeat_after_review", review: "review", work: "execute" };
const frame = (change: JsonObject = {}): JsonObject => ({
  beat_index: 7,
  deadline_at: 1_000,
  downbeat: false,
  phase: "review",
  prev_phase: "execute",
  window_id: "w1",
  ...change,
});
const tide: Tide = {
  amplitude_permille: 1_000,
  classes: { ingestion: { open_above: 900 }, review: { open_above: 600 } },
  period_beats: 8,
  phase_beats: 0,
};

function verdictOn(change: JsonObject) {
  const args = {
    at: 900,
    beat: frame(),
    class: "review",
    slots,
    tide: null,
    window: "w1",
    ...change,
  };
  return windowOpen.check(args, [], registry);
}

const beats = "; beats open it, `swoosh windows` tells when";

describe("a window that no proposal has named", () => {
  const asked = { at: 900, beat: frame(), class: "review", slots, tide: null } as const;

  it.each<readonly [name: string, change: JsonObject, reasons: readonly string[]]>([
    ["in its frame hangs on the proposal", {}, []],
    ["without a slot hangs on nothing", { class: "council", beat: null }, []],
    [
      "in another frame is closed",
      { class: "work" },
      [`work needs a execute frame; beat 7 is review after execute${beats}`],
    ],
    [
      "without a beat",
      { beat: null },
      [`there is no beat yet; review needs a review frame${beats}`],
    ],
    [
      "in a frame that ended",
      { at: 1_001 },
      [`the frame of beat 7 ended at 1000 ms; it is 1001 ms${beats}`],
    ],
    [
      "at a low tide",
      { tide: { ...tide }, beat: frame({ beat_index: 6 }) },
      [`the tide stands at 0; review opens at 600, at beat 9${beats}`],
    ],
    ["known to be another", { window: "w0" }, [`the window is w1; the proposal names w0${beats}`]],
  ])("%s", (_name, change, reasons) => {
    expect(windowOpen.refusals?.({ ...asked, ...change })).toEqual(reasons);
    // What it says no to beforehand, it says no to.
    const window = change["window"] ?? "w1";
    const verdict = windowOpen.check({ ...asked, window, ...change }, [], registry);
    expect(verdict.ok).toBe(reasons.length === 0);
  });
});

describe("a window", () => {
  it.each<readonly [name: string, change: JsonObject]>([
    ["its phase", {}],
    ["its last millisecond", { at: 1_000 }],
    ["plan in a plan frame", { class: "plan", beat: frame({ phase: "plan" }) }],
    ["work in an execute frame", { class: "work", beat: frame({ phase: "execute" }) }],
    [
      "reverb on the downbeat after review",
      { class: "reverb", beat: frame({ downbeat: true, phase: "plan", prev_phase: "review" }) },
    ],
    ["a class without a slot, whatever the frame", { class: "council", beat: null, window: null }],
    ["a tide that is high", { beat: frame({ beat_index: 2 }), tide: { ...tide } }],
    [
      "a tide that does not name the class",
      { class: "plan", beat: frame({ phase: "plan" }), tide: { ...tide } },
    ],
  ])("is open in %s", (_name, change) => {
    const verdict = verdictOn(change);
    expect([verdict.ok, verdict.reasons.length]).toEqual([true, 1]);
  });

  it.each<readonly [name: string, change: JsonObject, reason: string]>([
    [
      "another phase",
      { beat: frame({ phase: "plan", prev_phase: "review" }) },
      "review needs a review frame; beat 7 is plan after review",
    ],
    ["a frame that ended", { at: 1_001 }, "the frame of beat 7 ended at 1000 ms; it is 1001 ms"],
    ["another window", { window: "w0" }, "the window is w1; the proposal names w0"],
    ["no window named", { window: null }, "the window is w1; the proposal names none"],
    ["no beat", { beat: null }, "there is no beat yet; review needs a review frame"],
    [
      "a downbeat that follows no review",
      { class: "reverb", beat: frame({ downbeat: true, phase: "plan" }) },
      "reverb needs the downbeat that follows a review frame; beat 7 is a downbeat, plan after execute",
    ],
    [
      "a review's successor that is no downbeat",
      { class: "reverb", beat: frame({ phase: "plan", prev_phase: "review" }) },
      "reverb needs the downbeat that follows a review frame; beat 7 is plan after review",
    ],
    [
      "a low tide",
      { beat: frame({ beat_index: 4 }), tide: { ...tide } },
      "the tide stands at 500; review opens at 600, at beat 9",
    ],
    [
      "a tide without beats",
      { class: "ingestion", beat: null, tide: { ...tide } },
      "there is no beat yet; the tide of ingestion counts beats",
    ],
  ])("is closed in %s", (_name, change, reason) => {
    const verdict = verdictOn(change);
    expect(verdict.ok).toBe(false);
    expect(verdict.reasons).toContain(reason);
  });

  it("says where a schedule can never open it", () => {
    const calm = { ...tide, amplitude_permille: 0 };
    expect(verdictOn({ tide: calm }).reasons).toEqual([
      "the tide stands at 500; review opens at 600, never with this schedule",
    ]);
  });
});

describe("a tide", () => {
  it("swings between 0 and 1000 by the table", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((beat) => pressureAt(tide, beat))).toEqual([
      500, 853, 1_000, 853, 500, 147, 0, 147, 500,
    ]);
    expect(pressureAt({ ...tide, phase_beats: 2 }, 0)).toBe(1_000);
  });

  it("is within one of the sine at every step", () => {
    for (let step = -64; step < 128; step += 1)
      expect(
        Math.abs(sinePermille(step) - 1_000 * Math.sin((2 * Math.PI * step) / 64)),
      ).toBeLessThan(0.51);
  });

  it("tells the next beat at which a class is afloat", () => {
    expect(nextAfloat(tide, "review", 3)).toBe(3);
    expect(nextAfloat(tide, "review", 4)).toBe(9);
    expect(isAfloat(tide, "plan", 6)).toBe(true);
    expect(nextAfloat({ ...tide, amplitude_permille: 0 }, "review", 0)).toBeUndefined();
  });
});
