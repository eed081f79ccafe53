import { describe, expect, it } from "vitest";
import { EXIT } from "../exit-code.ts";
import { CapturedConsole } from "../test/captured-console.ts";
import { judgeSoak, proofTimes, soakTimes } from "./judge-soak.ts";
import { runMeshSoak } from "./run-soak.ts";
import type { SoakSample } from "./soak-mesh.ts";

/** An hour after five minutes, a sample each minute: flat but for what the collector leaves. */
function hour(given: { readonly leak?: number; readonly handles?: number } = {}): SoakSample[] {
  return Array.from({ length: 60 }, (_, index) => ({
    seconds: 300 + index * 60,
    heapBytes: 20_000_000 + (index % 7) * 10_000 + index * 60 * (given.leak ?? 0),
    residentBytes: 60_000_000 + (index % 5) * 10_000,
    handles: index === 59 ? 2 + (given.handles ?? 0) : 2,
  }));
}

const FLAT = { samples: hour(), ticks: 390_000, seconds: 3_900, held: 0 };

describe("the verdict of a soak", () => {
  it("is a pass where an hour was flat at 99 of the 100 ticks a second, and no less", () => {
    expect(judgeSoak(FLAT, 100)).toMatchObject({ passes: true, ticksPerSecond: 100, handles: 0 });
    expect(judgeSoak({ ...FLAT, ticks: 386_100 }, 100)).toMatchObject({ passes: true });
    for (const ticks of [386_099, 216_450, 0])
      expect(judgeSoak({ ...FLAT, ticks }, 100)).toMatchObject({
        passes: false,
        isInTempo: false,
        ticksPerSecondMin: 99,
        heap: { verdict: "none" },
      });
    expect(judgeSoak({ ...FLAT, seconds: 0 }, 100).passes).toBe(false);
    // Of another tempo another share: 50 are enough for one who asked for 50.
    expect(judgeSoak({ ...FLAT, ticks: 195_000 }, 50).passes).toBe(true);
  });

  it("is a fail for a leak, a handle, an entry, and where nothing can be said", () => {
    for (const soaked of [
      { ...FLAT, samples: hour({ leak: 1_000 }) },
      { ...FLAT, samples: hour({ handles: 1 }) },
      { ...FLAT, held: 1 },
      { ...FLAT, samples: FLAT.samples.slice(0, 1) },
      { ...FLAT, samples: [] },
    ])
      expect(judgeSoak(soaked, 100)).toMatchObject({ passes: false, isInTempo: true });
  });

  it("is of all the minutes after the warm-up; what must be found has its warm-up within them", () => {
    expect(soakTimes(60)).toEqual({ warmupSeconds: 300, seconds: 3_600 });
    expect(soakTimes(1)).toEqual({ warmupSeconds: 5, seconds: 60 });
    expect(proofTimes(10)).toEqual({ warmupSeconds: 60, seconds: 540 });
  });
});

describe("swoosh mesh soak", () => {
  it("fails a mesh that is behind its tempo, and says by how much", async () => {
    const port = new CapturedConsole();
    const flags = { ticksPerSecond: 10_000_000, leak: 0, prove: false, json: false };
    expect(await runMeshSoak(port, { ...flags, minutes: 0.005 })).toBe(EXIT.no);
    expect(port.outText).toMatch(/^behind {4}\d+\.\d of 10000000 ticks\/s, at least 9900000/m);
    expect(port.outText).toMatch(/^fail {4}\d+ ticks in/m);
  });
});
