import { describe, expect, it } from "vitest";
import { CLINIC } from "./test/clinic.ts";
import { BEAT } from "./test/charts.ts";
import { loadChart, Rig } from "./test/rig.ts";

const clinic = loadChart(CLINIC);
const beat = loadChart(BEAT);
const instance = "clinic/a";
const ids = (rig: Rig): readonly string[] => rig.document(instance).effects.map((one) => one.id);

function admitted(): Rig {
  const rig = new Rig(clinic, beat);
  rig.register("staff", [
    { role: "client", scope: "*" },
    { role: "provider", scope: "*" },
  ]);
  rig.register("nurse", [{ role: "provider", scope: "clinic/*" }]);
  rig.must({ instance, transition: "Ward_Admit", inputs: { name: "ann" }, by: "staff" });
  return rig;
}

describe("an effect", () => {
  it("is closed by its answer, before the answer's actions, and may be left out where only one fits", () => {
    const rig = admitted();
    const { record, effects } = rig.must({ instance, transition: "Ward_Cared", by: "nurse" });
    expect(record.effects).toEqual({ closed: ["clinic/a#1.0"], opened: [] });
    expect(effects).toEqual(record.effects);
    expect(ids(rig)).toEqual([]);
  });

  it("is answered by its owner alone", () => {
    const rig = admitted();
    const answer = { instance, transition: "Ward_Cared", by: "staff" };
    expect(rig.refused(answer)).toMatchObject({
      code: "forbidden",
      reasons: ["clinic/a#1.0 is for nurse to answer; the signer is staff"],
    });
    expect(rig.refused({ ...answer, inputs: { effect: "clinic/a#1.0" } }).code).toBe("forbidden");
    // Whose effect is not open is nobody's: that is told as what it is.
    expect(rig.refused({ ...answer, inputs: { effect: "clinic/a#0.0" } }).code).toBe(
      "effect_closed",
    );
    rig.must({ ...answer, by: "nurse", inputs: { effect: "clinic/a#1.0" } });
  });

  it("is closed by exit of its state, unless it is kept", () => {
    const rig = admitted();
    rig.must({ instance, transition: "Ward_Keep", by: "staff" });
    expect(rig.document(instance).effects.map((one) => [one.id, one.name, one.state])).toEqual([
      ["clinic/a#1.0", "care", "Ward.BUSY"],
      ["clinic/a#2.0", "kept", "Ward.BUSY"],
      ["clinic/a#2.1", "lost", "Ward.BUSY"],
    ]);
    const { record } = rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    expect(record.effects.closed).toEqual(["clinic/a#1.0", "clinic/a#2.1"]);
    expect(ids(rig)).toEqual(["clinic/a#2.0"]);
    const kept = { instance, transition: "Ward_Kept", by: "nurse" };
    expect(rig.must(kept).record.effects.closed).toEqual(["clinic/a#2.0"]);
    expect(rig.refused(kept)).toMatchObject({
      code: "effect_closed",
      reasons: ["nothing is open for Ward_Kept"],
    });
    expect(rig.refused({ ...kept, inputs: { effect: "clinic/a#2.0" } }).reasons).toEqual([
      "clinic/a#2.0 is not open; nothing is open for Ward_Kept",
    ]);
    expect(rig.refused({ ...kept, inputs: { effect: 7 } }).reasons[0]).toMatch(/^7 is not open/);
  });

  it("must be named where several fit", () => {
    const rig = admitted();
    rig.must({ instance, transition: "Ward_Keep", by: "staff" });
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    rig.must({ instance, transition: "Ward_Keep", by: "staff" });
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    expect(ids(rig)).toEqual(["clinic/a#2.0", "clinic/a#5.0"]);
    const kept = { instance, transition: "Ward_Kept", by: "nurse" };
    expect(rig.refused(kept)).toMatchObject({
      code: "effect_closed",
      reasons: [
        "several effects are open for Ward_Kept; name one in inputs.effect: clinic/a#2.0, clinic/a#5.0",
      ],
    });
    rig.must({ ...kept, inputs: { effect: "clinic/a#5.0" } });
    expect(ids(rig)).toEqual(["clinic/a#2.0"]);
  });

  it("is cancelled by its local id, and so is a timer", () => {
    const rig = admitted();
    const { record } = rig.must({ instance, transition: "Ward_Cancel", by: "staff" });
    expect(record.effects.closed).toEqual(["clinic/a#1.0"]);
    expect(rig.document(instance).timers.map((timer) => timer.id)).toEqual(["beatRound"]);
  });

  it("counts a deadline in beats from 0 while there is no beat, from the beat before this record else", () => {
    const rig = admitted();
    rig.must({ instance, transition: "Ward_Keep", by: "staff" });
    const due = (): unknown =>
      rig.document(instance).effects.find((one) => one.name === "kept")?.due;
    expect(due()).toEqual({ beat: 2 });
    rig.must({
      instance: "beat/main",
      transition: "Beat_Tick",
      inputs: { index: 7 },
      by: "staff",
    });
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    rig.must({ instance, transition: "Ward_Kept", by: "nurse" });
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    rig.must({ instance, transition: "Ward_Keep", by: "staff" });
    expect(due()).toEqual({ beat: 9 });
    expect(rig.document(instance).timers[0]?.due).toEqual({ beat: 10 });
  });
});

const QUICK = loadChart(`
chart: quick
version: 1
context: { type: object, required: [x], properties: { x: { type: string, maxLength: 200 } } }
initialContext: { x: "me" }
initial: A
states:
  A:
    exit: [ { emit: { id: bye, effect: Bye, owner: context.x, with: "1", deadlineMs: "5", onDeadline: Late, answer: [Done], keep: true } } ]
    on:
      Go: { target: B, actions: [ { emit: { id: way, effect: Way, owner: context.x, with: "2", deadlineMs: inputs.ms, onDeadline: Late, answer: [Done] } } ] }
      Name: { actions: [ { assign: { x: inputs.name } } ] }
      Stay: { actions: [ { emit: { id: own, effect: Own, owner: context.x, with: "{'a': 10 / inputs.n}", deadlineMs: "5", onDeadline: Late, answer: [Done] } } ] }
  B:
    entry: [ { emit: { id: hello, effect: Hello, owner: context.x, with: "3", deadlineMs: "5", onDeadline: Late, answer: [Done] } } ]
    always: [ { target: C } ]
  C: { on: { Done: {}, Late: {} } }
transitions:
  Go: { by: [operator], inputs: { type: object, required: [ms], properties: { ms: { type: integer } } } }
  Name: { by: [operator], inputs: { type: object, required: [name], properties: { name: { type: string, maxLength: 200 } } } }
  Stay: { by: [operator], inputs: { type: object, required: [n], properties: { n: { type: integer } } } }
  Done: { by: [operator], inputs: { type: object, properties: { effect: { type: string } } } }
  Late: { by: [] }
`);

describe("where an emit stands", () => {
  const go = { instance: "quick/a", transition: "Go", inputs: { ms: 5 } };

  it("gives the effect its state; one that is opened and closed in the same record was never open", () => {
    const rig = new Rig(QUICK);
    const { record } = rig.must(go);
    // `hello` is gone with B; its number is not used again.
    expect(record.effects.closed).toEqual([]);
    expect(record.effects.opened.map((one) => [one.id, one.name, one.state])).toEqual([
      ["quick/a#1.0", "bye", "A"],
      ["quick/a#1.1", "way", ""],
    ]);
  });

  it("fails the chart where owner, data or deadline cannot be", () => {
    const rig = new Rig(QUICK);
    const failed = (proposed: object): unknown => rig.refused({ ...go, ...proposed }).reasons[0];
    expect(failed({ inputs: { ms: -1 } })).toBe("Go of A, emit way: -1 ms cannot be waited for");
    expect(failed({ inputs: { ms: 9_007_199_254_740_991 } })).toBe(
      "Go of A, emit way: 9007199254740991 ms cannot be waited for",
    );
    expect(failed({ transition: "Stay", inputs: { n: 0 } })).toBe(
      "Stay of A, emit own: error: division_by_zero",
    );
    rig.must({ ...go, transition: "Name", inputs: { name: "" } });
    expect(failed({})).toBe('exit of A, emit bye: owner "" is no identity\'s name');
    rig.must({ ...go, transition: "Name", inputs: { name: "y".repeat(129) } });
    expect(failed({})).toContain("is no identity's name");
    rig.must({ ...go, transition: "Name", inputs: { name: "y".repeat(128) } });
    rig.must({ ...go, transition: "Stay", inputs: { n: 5 } });
    expect(rig.document("quick/a").effects[0]).toMatchObject({ state: "A", with: { a: 2 } });
  });
});
