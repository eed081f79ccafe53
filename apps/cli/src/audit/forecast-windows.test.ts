import { expect, it } from "vitest";
import { forecastWindows, type PresentFrame } from "./forecast-windows.ts";

const FRAME: PresentFrame = {
  beat_index: 8,
  deadline_at: 2_000,
  downbeat: false,
  phase: "review",
  prev_phase: "execute",
  window_id: "w",
};
const slots = { plan: "plan", review: "review" };

it("says of each class what it needs, and whether it is open now", () => {
  const forecast = forecastWindows({
    config: { slots, tide: null },
    frame: FRAME,
    at: 1_000,
    ahead: 9,
  });
  expect(forecast).toEqual([
    {
      class: "plan",
      needs: "plan",
      isOpen: false,
      reasons: [expect.stringContaining("plan needs a plan frame; beat 8 is review")],
      tide: null,
      beats: null,
    },
    { class: "review", needs: "review", isOpen: true, reasons: [], tide: null, beats: null },
  ]);
  const late = forecastWindows({ config: { slots }, frame: FRAME, at: 3_000, ahead: 9 });
  expect(late.map(({ isOpen }) => isOpen)).toEqual([false, false]);
});

it("foretells the tide, beat by beat", () => {
  const tide = {
    period_beats: 16,
    phase_beats: 0,
    amplitude_permille: 1_000,
    classes: {
      review: { open_above: 900 },
      never: { open_above: 1_000 },
      always: { open_above: 0 },
    },
  };
  const config = { slots, tide: { ...tide, amplitude_permille: 900 } };
  const forecast = forecastWindows({ config, frame: FRAME, at: 1_000, ahead: 40 });
  const of = (name: string) => forecast.find((one) => one.class === name);
  // High water is a quarter of the period after its beginning: beats 4, 20, 36 and those beside them.
  expect(of("review")).toMatchObject({ isOpen: false, tide: { pressure: 500, openAbove: 900 } });
  expect(of("review")?.beats?.map((beat) => beat % 16)).toEqual([3, 3]);
  expect(of("review")?.reasons.join()).toContain("tide");
  expect(of("never")?.beats).toEqual([]);
  expect(of("always")).toMatchObject({ needs: null, isOpen: true, beats: [8] });
});
