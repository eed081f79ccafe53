import { describe, expect, it } from "vitest";
import { checkChart } from "./check-chart.ts";
import { loadTestChart } from "./test/load-test-chart.ts";

function claims(text: string): readonly string[] {
  return checkChart(loadTestChart(text).chart).map(({ code, path }) => `${code} ${path.join(".")}`);
}

describe("the end of an instance", () => {
  const text = (guard: string): string => `
states:
  A: { on: { Go: B } }
  B: { type: final }
on: { Again: { actions: [], guards: [where] } }
transitions: { Go: { by: [client] }, Again: { by: [client] } }
guards: { where: { when: "In('${guard}')", reason: no } }
`;

  it("is the end of all events: what wants the last state active is never taken", () => {
    expect(claims(text("B"))).toEqual(["unreachable_transition on.Again.0"]);
    expect(claims(text("A"))).toEqual([]);
  });

  it("needs no way out of a sticky state", () => {
    const sticky = (kind: string): string => `
states:
  A: { on: { Go: B } }
  B: { ${kind}sticky: { leaveBy: [] } }
transitions: { Go: { by: [client] } }
`;
    expect(claims(sticky("type: final, "))).toEqual([]);
    expect(claims(sticky(""))).toEqual(["sticky_trap states.B.sticky"]);
  });
});

describe("a history that a state begins with", () => {
  it("is reached with its state", () => {
    const text = (initial: string): string => `
states:
  A: { initial: ${initial}, states: { X: { on: { Go: Y } }, Y: { on: { Go: X } }, H: { type: history, target: X } }, on: { Out: B } }
  B: { on: { Back: A, Out: C } }
  C: { type: final }
transitions: { Go: { by: [client] }, Out: { by: [client] }, Back: { by: [client] } }
`;
    expect(claims(text("H"))).toEqual([]);
    expect(claims(text("X"))).toEqual(["unreachable_state states.A.states.H"]);
  });
});
