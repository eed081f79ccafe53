import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProviderRig } from "../test/provider-rig.ts";
import { BackbeatProvider } from "./backbeat.ts";
import { BEAT_FACT } from "./pulse.ts";
import { frameAt } from "./score.ts";
import { FakeBeatFeed } from "./test/fake-beat-feed.ts";

let rig: ProviderRig;
let feed: FakeBeatFeed;
let provider: BackbeatProvider;
const SCORE = { cluster: "c1", beatsPerBar: 8 };

beforeEach(() => {
  rig = new ProviderRig();
  feed = new FakeBeatFeed();
  const { clock, keep, notify, propose, read } = rig;
  provider = new BackbeatProvider({
    clock,
    keep,
    notify,
    propose,
    read,
    feed,
    cluster: "c1",
    beatsPerBar: 4,
    tempoBpm: 60,
  });
});
afterEach(async () => {
  await provider.stop();
  rig.end();
});

/** One frame from the leader, at the time of the clock. */
async function beat(index: number, change: object = {}): Promise<void> {
  const frame = frameAt(SCORE, { beat: index, atMs: rig.clock.now(), tempoBpm: 60 });
  await feed.publish(
    Buffer.from(JSON.stringify({ ...frame, window_id: frame.window_id.toUpperCase(), ...change })),
  );
  await rig.settle();
}

const beats = (): readonly string[] =>
  rig.proposed
    .filter(({ answer }) => answer === "accepted")
    .map(({ inputs, transition }) =>
      transition === "Beat_Lost"
        ? "lost"
        : `${String(inputs["source"])} ${String(inputs["beat_index"])}`,
    );

describe("BACKBEAT", () => {
  it("tells the frames that it hears, with their bytes as evidence; repeated and late ones are nothing new", async () => {
    await provider.start();
    for (const index of [100, 100, 101, 99, 101, 102]) await beat(index);
    expect(beats()).toEqual(["nats 100", "nats 101", "nats 102"]);
    const kept = rig.blobs.read(String(rig.proposed[0]?.inputs["frame"]));
    expect(JSON.parse(Buffer.from(kept ?? []).toString())).toMatchObject({
      beat_index: 100,
      type: "backbeat.beatframe.v1",
    });
    expect(rig.read(BEAT_FACT)).toMatchObject({
      window_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      cluster: "c1",
    });
    expect(rig.notes).toEqual(["info listening for beats on fake"]);
  });

  it("refuses frames that are none, of others, or that leap in tempo; each kind of trouble is told once", async () => {
    await provider.start();
    await beat(0);
    await beat(1, { phase: "reverb" });
    await beat(2, { phase: "reverb" });
    await beat(3, { cluster_id: "c2" });
    await beat(4, { tempo_bpm: 67 });
    await beat(5, { tempo_bpm: 66 });
    expect(beats()).toEqual(["nats 0", "nats 5"]);
    expect(rig.notes.slice(1)).toEqual([
      'warn a frame is refused: phase is "reverb"; plan, execute or review',
      "warn a frame of cluster c2; this installation follows c1",
      expect.stringContaining("tempo goes from 60000 to 67000"),
    ]);
  });

  it("goes on by itself in the same bar where frames stay away, and gives way when they are back", async () => {
    await provider.start();
    for (const index of [0, 1, 2]) {
      await beat(index);
      await rig.advance(1_000);
    }
    expect(rig.configuration(BEAT_FACT)).toEqual(["TEMPO.STEADY"]);
    const window = rig.read(BEAT_FACT)?.["window_id"];
    await rig.advance(1_499, 1_499);
    expect(beats()).not.toContain("lost");
    await rig.advance(1);
    expect(beats().at(-1)).toBe("lost");
    expect(rig.configuration(BEAT_FACT)).toEqual(["TEMPO.DEGRADED"]);
    await rig.advance(500);
    expect(rig.read(BEAT_FACT)).toMatchObject({
      source: "local",
      beat_index: 3,
      window_id: window,
      tempo_mbpm: 60_000,
    });
    await rig.advance(3_000, 250);
    // Bars of 4 from the downbeat 0 on: nobody has heard a whole bar yet.
    expect(beats().slice(-4)).toEqual(["local 3", "local 4", "local 5", "local 6"]);
    expect(rig.read(BEAT_FACT)?.["window_id"]).not.toBe(window);
    // Its own beats do not end the loss: only the leader's do.
    expect(rig.configuration(BEAT_FACT)).toEqual(["TEMPO.DEGRADED"]);
    await beat(9);
    await rig.advance(2_000, 250);
    expect(beats().at(-1)).toBe("nats 9");
    expect(rig.configuration(BEAT_FACT)).toEqual(["TEMPO.STEADY"]);
  });

  it("learns how long a bar is, and how fast it is to become", async () => {
    await provider.start();
    for (let index = 0; index <= 8; index += 1) await beat(index);
    await beat(9, { tempo_bpm: 90 });
    await rig.advance(20_000, 100);
    const downbeats = rig.proposed
      .filter(({ inputs }) => inputs["downbeat"] === true)
      .map(({ inputs }) => inputs["beat_index"]);
    expect(downbeats.slice(0, 4)).toEqual([0, 8, 16, 24]);
    expect(rig.read(BEAT_FACT)).toMatchObject({ source: "local", tempo_mbpm: 90_000 });
    expect(rig.proposed.filter(({ answer }) => answer === "refused")).toHaveLength(1);
  });

  it("learns no bar in which it missed a beat: that could have been a downbeat", async () => {
    await provider.start();
    for (let index = 0; index <= 8; index += 1) await beat(index);
    // The downbeat 16 is lost on its way.
    for (const index of [9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24])
      await beat(index);
    await rig.advance(25_000, 100);
    const downbeats = rig.proposed
      .filter(({ inputs }) => inputs["downbeat"] === true)
      .map(({ inputs }) => inputs["beat_index"]);
    expect(downbeats).toEqual([0, 8, 24, 32, 40]);
  });

  it("keeps time to a hundredth in degraded mode", async () => {
    await provider.start();
    await beat(0);
    const started = rig.clock.now();
    await rig.advance(600_000, 500);
    const seconds = (rig.clock.now() - started) / 1_000;
    // The two beats before the loss was noticed are not made up for.
    const told = Number(rig.read(BEAT_FACT)?.["beat_index"]) + 2;
    expect(Math.abs(told - seconds) / seconds).toBeLessThanOrEqual(0.01);
  });

  it("tries again where nobody is there, on the local tempo meanwhile", async () => {
    feed.isDown = true;
    await provider.start();
    expect(rig.notes).toEqual(["warn no beats from fake: nobody is there"]);
    await rig.advance(4_000, 500);
    expect(beats()).toEqual(["local 0", "local 1"]);
    feed.isDown = false;
    await rig.advance(1_500, 500);
    await beat(50);
    expect(beats().at(-1)).toBe("nats 50");
  });

  it("listens again where its connection was ended, as the end of a licence does", async () => {
    await provider.start();
    await beat(100);
    feed.cut();
    await rig.advance(4_500, 500);
    await beat(104);
    expect(beats().at(-1)).toMatch(/^local/);
    await rig.advance(1_000, 500);
    await beat(106);
    expect(beats().at(-1)).toBe("nats 106");
    expect(rig.notes).toContain("warn no beats from fake: its connection was closed");
  });
});
