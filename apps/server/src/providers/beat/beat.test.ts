import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProviderRig } from "../test/provider-rig.ts";
import { readBeatFrame, type BeatFrame } from "./beat-frame.ts";
import { BEAT_FACT, Pulse } from "./pulse.ts";
import { frameAt, nextTempo, phaseAt, windowAt } from "./score.ts";

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const GOOD = {
  type: "backbeat.beatframe.v1",
  cluster_id: "chorus-prod",
  beat_index: 1_337,
  downbeat: false,
  phase: "execute",
  hlc: "7ffd:0001:abcd",
  deadline_at: "2025-09-05T12:30:00Z",
  tempo_bpm: 2,
  window_id: "7e9b0e6c4c9a4e59b7f2d9a3c1b2e4d5",
};

describe("BeatFrame v1", () => {
  it.each<readonly [what: string, change: object]>([
    ["as published", {}],
    ["with upper-case hex", { hlc: "7FFD:0001:ABCD", window_id: GOOD.window_id.toUpperCase() }],
    ["the first of all", { beat_index: 0, downbeat: true }],
    ["with metadata", { metadata: { pulse_version: "1", expected_agents: 3 } }],
    ["of the slowest tempo", { tempo_bpm: 0.1 }],
    ["of a tempo between", { tempo_bpm: 12.3 }],
  ])("%s is read", (_what, change) => {
    expect(readBeatFrame(bytesOf({ ...GOOD, ...change }))).toMatchObject({ ok: true });
  });

  it.each<readonly [change: object, problem: string]>([
    [{ type: "backbeat.beatframe.v2" }, "type is"],
    [{ cluster_id: "a b" }, "cluster_id is"],
    [{ cluster_id: "" }, "cluster_id is"],
    [{ beat_index: -1 }, "beat_index is -1"],
    [{ beat_index: 1.5 }, "beat_index is 1.5"],
    [{ beat_index: 2 ** 60 }, "beat_index is"],
    [{ downbeat: "yes" }, 'downbeat is "yes"'],
    [{ phase: "reverb" }, 'phase is "reverb"; plan, execute or review'],
    [{ hlc: "7ffd:0001" }, "hlc is"],
    [{ deadline_at: "2025-13-45T12:30:00Z" }, "deadline_at is"],
    [{ deadline_at: "tomorrow" }, "deadline_at is"],
    [{ tempo_bpm: 0.05 }, "tempo_bpm is 0.05"],
    [{ tempo_bpm: 1_000.1 }, "tempo_bpm is 1000.1"],
    [{ tempo_bpm: 2.25 }, "tempo_bpm is 2.25"],
    [{ window_id: "w1" }, "window_id is"],
    [{ metadata: [] }, "metadata is []"],
    [{ more: 1 }, 'unknown field "more"'],
    [{ window_id: undefined }, "window_id is missing"],
  ])("%j is refused", (change, problem) => {
    expect(readBeatFrame(bytesOf({ ...GOOD, ...change }))).toEqual({
      ok: false,
      problems: [expect.stringContaining(problem)],
    });
  });

  it.each([["[]"], ["null"], ["{"], ["7"], ["x".repeat(20_000)]])("%.20s is none", (text) => {
    expect(readBeatFrame(Buffer.from(text)).ok).toBe(false);
  });
});

describe("a score", () => {
  const score = { cluster: "swoosh", beatsPerBar: 8 };

  it("plans, works and reviews in each bar, which has a window of its own", () => {
    const phases = Array.from({ length: 16 }, (_, beat) => phaseAt(score, beat)[0]).join("");
    expect(phases).toBe("ppeeeerrppeeeerr");
    const windows = Array.from({ length: 16 }, (_, beat) => windowAt(score, beat));
    expect(new Set(windows.slice(0, 8)).size).toBe(1);
    expect(new Set(windows).size).toBe(2);
  });

  it("makes frames that BeatFrame's own rules accept, whose deadline is the end of the phase", () => {
    const make = fc.record({
      beatsPerBar: fc.integer({ min: 4, max: 120 }),
      beat: fc.integer({ min: 0, max: 1_000_000 }),
      tempo: fc.integer({ min: 1, max: 10_000 }),
    });
    fc.assert(
      fc.property(make, ({ beat, beatsPerBar, tempo }) => {
        const frame = frameAt(
          { cluster: "c", beatsPerBar },
          { beat, atMs: 1_767_225_600_000, tempoBpm: tempo / 10 },
        );
        expect(readBeatFrame(bytesOf(frame))).toEqual({ ok: true, frame });
        const left = (Date.parse(frame.deadline_at) - 1_767_225_600_000) / (600_000 / tempo);
        expect(phaseAt({ cluster: "c", beatsPerBar }, beat + Math.floor(left) - 1)).toBe(
          frame.phase,
        );
      }),
      { numRuns: 100 },
    );
  });

  it("changes the tempo by a tenth at most", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        (from, to) => {
          const next = nextTempo(from / 10, to / 10);
          expect(
            next * 1_000 <= (from / 10) * 1_100 + 1e-6 && next * 1_000 >= (from / 10) * 900 - 1e-6,
          ).toBe(true);
          expect(Math.abs(next - to / 10) <= Math.abs(from / 10 - to / 10)).toBe(true);
        },
      ),
    );
  });
});

describe("the pulse", () => {
  let rig: ProviderRig;
  let pulse: Pulse;
  const frames: BeatFrame[] = [];
  const make = (tempoBpm: number): Pulse => {
    const { clock, notify, propose, read } = rig;
    const score = { cluster: "swoosh", beatsPerBar: 4 };
    return new Pulse({
      clock,
      notify,
      propose,
      read,
      score,
      tempoBpm,
      onFrame: (frame) => frames.push(frame),
    });
  };
  beforeEach(() => {
    frames.length = 0;
    rig = new ProviderRig();
    pulse = make(120);
  });
  afterEach(async () => {
    await pulse.stop();
    rig.end();
  });

  it("beats at its tempo, each frame accepted by the chart", async () => {
    await pulse.start();
    await rig.advance(4_000, 100);
    expect(frames.map(({ beat_index }) => beat_index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(frames.map(({ downbeat }) => downbeat).indexOf(true, 1)).toBe(4);
    expect(rig.proposed.every(({ answer }) => answer === "accepted")).toBe(true);
    expect(rig.read(BEAT_FACT)).toMatchObject({
      beat_index: 8,
      source: "pulse",
      tempo_mbpm: 120_000,
      prev_phase: "review",
    });
  });

  it("goes on after the last beat of the log, in its bar, though it was started anew", async () => {
    await pulse.start();
    await rig.advance(1_000, 100);
    await pulse.stop();
    await rig.advance(60_000);
    expect(frames).toHaveLength(3);
    pulse = make(120);
    await pulse.start();
    expect(frames.map(({ beat_index }) => beat_index)).toEqual([0, 1, 2, 3]);
  });

  it("comes to another tempo by steps that the chart accepts", async () => {
    await pulse.start();
    await pulse.stop();
    pulse = make(240);
    await pulse.start();
    await rig.advance(4_000, 50);
    expect(rig.proposed.every(({ answer }) => answer === "accepted")).toBe(true);
    expect(frames.map(({ tempo_bpm }) => tempo_bpm).slice(0, 4)).toEqual([120, 132, 145.2, 159.7]);
    expect(frames.at(-1)?.tempo_bpm).toBe(240);
  });

  it("never skips a beat on a machine without time, and never races to catch up", async () => {
    await pulse.start();
    await rig.advance(30_000, 3_000);
    expect(frames.map(({ beat_index }) => beat_index)).toEqual(
      Array.from({ length: frames.length }, (_, at) => at),
    );
    expect(frames.length).toBeLessThanOrEqual(12);
    const before = frames.length;
    await rig.advance(2_000, 100);
    expect(frames.length - before).toBeLessThanOrEqual(5);
  });

  it("tries again where the engine is away, and says so", async () => {
    rig.isUp = false;
    await pulse.start();
    expect(rig.notes).toEqual([expect.stringContaining("the engine is away")]);
    rig.isUp = true;
    await rig.advance(250);
    expect(frames.map(({ beat_index }) => beat_index)).toEqual([0]);
  });
});
