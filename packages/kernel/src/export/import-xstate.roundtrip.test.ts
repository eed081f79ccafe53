import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalJson } from "../chart/normal-json.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { parseStrictJson } from "../json/parse-json.ts";
import { randomChart } from "../interpret/test/random-chart.ts";
import { fromXState } from "./import-xstate.ts";
import { chartOf, orderExample, yamlChart } from "./test/load-export-chart.ts";
import { ourWalk, xstateWalk } from "./test/export-machine.ts";
import { toXState } from "./xstate.ts";

const RUNS = 200 * Number(process.env["SWOOSH_SOAK"] ?? 1);

function roundTrip(machine: Json): JsonObject {
  const imported = fromXState(machine);
  if (imported.chart === undefined) throw new Error(JSON.stringify(imported.problems));
  return imported.chart;
}

function problemsOf(machine: Json): readonly string[] {
  return fromXState(machine).problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("there and back", () => {
  it("gives the order example's normal form, byte for byte", () => {
    const { normal, hash } = orderExample();
    const back = chartOf(roundTrip(toXState(normal)));
    expect(canonicalize(normalJson(back.normal))).toBe(canonicalize(normalJson(normal)));
    expect(back.hash).toBe(hash);
  });

  it("keeps the order of states through JSON that sorts its keys", () => {
    const { normal, hash } = orderExample();
    const parsed = parseStrictJson(canonicalize(toXState(normal)), { place: "" });
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(chartOf(roundTrip(parsed.value)).hash).toBe(hash);
  });

  it("gives the same chart for random charts", () => {
    const shape = { statesMax: 20, regionsMax: 3, regioned: true, raises: true, history: true };
    fc.assert(
      fc.property(randomChart(shape), (value) => {
        const chart = chartOf(value);
        expect(chartOf(roundTrip(toXState(chart.normal))).hash).toBe(chart.hash);
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps everything that only charts have", () => {
    const chart = yamlChart(`
chart: whole
version: 7
config: { n: 4 }
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
reads: { other: "'stock/' + string(config.n)" }
creates: [Go]
type: parallel
states:
  One:
    onFailure: B
    initial: A
    states:
      A:
        on: { Go: { target: B, guards: [seen], actions: [ { assign: { n: "1" } }, { raise: Own }, { cancel: ask } ] }, Tick: {} }
        after: [ { id: tick, beats: "4", raise: Tick } ]
        exit: [ { emit: { id: ask, effect: Ask, owner: "'x'", with: "{}", deadlineBeats: "3", onDeadline: Tick, answer: [Yes], keep: true } } ]
      B: { on: { Own: C, Yes: C, Tick: {}, Go: {} } }
      C: { type: final }
  Two: { on: { Go: { guards: [sealed] } } }
transitions:
  Go: { by: ["client:human"], joinedBy: [stock.Take], class: review, compensatedBy: Yes, inputs: { type: object, properties: { of: { type: string } } } }
  Own: { by: [] }
  Tick: { by: [] }
  Yes: { by: [client], guards: [seen] }
guards:
  seen: { when: "reads.other == null", reason: "no {config.n}", okReason: yes }
  sealed: { native: seal, with: { of: "'x'" } }
projections: { One: [n], Both: { regions: [One, Two], keys: [] } }
`);
    expect(chartOf(roundTrip(toXState(chart.normal))).hash).toBe(chart.hash);
  });

  it("keeps initial states further down, and several of them", () => {
    const chart = yamlChart(`
regions: [root]
initial: [A.X.X2, A.Y.Y2]
states:
  A:
    type: parallel
    states:
      X: { states: { X1: { on: { Go: X2 } }, X2: { on: { Go: X1 } } } }
      Y: { states: { Y1: { on: { Go: Y2 } }, Y2: { on: { Go: Y1 } } } }
transitions: { Go: { by: [client] } }
`);
    expect(chartOf(roundTrip(toXState(chart.normal))).hash).toBe(chart.hash);
  });
});

/** A machine as Stately's editor would export it. */
const FOREIGN: JsonObject = {
  id: "Traffic Light 2",
  initial: "green",
  context: { count: 0, names: ["a"], by: null, ok: true, text: "x" },
  states: {
    green: {
      after: { 3000: "yellow" },
      on: {
        BREAK: { target: "#broken" },
        WALK: [{ guard: { type: "button", params: {} }, target: "red.walk" }, "red"],
        NUDGE: { target: "green" },
      },
    },
    yellow: { always: { target: "red", guard: "dark" }, description: "soon red" },
    red: {
      initial: "walk",
      states: { walk: { on: { TICK: "stop" } }, stop: { type: "final" } },
      on: { AGAIN: "red", INSIDE: ".stop", ANEW: { target: "red", reenter: true } },
      onDone: "green",
    },
    broken: { id: "broken", type: "final" },
  },
};

describe("machines from elsewhere", () => {
  const chart = chartOf(roundTrip(FOREIGN));

  it("become charts that run alike", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("BREAK", "WALK", "NUDGE", "TICK", "AGAIN", "INSIDE", "ANEW"), {
          maxLength: 15,
        }),
        fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
        (events, [button, dark]) => {
          const truth = (name: string): boolean => (name === "button" ? button : dark) === true;
          const theirs = xstateWalk(FOREIGN, { events, guards: ["button", "dark"], truth });
          expect(ourWalk(chart, { events, truth })).toEqual(theirs);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("get a name, transitions for operators, guards that are closed, timers with events", () => {
    const { normal } = chart;
    expect(normal.chart).toBe("traffic-light-2");
    expect(normal.transitions["BREAK"]?.by).toEqual(["operator"]);
    expect(normal.transitions["After_3000_green"]?.by).toEqual([]);
    expect(normal.guards["button"]).toMatchObject({ when: "false" });
    expect(normal.context.properties).toMatchObject({
      count: { type: "integer" },
      names: { type: "array", items: { type: "string" } },
      by: { type: ["null", "string"] },
      ok: { type: "boolean" },
      text: { type: "string" },
    });
    expect(chart.stateByPath.get("green")?.after).toMatchObject([
      { id: "after_3000_green", unit: "ms", raise: "After_3000_green" },
    ]);
  });

  it("keep what is inside of an atomic state that targets itself", () => {
    const nudge = chart.stateByPath.get("green")?.on.get("NUDGE")?.[0];
    expect(nudge).toMatchObject({ targets: [] });
    const again = chart.stateByPath.get("red")?.on.get("AGAIN")?.[0];
    expect(again).toMatchObject({ internal: true });
    const anew = chart.stateByPath.get("red")?.on.get("ANEW")?.[0];
    expect(anew).toMatchObject({ internal: false, targets: [chart.stateByPath.get("red")?.index] });
  });

  it.each([
    ["no object", 4, [": an XState machine config is an object with `states`"]],
    [
      "an unknown target",
      { states: { a: { on: { E: "b" } } } },
      ['states.a.on.E.target: there is no state "b" seen from a'],
    ],
    [
      "an unknown id",
      { states: { a: { on: { E: "#b.c" } } } },
      ['states.a.on.E.target: there is no state "#b.c" seen from a'],
    ],
    [
      "the machine as a target",
      { id: "m", states: { a: { on: { E: "#m" } } } },
      ['states.a.on.E.target: "#m" is the whole machine: a chart\'s root is never left'],
    ],
    [
      "a target that is no text",
      { states: { a: { on: { E: { target: 4 } } } } },
      ["states.a.on.E.target: a target is the name of a state"],
    ],
    [
      "invoke",
      { states: { a: { invoke: { src: "x" } } } },
      ['states.a.invoke: a has "invoke": charts cannot say that'],
    ],
    [
      "a wildcard",
      { states: { a: { on: { "*": "a" } } } },
      ['states.a.on.*: event "*": a chart\'s transitions are plain names (letters, digits, _)'],
    ],
    [
      "an action of its own",
      { states: { a: { entry: "shout" } } },
      [
        'states.a.entry: action "shout": a chart can assign, raise, emit, cancel and join, and nothing else',
      ],
    ],
    [
      "an action without params",
      { states: { a: { exit: [{ type: "raise" }] } } },
      [
        'states.a.exit: action "raise": a chart can assign, raise, emit, cancel and join, and nothing else',
      ],
    ],
    [
      "a raise of nothing",
      { states: { a: { exit: [{ type: "raise", params: {} }] } } },
      [
        'states.a.exit: action "raise": a chart can assign, raise, emit, cancel and join, and nothing else',
      ],
    ],
    [
      "an assign that is no list",
      { states: { a: { exit: [{ type: "assign", params: { assign: [1] } }] } } },
      [
        'states.a.exit: action "assign": a chart can assign, raise, emit, cancel and join, and nothing else',
      ],
    ],
    [
      "a cancel of nothing",
      { states: { a: { exit: [{ type: "cancel", params: {} }] } } },
      [
        'states.a.exit: action "cancel": a chart can assign, raise, emit, cancel and join, and nothing else',
      ],
    ],
    [
      "a named delay",
      { states: { a: { after: { soon: "a" } } } },
      ['states.a.after.soon: delay "soon" is code in XState; write its milliseconds'],
    ],
    [
      "a guard with params",
      { states: { a: { on: { E: { guard: { type: "g", params: { n: 1 } } } } } } },
      ["states.a.on.E.guard: a guard is a name, or { type: and, params: { guards: [names] } }"],
    ],
    [
      "an and of nothing",
      { states: { a: { on: { E: { guard: { type: "and", params: { guards: [] } } } } } } },
      ["states.a.on.E.guard: a guard is a name, or { type: and, params: { guards: [names] } }"],
    ],
    [
      "an or",
      { states: { a: { on: { E: { guard: { type: "or", params: { guards: ["x"] } } } } } } },
      ["states.a.on.E.guard: a guard is a name, or { type: and, params: { guards: [names] } }"],
    ],
    [
      "in of a transition",
      { states: { a: { on: { E: { target: "a", in: "b" } } } } },
      ['states.a.on.E.in: a transition has "in": charts cannot say that'],
    ],
    [
      "an inner restart of a parallel state",
      { states: { p: { type: "parallel", on: { E: "p" }, states: { a: {}, b: {} } } } },
      [
        'states.p.on.E: p would enter its inside anew without being left: charts can say that of compound states only; add "reenter": true',
      ],
    ],
  ] as const)("refuse %s", (_, machine, expected) => {
    const value: Json = JSON.parse(JSON.stringify(machine));
    expect(problemsOf(value)).toEqual(expected);
  });

  it("tell all problems at once", () => {
    expect(
      problemsOf({ states: { a: { invoke: {}, entry: ["x", "y"], on: { E: "b" } } } }),
    ).toHaveLength(4);
  });

  it.each([
    ["OrderProcess", "order-process"],
    ["9 lives", "lives"],
    ["!!!", "machine"],
    ["a".repeat(50), "a".repeat(32)],
  ])("are named after their id %s", (id, name) => {
    expect(roundTrip({ id, states: { a: {} } }).chart).toBe(name);
  });

  it("have version 1 unless theirs is a number", () => {
    expect(roundTrip({ version: "3", states: { a: {} } }).version).toBe(3);
    expect(roundTrip({ version: "1.2", states: { a: {} } }).version).toBe(1);
    expect(roundTrip({ version: "0", states: { a: {} } }).version).toBe(1);
    expect(roundTrip({ states: { a: {} } }).chart).toBe("machine");
  });
});
