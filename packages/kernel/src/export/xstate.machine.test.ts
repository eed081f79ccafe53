import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENTS, randomChart } from "../interpret/test/random-chart.ts";
import { XSTATE_DIFFERENCES } from "../interpret/test/xstate-differences.ts";
import { chartOf, orderExample, yamlChart } from "./test/load-export-chart.ts";
import { ourWalk, xstateWalk } from "./test/export-machine.ts";
import { toXState } from "./xstate.ts";

const RUNS = 200 * Number(process.env["SWOOSH_SOAK"] ?? 1);

describe("the order example in XState", () => {
  const chart = orderExample();
  const machine = toXState(chart.normal);
  const events = [...chart.transitions.keys()];
  const guards = ["notEmpty", "stockOpen", "belowLimit", "retriesLeft", "notHeld"];
  const stateGuards = { flowDone: ["#order.Flow.SHIPPED", "#order.Flow.CANCELLED"] };

  it("goes where it goes here, on any walk", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...events), { maxLength: 25 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        (walk, answers) => {
          const truth = (name: string): boolean => answers[guards.indexOf(name)] === true;
          const ours = ourWalk(chart, { events: walk, truth });
          // Retries go round for ever where they are always left.
          fc.pre(ours !== undefined);
          expect(xstateWalk(machine, { events: walk, guards, truth, stateGuards })).toEqual(ours);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("comes to its end by the way that ships it", () => {
    const walk = ["Order_Add", "Order_Submit", "Payment_Ok", "Stock_Reserved"];
    const truth = (): boolean => true;
    expect(xstateWalk(machine, { events: walk, guards, truth, stateGuards }).at(-1)).toBe(
      "Control.CLOSED Flow.SHIPPED",
    );
  });
});

describe("random charts in XState", () => {
  it("go where they go here, but for the listed differences", () => {
    let compared = 0;
    const shape = { statesMax: 14, regionsMax: 3, regioned: true, raises: true, history: true };
    fc.assert(
      fc.property(
        randomChart(shape),
        fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (value, events, answers) => {
          const chart = chartOf(value);
          if (XSTATE_DIFFERENCES.some((difference) => difference.mayShow(chart))) return;
          const machine = toXState(chart.normal);
          // XState's `initial` is one child.
          if (JSON.stringify(machine).includes('"initial":["')) return;
          const truth = (name: string): boolean => answers[Number(name.slice(1))] === true;
          const ours = ourWalk(chart, { events, truth });
          if (ours === undefined) return;
          compared += 1;
          const guards = Object.keys(chart.normal.guards);
          expect(xstateWalk(machine, { events, guards, truth })).toEqual(ours);
        },
      ),
      { numRuns: RUNS },
    );
    // Measured: 14 % of these charts show none of the differences; the floor is four deviations below.
    expect(compared).toBeGreaterThan(RUNS / 25);
  });
});

describe("what each thing becomes", () => {
  const chart = yamlChart(`
regions: [root]
context: { type: object, properties: { n: { type: integer } } }
states:
  B:
    initial: Y
    entry: [ { raise: Go } ]
    exit: [ { join: { instance: "'test/1'", transition: Go, inputs: "{}" } } ]
    on:
      Go: [ { target: A, guards: [p] }, { target: .Y, internal: true, guards: [p, q] }, { actions: [ { assign: { n: "1" } } ] } ]
    states:
      Y: { after: [ { id: soon, ms: "500", raise: Late } ], on: { Late: Z } }
      Z: { type: final }
      H: { type: history, history: deep, target: Z }
    onDone: { target: A }
  A: { on: { Go: "#test.B.H", Stop: End }, sticky: { leaveBy: [Go, Stop] } }
  End: { type: final }
transitions: { Go: { by: [client], joinedBy: [test.Go] }, Late: { by: [] }, Stop: { by: [client] } }
guards: { p: { when: "at > 1", reason: no }, q: { when: "at > 2", reason: no } }
`);
  const machine = JSON.parse(JSON.stringify(toXState(chart.normal)));

  it("targets are ids, external ones re-enter, internal ones do not", () => {
    expect(machine.states.B.on.Go).toEqual([
      { target: "#test.A", reenter: true, guard: "p" },
      { target: "#test.B.Y", guard: { type: "and", params: { guards: ["p", "q"] } } },
      { actions: [{ type: "assign", params: { assign: [["n", "1"]] } }] },
    ]);
    expect(machine.states.B.onDone).toEqual([{ target: "#test.A", reenter: true }]);
  });

  it("histories, finals, timers, actions and what only charts have", () => {
    expect(machine.states.B.states.H).toEqual({
      type: "history",
      history: "deep",
      target: "#test.B.Z",
    });
    expect(machine.states.B.states.Z).toEqual({ type: "final" });
    expect(machine.states.B.states.Y.after).toEqual({
      soon: { actions: [{ type: "raise", params: { event: "Late" } }] },
    });
    expect(machine.states.B.states.Y.meta).toEqual({
      swoosh: { after: [{ id: "soon", ms: "500", beats: null, raise: "Late" }] },
    });
    expect(machine.states.B.entry).toEqual([{ type: "raise", params: { event: "Go" } }]);
    expect(machine.states.B.exit).toEqual([
      { type: "join", params: { instance: "'test/1'", transition: "Go", inputs: "{}" } },
    ]);
    expect(machine.states.A.meta).toEqual({ swoosh: { sticky: { leaveBy: ["Go", "Stop"] } } });
    expect(machine.meta.swoosh.order).toEqual(["B", "A", "End"]);
    expect(machine).toMatchObject({ id: "test", version: "1", context: {}, initial: "B" });
    expect(machine.meta.swoosh.declarations.guards.p.when).toBe("at > 1");
  });
});
