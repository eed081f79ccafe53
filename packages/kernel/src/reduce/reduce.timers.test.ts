import { describe, expect, it } from "vitest";
import { BEAT } from "./test/charts.ts";
import { CLINIC } from "./test/clinic.ts";
import { loadChart, mustBeRefused, Rig } from "./test/rig.ts";

const clinic = loadChart(CLINIC);
const beat = loadChart(BEAT);
const instance = "clinic/a";
const timer = { act: "@timer", instance } as const;

function admitted(): Rig {
  const rig = new Rig(clinic, beat);
  rig.register("staff", [
    { role: "client", scope: "*" },
    { role: "provider", scope: "*" },
  ]);
  rig.must({ instance, transition: "Ward_Admit", inputs: { name: "ann" }, by: "staff" });
  return rig;
}

function tick(rig: Rig, index: number): void {
  rig.must({ instance: "beat/main", transition: "Beat_Tick", inputs: { index }, by: "staff" });
}

describe("@timer", () => {
  it("is refused where nothing is due", () => {
    const rig = admitted();
    rig.at += 499;
    expect(mustBeRefused(rig.act(timer))).toMatchObject({
      code: "not_enabled",
      reasons: [`nothing of clinic/a is due at ${rig.at} ms`],
      head: { hash: rig.head(instance)?.hash },
    });
    tick(rig, 2);
    expect(mustBeRefused(rig.act(timer)).reasons[0]).toContain("ms and beat 2");
    expect(mustBeRefused(rig.act({ ...timer, instance: "clinic/none" })).code).toBe(
      "unknown_instance",
    );
  });

  it("is the engine's record: its own clock, key and fields", () => {
    const rig = admitted();
    rig.at += 500;
    const pre = rig.head(instance)?.hash;
    const { record } = rig.mustAct(timer);
    expect(record).toMatchObject({ pre, inputs: {}, verdict: [], at: rig.at, seq: 2 });
    expect(record.proposal).toEqual({
      current_state_hash: pre,
      hlc: "2023-11-14T22:13:20.000+00:00#1",
      idem_key: `@:${record.index}:@timer:0`,
      inputs_hash: record.proposal.inputs_hash,
      instance,
      origin: rig.world.origin,
      signer: rig.world.node,
      transition: "@timer",
    });
    expect(record.reads.map((read) => read.instance)).toEqual(["beat/main", "identity/node"]);
    expect(record.raised).toEqual([{ event: "Ward_Round", taken: true }]);
    expect(rig.document(instance).timers.map((one) => one.id)).toEqual(["beatRound"]);
  });

  it("takes what is due in order, clock before beat, and looks again before each", () => {
    const rig = admitted();
    tick(rig, 3);
    rig.at += 1000;
    const { record } = rig.mustAct(timer);
    expect(record.raised.map((one) => one.event)).toEqual([
      "Ward_Round",
      "Ward_Late",
      "Ward_BeatRound",
    ]);
    expect(record.effects.closed).toEqual(["clinic/a#1.0"]);
    expect(rig.document(instance).context["notes"]).toEqual(["late", "beat"]);
    expect(rig.document(instance).timers).toEqual([]);
    expect(mustBeRefused(rig.act(timer)).code).toBe("not_enabled");
  });

  it("lists an event that nobody takes, and the record is made all the same", () => {
    const rig = admitted();
    rig.at += 500;
    rig.mustAct(timer);
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    rig.at += 500;
    const before = rig.document(instance).epoch;
    const { record } = rig.mustAct(timer);
    expect(record.raised).toEqual([{ event: "Ward_Round", taken: false }]);
    expect(rig.document(instance).epoch).toEqual(before);
    expect(rig.document(instance).timers.map((one) => one.id)).toEqual(["beatRound"]);
  });
});

const SEQUENCE = loadChart(`
chart: sequence
version: 1
context: { type: object, required: [log, n], properties: { log: { type: array, maxItems: 12, items: { type: string, maxLength: 8 } }, n: { type: integer, maximum: 100 } } }
initialContext: { log: [], n: 0 }
initial: A
states:
  A:
    after:
      - { id: b2, ms: "100", raise: Two }
      - { id: a1, ms: "100", raise: One }
      - { id: z0, ms: "50", raise: Zero }
      - { id: y9, beats: "1", raise: Nine }
      - { id: x8, beats: "1", raise: Eight }
    on:
      Start: {}
      Inner: {}
      Zero: { actions: [ { assign: { log: "context.log + ['0']" } } ] }
      One: { actions: [ { assign: { log: "context.log + ['1']" } }, { cancel: b2 } ] }
      Two: { actions: [ { assign: { log: "context.log + ['2']" } } ] }
      Eight: { actions: [ { assign: { log: "context.log + ['8']" } } ] }
      Nine: { target: B, actions: [ { assign: { log: "context.log + ['9']" } }, { raise: Inner } ] }
  B:
    after: [ { id: now, ms: "0", raise: Now } ]
    on: { Now: { target: END } }
  END: { type: final }
transitions:
  Start: { by: [operator] }
  Zero: { by: [] }
  One: { by: [] }
  Two: { by: [] }
  Eight: { by: [] }
  Nine: { by: [] }
  Now: { by: [] }
  Inner: { by: [] }
`);

describe("due timers", () => {
  it("go by (at, id), then (beat, id); a removed one is skipped; what becomes due waits for the next record", () => {
    const rig = new Rig(SEQUENCE, beat);
    rig.register("staff", [{ role: "provider", scope: "*" }]);
    const sequence = { act: "@timer", instance: "sequence/a" } as const;
    rig.must({ instance: "sequence/a", transition: "Start" });
    tick(rig, 9);
    rig.at += 200;
    const { record } = rig.mustAct(sequence);
    expect(rig.document("sequence/a").context["log"]).toEqual(["0", "1", "8", "9"]);
    expect(record.raised).toEqual([
      { event: "Zero", taken: true },
      { event: "One", taken: true },
      { event: "Eight", taken: true },
      { event: "Nine", taken: true },
      { event: "Inner", taken: false },
    ]);
    expect(rig.document("sequence/a").meta.ended).toBe(false);
    rig.mustAct(sequence);
    expect(rig.document("sequence/a").meta.ended).toBe(true);
  });
});

const FAILING = loadChart(`
chart: failing
version: 1
context: { type: object, required: [n, log], properties: { n: { type: integer, maximum: 3 }, log: { type: string, maxLength: 9 } } }
initialContext: { n: 0, log: "" }
type: parallel
regions: [Left, Right]
states:
  Left:
    initial: A
    onFailure: BROKEN
    states:
      A:
        after: [ { id: t1, ms: "10", raise: Grow }, { id: t2, ms: "20", raise: Fine } ]
        on:
          Begin: { actions: [ { assign: { n: inputs.n } } ] }
          Grow: { target: B, actions: [ { assign: { n: "context.n + 2" } }, { raise: Loop } ] }
          Fine: { actions: [ { assign: { log: "'fine'" } } ] }
          Loop: {}
      B: { on: { Fine: {} } }
      BROKEN: { entry: [ { assign: { log: "'broken'" } } ], on: { Fine: { actions: [ { assign: { log: "'late'" } } ] } } }
  Right:
    initial: C
    states:
      C:
        entry: [ { emit: { id: e, effect: E, owner: "'x'", with: "null", deadlineMs: "15", onDeadline: Spin, answer: [Ok] } } ]
        on: { Spin: { target: D }, Ok: {} }
      D: { always: [ { target: E } ] }
      E: { always: [ { target: D } ] }
transitions:
  Begin: { by: [operator], inputs: { type: object, required: [n], properties: { n: { type: integer } } } }
  Ok: { by: [operator] }
  Grow: { by: [] }
  Fine: { by: [] }
  Spin: { by: [] }
  Loop: { by: [] }
`);

describe("a timer step that fails", () => {
  const failing = { act: "@timer", instance: "failing/a" } as const;

  it("is discarded and noted, its timer is removed, and its region goes to onFailure", () => {
    const rig = new Rig(FAILING);
    rig.must({ instance: "failing/a", transition: "Begin", inputs: { n: 2 } });
    rig.at += 12;
    const { record } = rig.mustAct(failing);
    expect(record.raised).toEqual([
      {
        event: "Grow",
        failed: record.raised[0]?.failed,
        taken: false,
      },
    ]);
    expect(record.raised[0]?.failed).toMatch(/^Grow of Left\.A, assign n: context\.n: .*4/);
    const document = rig.document("failing/a");
    expect(document.context).toEqual({ log: "broken", n: 2 });
    expect(document.configuration).toEqual(["Left.BROKEN", "Right.C"]);
    expect(document.timers).toEqual([]);
    expect(document.epoch).toEqual({ Left: 2, Right: 1 });
  });

  it("stays where it is in a region without onFailure; the microstep bound is such a failure; later timers still go", () => {
    const rig = new Rig(FAILING);
    rig.must({ instance: "failing/a", transition: "Begin", inputs: { n: 0 } });
    rig.at += 25;
    const { record } = rig.mustAct(failing);
    expect(record.raised.map((one) => [one.event, one.taken])).toEqual([
      ["Grow", true],
      ["Loop", false],
      ["Spin", false],
    ]);
    expect(record.raised[2]?.failed).toBe(
      "the macrostep of Spin passed 1000 microsteps; the chart never comes to rest",
    );
    expect(record.effects.closed).toEqual(["failing/a#1.0"]);
    expect(rig.document("failing/a").configuration).toEqual(["Left.B", "Right.C"]);
  });

  it("that could not be proposed either is chart_failed there", () => {
    const rig = new Rig(FAILING);
    expect(rig.refused({ instance: "failing/b", transition: "Begin", inputs: { n: 4 } }).code).toBe(
      "chart_failed",
    );
  });
});

const BULKY = loadChart(`
chart: bulky
version: 1
context: { type: object, required: [a, b, c, d, size], properties: { a: { type: string, maxLength: 10000 }, b: { type: string, maxLength: 10000 }, c: { type: string, maxLength: 10000 }, d: { type: string, maxLength: 10000 }, size: { type: integer } } }
initialContext: { a: "", b: "", c: "", d: "", size: 0 }
initial: A
onFailure: RESCUE
states:
  A:
    after: [ { id: t1, ms: "1", raise: Small }, { id: t2, ms: "2", raise: Big } ]
    on:
      Begin: { actions: [ { assign: { a: inputs.text } } ] }
      Small: { actions: [ { assign: { size: "context.size + 1" } } ] }
      Big: { actions: [ { assign: { b: context.a, c: context.a, d: context.a } } ] }
  RESCUE: { entry: [ { assign: { size: "context.size + 100" } } ], on: { Begin: {} } }
transitions:
  Begin: { by: [operator], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Small: { by: [] }
  Big: { by: [] }
`);

describe("a timer that would make its document too large", () => {
  const bulky = { act: "@timer", instance: "bulky/a" } as const;

  it("does not keep the others back, and fails alone in the next record", () => {
    const rig = new Rig(BULKY);
    rig.must({ instance: "bulky/a", transition: "Begin", inputs: { text: "x".repeat(9000) } });
    rig.at += 5;
    expect(rig.mustAct(bulky).record.raised).toEqual([{ event: "Small", taken: true }]);
    const { record } = rig.mustAct(bulky);
    expect(record.raised[0]).toMatchObject({ event: "Big", taken: false });
    expect(record.raised[0]?.failed).toMatch(/^document_too_large: bulky\/a would have \d+ bytes/);
    expect(rig.document("bulky/a")).toMatchObject({ configuration: ["RESCUE"], timers: [] });
    expect(rig.document("bulky/a").context["size"]).toBe(101);
  });
});
