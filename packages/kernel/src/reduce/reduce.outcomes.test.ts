import { describe, expect, it } from "vitest";
import { BEAT } from "./test/charts.ts";
import { loadChart, Rig } from "./test/rig.ts";

/** Guards that are asked while entering, by a proposal, and in two microsteps after it. */
const RELAY = loadChart(`
chart: relay
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: S0
states:
  S0: { always: [ { guards: [entering], target: S1 } ] }
  S1: { always: [ { guards: [entered], target: S2 } ] }
  S2:
    on:
      Go: [ { guards: [own, level], target: S3 } ]
      Bare: { target: S3 }
      Twice: [ { guards: [level, never], target: S3 }, { guards: [level, own], target: S3 } ]
  S3: { always: [ { guards: [first], target: S4 } ] }
  S4: { always: [ { guards: [second], target: S5 } ] }
  S5: {}
transitions:
  Go: { by: [operator], guards: [level] }
  Bare: { by: [operator] }
  Twice: { by: [operator] }
guards:
  entering: { when: "context.n == 0", reason: no }
  entered: { when: "context.n == 0", reason: no }
  level: { when: "context.n == 0", reason: no }
  own: { when: "context.n == 0", reason: no }
  never: { when: "context.n != 0", reason: never }
  first: { when: "context.n == 0", reason: no }
  second: { when: "context.n == 0", reason: no }
`);

describe("outcomes of a record that creates", () => {
  it.each([
    ["Go", ["level", "own", "entering", "entered", "first", "second"]],
    ["Bare", ["entering", "entered", "first", "second"]],
    ["Twice", ["level", "never", "own", "entering", "entered", "first", "second"]],
  ])(
    "%s: the transition's, its candidates', entering's, the microsteps'; each once",
    (transition, guards) => {
      const { record } = new Rig(RELAY).must({ instance: "relay/a", transition });
      expect(record.outcomes.map(({ guard }) => guard)).toEqual(guards);
      expect(record.configuration).toEqual(["S5"]);
    },
  );
});

const SERIES = loadChart(`
chart: series
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: A
states:
  A:
    after:
      - { id: a, beats: "2", raise: Late }
      - { id: b, beats: "1", raise: Early }
      - { id: c, ms: "5", raise: First }
      - { id: d, ms: "6", raise: Second }
    on:
      Begin: {}
      First: [ { guards: [none, many], target: B }, { guards: [none], actions: [ { assign: { n: "1" } } ] } ]
      Second: [ { guards: [none], target: B }, { guards: [many], actions: [ { assign: { n: "context.n + 1" } } ] } ]
      Early: { actions: [ { assign: { n: "context.n * 10" } } ] }
      Late: { actions: [ { assign: { n: "context.n + 5" } } ] }
  B: {}
transitions:
  Begin: { by: [operator] }
  First: { by: [] }
  Second: { by: [] }
  Early: { by: [] }
  Late: { by: [] }
guards:
  none: { when: "context.n == 0", reason: "not none" }
  many: { when: "context.n > 0", reason: "not many" }
`);

describe("timer steps of one record", () => {
  function begun(): Rig {
    const rig = new Rig(SERIES, loadChart(BEAT));
    rig.register("staff", [{ role: "provider", scope: "*" }]);
    rig.must({ instance: "series/a", transition: "Begin" });
    return rig;
  }

  it("each ask their guards anew, and list each once", () => {
    const rig = begun();
    rig.at += 10;
    const { record } = rig.mustAct({ act: "@timer", instance: "series/a" });
    expect(record.outcomes.map(({ guard, ok }) => `${guard} ${ok}`)).toEqual([
      "none true",
      "many false",
      "none false",
      "many true",
    ]);
    expect(rig.document("series/a").context).toEqual({ n: 2 });
    expect(record.configuration).toEqual(["A"]);
  });

  it("go by their beats before their ids", () => {
    const rig = begun();
    rig.must({ instance: "beat/main", transition: "Beat_Tick", inputs: { index: 9 }, by: "staff" });
    const { record } = rig.mustAct({ act: "@timer", instance: "series/a" });
    expect(record.raised.map(({ event }) => event)).toEqual(["Early", "Late"]);
    expect(rig.document("series/a").context).toEqual({ n: 5 });
  });
});

const QUIET = loadChart(`
chart: quiet
version: 1
context: { type: object }
initialContext: {}
type: parallel
regions: [L, L.P.M]
states:
  L:
    initial: P
    states:
      P:
        type: parallel
        states: { M: { initial: X, states: { X: {} } }, N: {} }
        on: { Go: { target: Q }, Nothing: {}, Speak: { actions: [ { raise: Nothing } ] } }
      Q: {}
transitions: { Go: { by: [operator] }, Nothing: { by: [operator] }, Speak: { by: [operator] } }
`);

describe("epochs", () => {
  const instance = "quiet/a";
  const epoch = (rig: Rig): unknown => rig.document(instance).epoch;

  it("do not grow by a transition that neither moves nor does anything", () => {
    const rig = new Rig(QUIET);
    rig.must({ instance, transition: "Nothing" });
    expect(epoch(rig)).toEqual({ L: 1, "L.P.M": 1 });
    rig.must({ instance, transition: "Nothing" });
    expect(epoch(rig)).toEqual({ L: 1, "L.P.M": 1 });
    rig.must({ instance, transition: "Speak" });
    expect(epoch(rig)).toEqual({ L: 2, "L.P.M": 1 });
  });

  it("grow in a region inside another that is only left", () => {
    const rig = new Rig(QUIET);
    rig.must({ instance, transition: "Go" });
    rig.must({ instance: "quiet/b", transition: "Nothing" });
    expect(rig.document("quiet/b").epoch).toEqual({ L: 1, "L.P.M": 1 });
    rig.must({ instance: "quiet/b", transition: "Go" });
    expect(rig.document("quiet/b").epoch).toEqual({ L: 2, "L.P.M": 2 });
  });
});
