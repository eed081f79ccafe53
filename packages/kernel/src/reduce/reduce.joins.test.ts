import { describe, expect, it } from "vitest";
import { ABSENT_HASH } from "../hash.ts";
import { loadChart, mustBeRefused, Rig } from "./test/rig.ts";

/** A node of a tree: what it joins is a list in its inputs, instances with the depth below them. */
const NODE = loadChart(`
chart: node
version: 1
context: { type: object, required: [sum], properties: { sum: { type: integer } } }
initialContext: { sum: 0 }
initial: A
states:
  A:
    on:
      Fan:
        - { guards: [deep, wide], actions: [ { join: { instance: inputs.first, transition: Grow, inputs: "{'left': inputs.depth}" } }, { join: { instance: inputs.second, transition: Grow, inputs: "{'left': 0}" } } ] }
        - { guards: [deep], actions: [ { join: { instance: inputs.first, transition: Grow, inputs: "{'left': inputs.depth}" } } ] }
      Grow:
        - { guards: [more], actions: [ { assign: { sum: "context.sum + 1" } }, { join: { instance: "'node/n' + string(inputs.left)", transition: Grow, inputs: "{'left': inputs.left - 1}" } } ] }
        - { actions: [ { assign: { sum: "context.sum + 10" } } ] }
      Same: { actions: [ { join: { instance: "'node/n' + string(inputs.left)", transition: Grow, inputs: "{'left': 0}" } } ] }
      Many: { target: M0 }
  M0: {}
transitions:
  Fan: { by: [operator], inputs: { type: object, required: [depth, first, second], properties: { depth: { type: integer, minimum: 0, maximum: 99 }, first: { type: string, maxLength: 40 }, second: { type: string, maxLength: 40 } } } }
  Grow: { by: [], joinedBy: [node.Fan, node.Grow, node.Same, many.Go, many.Late, many.Both, late.T1, late.T2, late.T3, late.T4], inputs: { type: object, required: [left], properties: { left: { type: integer, minimum: -1, maximum: 99 } } }, guards: [notTooFar] }
  Same: { by: [operator], inputs: { type: object, required: [left], properties: { left: { type: integer, minimum: 0, maximum: 99 } } } }
  Many: { by: [operator] }
guards:
  deep: { when: "inputs.depth >= 0", reason: "flat" }
  wide: { when: "inputs.second != ''", reason: "narrow" }
  more: { when: "inputs.left > 0", reason: "a leaf" }
  notTooFar: { when: "inputs.left != 77", reason: "{inputs.left} is too far" }
`);

const JOIN = (id: number): string =>
  `{ join: { instance: "'node/m' + string(${id})", transition: Grow, inputs: "{'left': 0}" } }`;
const MANY = loadChart(`
chart: many
version: 1
context: { type: object }
initialContext: {}
initial: A
states:
  A:
    after: [ { id: t1, ms: "10", raise: Late }, { id: t2, ms: "11", raise: Both } ]
    on:
      Go: { actions: [ ${Array.from({ length: 16 }, (_, id) => JOIN(id)).join(", ")} ] }
      Over: { actions: [ ${Array.from({ length: 17 }, (_, id) => JOIN(id)).join(", ")} ] }
      Late: { actions: [ ${JOIN(1)}, ${JOIN(2)} ] }
      Both: { actions: [ ${JOIN(2)} ] }
transitions:
  Go: { by: [operator] }
  Over: { by: [operator] }
  Late: { by: [] }
  Both: { by: [] }
`);

const fan = (depth: number, first: string, second = "") => ({
  instance: "node/root",
  transition: "Fan",
  inputs: { depth, first, second },
});
const joined = (rig: Rig): readonly string[] =>
  rig.records.at(-1)?.record.parts.map((part) => part.instance) ?? [];

describe("joins", () => {
  it("move other instances in the same record, creating those that are absent, breadth first", () => {
    const rig = new Rig(NODE);
    const { record, heads } = rig.must(fan(3, "node/x", "node/y"));
    expect(joined(rig)).toEqual(["node/x", "node/y", "node/n3", "node/n2", "node/n1"]);
    expect(record.parts[0]).toEqual({
      configuration: ["A"],
      effects: { closed: [], opened: [] },
      inputs: { left: 3 },
      instance: "node/x",
      outcomes: [
        { guard: "notTooFar", ok: true, reasons: [] },
        { guard: "more", ok: true, reasons: [] },
      ],
      post: heads[1]?.hash,
      pre: ABSENT_HASH,
      seq: 1,
      transition: "Grow",
    });
    expect(rig.document("node/n2").context).toEqual({ sum: 1 });
    expect(rig.document("node/y").context).toEqual({ sum: 10 });
    rig.must(fan(0, "node/y"));
    expect(rig.document("node/y")).toMatchObject({ context: { sum: 20 } });
    expect(rig.document("node/y").meta.seq).toBe(2);
  });

  it("take the later clock of the joined instance and the record", () => {
    const rig = new Rig(NODE);
    const ahead = "2023-11-14T22:13:50.000+00:00#5";
    rig.must({ ...fan(0, "node/x"), instance: "node/early", hlc: ahead });
    expect(rig.document("node/x").hlc_last).toBe(ahead);
    rig.must({
      ...fan(0, "node/x"),
      instance: "node/late",
      hlc: "2023-11-14T22:13:20.000+00:00#0",
    });
    expect(rig.document("node/x").hlc_last).toBe(ahead);
    rig.must({
      ...fan(0, "node/x"),
      instance: "node/last",
      hlc: "2023-11-14T22:13:51.000+00:00#0",
    });
    expect(rig.document("node/x").hlc_last).toBe("2023-11-14T22:13:51.000+00:00#0");
  });

  it.each<[string, Parameters<typeof fan>, string]>([
    ["itself", [0, "node/root"], "is in this record already; an instance moves once in a record"],
    ["one instance twice", [0, "node/x", "node/x"], "is in this record already"],
    ["a guard's no", [77, "node/x"], "guard_failed notTooFar: 77 is too far"],
    ["no instance", [0, "node"], "not an instance, `chart/id`"],
    ["no chart", [0, "nope/x"], 'unknown_chart: no chart "nope" is installed for nope/x'],
    ["no such transition", [0, "many/x"], "unknown_instance"],
  ])("refuse the whole for %s", (_what, args, reason) => {
    const rig = new Rig(NODE, MANY);
    const refused = rig.refused(fan(...args));
    expect(refused).toMatchObject({ code: "join_refused", guard: null });
    expect(refused.reasons[0]).toContain(reason);
    expect(refused.reasons[0]).toMatch(/^join [a-z/]+ Grow/);
    expect(refused.outcomes.map((one) => one.guard)).toEqual(["deep", "wide"]);
    expect(rig.head("node/x")).toBeUndefined();
  });

  it("go four deep, not five", () => {
    const rig = new Rig(NODE);
    rig.must(fan(3, "node/x"));
    expect(joined(rig)).toHaveLength(4);
    expect(rig.refused({ ...fan(4, "node/x"), instance: "node/b" }).reasons).toEqual([
      "join node/n1 Grow: deeper than 4 joins",
    ]);
  });

  it("move sixteen instances, not seventeen", () => {
    const rig = new Rig(NODE, MANY);
    rig.must({ instance: "many/a", transition: "Go" });
    expect(joined(rig)).toHaveLength(16);
    const over = rig.refused({ instance: "many/a", transition: "Over" });
    // The list says who may; Over is not there, and it is told before the count is reached.
    expect(over.reasons[0]).toBe(
      "join node/m0 Grow forbidden: many.Over may not join it; node.Fan, node.Grow, node.Same, many.Go, many.Late, many.Both, late.T1, late.T2, late.T3, late.T4 may",
    );
  });

  it("are refused past sixteen", () => {
    const wide = loadChart(`
chart: many
version: 2
context: { type: object }
initialContext: {}
initial: A
states:
  A: { on: { Go: { actions: [ ${Array.from({ length: 17 }, (_, id) => JOIN(id)).join(", ")} ] } } }
transitions: { Go: { by: [operator] } }
`);
    const rig = new Rig(NODE, wide);
    expect(rig.refused({ instance: "many/a", transition: "Go" }).reasons).toEqual([
      "join node/m16 Grow: more than 16 instances in one record",
    ]);
  });

  it("are refused for an instance that has ended or does not take it now", () => {
    const rig = new Rig(NODE);
    rig.must({ instance: "node/x", transition: "Many" });
    expect(rig.refused(fan(0, "node/x")).reasons[0]).toBe(
      "join node/x Grow not_enabled: Grow is not enabled in M0",
    );
  });
});

describe("joins of a timer", () => {
  it("leave a step whose instances are in the record already to the next one", () => {
    const rig = new Rig(NODE, MANY);
    const timer = { act: "@timer", instance: "many/a" } as const;
    rig.must({ instance: "many/a", transition: "Go" });
    rig.at += 100;
    const first = rig.mustAct(timer);
    expect(first.record.raised).toEqual([{ event: "Late", taken: true }]);
    expect(joined(rig)).toEqual(["node/m1", "node/m2"]);
    expect(rig.document("many/a").timers.map((one) => one.id)).toEqual(["t2"]);
    const second = rig.mustAct(timer);
    expect(second.record.raised).toEqual([{ event: "Both", taken: true }]);
    expect(joined(rig)).toEqual(["node/m2"]);
  });

  it("fail their step where they are refused", () => {
    const rig = new Rig(NODE, MANY);
    const timer = { act: "@timer", instance: "many/a" } as const;
    rig.must({ instance: "many/a", transition: "Go" });
    rig.must({ instance: "node/m2", transition: "Many" });
    rig.at += 10;
    const { record } = rig.mustAct(timer);
    expect(record.parts).toEqual([]);
    expect(record.raised).toEqual([
      {
        event: "Late",
        failed: "join node/m2 Grow not_enabled: Grow is not enabled in M0",
        taken: false,
      },
    ]);
    expect(rig.document("many/a").timers.map((one) => one.id)).toEqual(["t2"]);
    expect(mustBeRefused(rig.act(timer)).code).toBe("not_enabled");
  });
});

/** Timers one after the other; which of them join what is said by name. */
const LATE = loadChart(`
chart: late
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
reads: { first: "'node/m1'" }
initial: A
states:
  A:
    after:
      - { id: t1, ms: "1", raise: T1 }
      - { id: t2, ms: "2", raise: T2 }
      - { id: t3, ms: "3", raise: T3 }
      - { id: t4, ms: "4", raise: T4 }
      - { id: t5, ms: "5", raise: T5 }
    on:
      Go: {}
      T1: { actions: [ ${JOIN(1)} ] }
      T2: { actions: [ ${JOIN(2)} ] }
      T3: { actions: [ ${JOIN(1)} ] }
      T4: { actions: [ { join: { instance: "'node/deep'", transition: Grow, inputs: "{'left': 3}" } } ] }
      T5: { guards: [joined], actions: [ { assign: { n: "context.n + 1" } } ] }
transitions: { Go: { by: [operator] }, T1: { by: [] }, T2: { by: [] }, T3: { by: [] }, T4: { by: [] }, T5: { by: [] } }
guards: { joined: { when: "reads.first != null", reason: "m1 is not there" } }
`);

describe("several timers that join", () => {
  const timer = { act: "@timer", instance: "late/a" } as const;
  const events = (rig: Rig): readonly string[] =>
    rig.mustAct(timer).record.raised.map((one) => `${one.event} ${one.taken}`);

  it("share a record while their instances differ; the first that must wait keeps the later ones back", () => {
    const rig = new Rig(NODE, LATE);
    rig.must({ instance: "late/a", transition: "Go" });
    rig.at += 10;
    expect(events(rig)).toEqual(["T1 true", "T2 true"]);
    expect(joined(rig)).toEqual(["node/m1", "node/m2"]);
    // Four deep, as from a proposal; the guard of T5 sees what was read as of before the record.
    expect(events(rig)).toEqual(["T3 true", "T4 true", "T5 true"]);
    expect(joined(rig)).toEqual(["node/m1", "node/deep", "node/n3", "node/n2", "node/n1"]);
    expect(rig.document("late/a").context["n"]).toBe(1);
  });

  it("wait also for a single instance", () => {
    const rig = new Rig(NODE, LATE);
    rig.must({ instance: "late/a", transition: "Go" });
    rig.at += 1;
    expect(events(rig)).toEqual(["T1 true"]);
    rig.must({ instance: "node/m2", transition: "Many" });
    rig.at += 9;
    expect(events(rig)).toEqual(["T2 false", "T3 true", "T4 true", "T5 true"]);
  });
});

const ANSWERS = loadChart(`
chart: answers
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: A
states:
  A:
    entry: [ { emit: { id: e, effect: E, owner: "'x'", with: "null", deadlineMs: "15", onDeadline: Late, answer: [Done] } } ]
    on: { Begin: {}, Late: {}, Done: { actions: [ { assign: { n: "context.n + 1" } } ] } }
transitions:
  Begin: { by: [operator] }
  Late: { by: [] }
  Done: { by: [provider], joinedBy: [asker.Ask] }
`);
const ASKER = loadChart(`
chart: asker
version: 1

context: { type: object, required: [bad], properties: { bad: { type: integer } } }
initialContext: { bad: 0 }
initial: A
states:
  A:
    on:
      Ask: { actions: [ { join: { instance: "'answers/a'", transition: Done, inputs: "{}" } } ] }
      Err: { actions: [ { join: { instance: "'answers/' + string(1 / context.bad)", transition: Done, inputs: "{}" } } ] }
transitions: { Ask: { by: [operator] }, Err: { by: [operator] } }
`);

describe("a join of an answer", () => {
  it("closes the effect that fits, whoever owns it; none open refuses", () => {
    const rig = new Rig(ANSWERS, ASKER);
    const ask = { instance: "asker/a", transition: "Ask" };
    expect(rig.refused(ask).reasons[0]).toBe(
      "join answers/a Done effect_closed: nothing is open for Done",
    );
    rig.must({ instance: "answers/a", transition: "Begin" });
    const { record, effects } = rig.must(ask);
    expect(record.parts[0]?.effects.closed).toEqual(["answers/a#1.0"]);
    expect(record.effects.closed).toEqual([]);
    expect(effects.closed).toEqual(["answers/a#1.0"]);
    expect(rig.refused(ask).reasons[0]).toContain("effect_closed");
    expect(rig.refused({ ...ask, transition: "Err" })).toMatchObject({
      code: "chart_failed",
      reasons: ["Err of A, join Done: error: division_by_zero"],
    });
  });
});
