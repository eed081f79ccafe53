import { describe, expect, it } from "vitest";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { loadChart, Rig } from "./test/rig.ts";

/**
 * A timer step that fails is discarded whole (kernel design §3, Timers): beside configuration and context (told in
 * `reduce.timers.test.ts`) also its effects' numbers, outcomes, epochs, histories, joins, and an end.
 */
const LEDGER = loadChart(`
chart: ledger
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: A
states:
  A: { on: { Put: { actions: [ { assign: { n: "context.n + 1" } } ] }, Deny: { guards: [never] } } }
transitions:
  Put: { by: [], joinedBy: [trial.Blow, trial.Ring, trial.Finish, trial.Again] }
  Deny: { by: [], joinedBy: [trial.Blow, trial.Ring, trial.Finish, trial.Again] }
guards:
  never: { when: "1 > 2", reason: "never" }
`);

const PUT = `{ join: { instance: "'ledger/a'", transition: Put, inputs: "{}" } }`;
const DENY = `{ join: { instance: "'ledger/b'", transition: Deny, inputs: "{}" } }`;
const FAIL = `{ assign: { n: "context.n * 0 + 100" } }`;
const emit = (id: string): string =>
  `{ emit: { id: ${id}, effect: E, owner: "'x'", with: "null", deadlineMs: "600000", onDeadline: Never, answer: [Answer] } }`;

/** One region with a history, another that a step of it never touches. */
function trial(given: {
  readonly onFailure?: string;
  readonly blow?: string;
  readonly ring?: string;
  readonly saved?: string;
}): CompiledChart {
  return loadChart(`
chart: trial
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, maximum: 9 } } }
initialContext: { n: 0 }
type: parallel
regions: [L, R]
states:
  L:
    initial: IN
    ${given.onFailure ?? ""}
    states:
      IN:
        initial: X
        after: [ { id: t1, ms: "10", raise: Blow }, { id: t2, ms: "10", raise: Ring } ]
        states:
          X: { on: { Inner: { target: Y } } }
          Y: {}
          H: { type: history, history: shallow, target: X }
        on:
          Begin: {}
          Answer: {}
          Never: {}
          Blow: { guards: [seen], target: OUT, actions: [ ${given.blow ?? FAIL} ] }
          Ring: { actions: [ ${given.ring ?? ""} ] }
      OUT: { on: { Begin: { target: IN.H }, Ring: {} } }
      SAVED: { entry: [ ${given.saved ?? ""} ], on: { Begin: { target: IN.H } } }
  R:
    initial: Z
    states: { Z: { on: { Begin: {} } } }
transitions:
  Begin: { by: [operator] }
  Inner: { by: [operator] }
  Answer: { by: [operator] }
  Never: { by: [] }
  Blow: { by: [] }
  Ring: { by: [] }
guards:
  seen: { when: "context.n >= 0", reason: "no", okReason: "seen" }
`);
}

const instance = "trial/a";
const timer = { act: "@timer", instance } as const;

/** Both timers have come. */
function due(chart: CompiledChart): Rig {
  const rig = new Rig(LEDGER, chart);
  rig.must({ instance, transition: "Begin" });
  rig.at += 10;
  return rig;
}

describe("a discarded timer step", () => {
  it("leaves no outcome, no epoch, no history; what comes after it is as if it had not been", () => {
    const rig = due(trial({}));
    const before = rig.document(instance);
    const { record } = rig.mustAct(timer);
    expect(record.raised).toMatchObject([
      { event: "Blow", taken: false },
      { event: "Ring", taken: true },
    ]);
    expect(record.raised[0]?.failed).toMatch(/assign n/);
    expect(record.outcomes).toEqual([]);
    const { configuration, context, epoch, history } = rig.document(instance);
    expect({ configuration, context, epoch, history }).toEqual({
      configuration: ["L.IN.X", "R.Z"],
      context: { n: 0 },
      epoch: before.epoch,
      history: {},
    });
  });

  it("gives back the numbers of its effects and forgets its joins", () => {
    const chart = trial({
      onFailure: "onFailure: SAVED",
      blow: `${emit("e1")}, ${PUT}, ${FAIL}`,
      saved: emit("e2"),
    });
    const rig = due(chart);
    const { record } = rig.mustAct(timer);
    expect(record.effects.opened.map(({ id, name }) => [id, name])).toEqual([
      ["trial/a#2.0", "e2"],
    ]);
    expect(record.parts).toEqual([]);
    expect(rig.head("ledger/a")).toBeUndefined();
    expect(rig.document(instance).configuration).toEqual(["L.SAVED", "R.Z"]);
  });

  it("forgets what it had joined before a join was refused", () => {
    const rig = due(trial({ blow: `${PUT}, ${DENY}` }));
    const { record } = rig.mustAct(timer);
    expect(record.raised[0]?.failed).toBe("join ledger/b Deny guard_failed never: never");
    expect(record.parts).toEqual([]);
    const { configuration, history } = rig.document(instance);
    expect({ configuration, history }).toEqual({ configuration: ["L.IN.X", "R.Z"], history: {} });
  });

  it("leaves a history as it was for the state where failures go", () => {
    const chart = trial({ onFailure: "onFailure: SAVED", blow: DENY });
    const rig = due(chart);
    rig.must({ instance, transition: "Inner" });
    rig.mustAct(timer);
    expect(rig.document(instance).history).toEqual({ "L.IN.H": ["L.IN.Y"] });
    rig.must({ instance, transition: "Begin" });
    expect(rig.document(instance).configuration).toEqual(["L.IN.Y", "R.Z"]);
  });

  it("goes to onFailure without the joins of a way there that fails as well", () => {
    const chart = trial({ onFailure: "onFailure: SAVED", saved: `${PUT}, ${DENY}` });
    const rig = due(chart);
    const { record } = rig.mustAct(timer);
    expect(record.raised).toMatchObject([
      { event: "Blow", taken: false },
      { event: "Ring", taken: true },
    ]);
    expect(record.parts).toEqual([]);
    expect(rig.head("ledger/a")).toBeUndefined();
    expect(rig.document(instance).configuration).toEqual(["L.IN.X", "R.Z"]);
  });
});

const FINISHING = loadChart(`
chart: trial
version: 1
context: { type: object }
initialContext: {}
initial: A
states:
  A:
    after: [ { id: t, ms: "10", raise: Finish } ]
    on: { Begin: {}, Finish: { target: END, actions: [ ${DENY} ] } }
  END: { type: final }
transitions: { Begin: { by: [operator] }, Finish: { by: [] } }
`);

describe("a timer step that would have ended its instance", () => {
  it("has not ended it where it is discarded", () => {
    const rig = due(FINISHING);
    const { record } = rig.mustAct(timer);
    expect(record.raised).toMatchObject([{ event: "Finish", taken: false }]);
    expect(rig.document(instance)).toMatchObject({ configuration: ["A"], meta: { ended: false } });
    rig.must({ instance, transition: "Begin" });
  });
});

const SHARING = loadChart(`
chart: trial
version: 1
context: { type: object }
initialContext: {}
initial: A
states:
  A:
    after: [ { id: t1, ms: "10", raise: Ring }, { id: t2, ms: "10", raise: Again } ]
    on: { Begin: {}, Ring: { actions: [ ${PUT} ] }, Again: { actions: [ ${PUT} ] } }
transitions: { Begin: { by: [operator] }, Ring: { by: [] }, Again: { by: [] } }
`);

describe("a timer step that an earlier one's join is in the way of", () => {
  it("is left for the next record, and does not fail", () => {
    const rig = due(SHARING);
    const first = rig.mustAct(timer).record;
    expect(first.raised).toEqual([{ event: "Ring", taken: true }]);
    expect(first.parts.map((part) => part.instance)).toEqual(["ledger/a"]);
    expect(rig.document(instance).timers.map(({ id }) => id)).toEqual(["t2"]);
    const second = rig.mustAct(timer).record;
    expect(second.raised).toEqual([{ event: "Again", taken: true }]);
    expect(rig.document("ledger/a").context).toEqual({ n: 2 });
  });
});
