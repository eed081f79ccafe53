import { describe, expect, it } from "vitest";
import { checkChart } from "./check-chart.ts";
import { explore, type ExploreLimits } from "./explore.ts";
import { GuardFormulas } from "./guard-formula.ts";
import { loadTestChart } from "./test/load-test-chart.ts";

const LIMITS: ExploreLimits = { configurationsMax: 1_000, stepsMax: 10_000, branchesMax: 64 };

/** Codes with paths, under some bound. */
function claims(text: string, limits: Partial<ExploreLimits> = {}): readonly string[] {
  const { chart } = loadTestChart(text);
  return checkChart(chart, undefined, { ...LIMITS, ...limits }).map(({ code, path }) =>
    `${code} ${path.join(".")}`.trim(),
  );
}

describe("a deadlock is not claimed", () => {
  const waiting = `
type: parallel
states:
  One: { initial: A, states: { A: { on: { Go: B } }, B: { on: { Stop: C } }, C: { type: final } } }
  Two: { initial: X, states: { X: { on: { Flip: { target: Y, guards: [inB] } } }, Y: { type: final } } }
transitions: { Go: { by: [client], guards: [free] }, Stop: { by: [client] }, Flip: { by: [client] } }
guards: { inB: { when: "In('One.B')", reason: no }, free: { when: "at > 1", reason: no } }
`;

  it("of a region that waits for what there was no room for", () => {
    // Without a bound it is there: once One is in C, Two waits for ever.
    expect(claims(waiting)).toEqual(["deadlock states.Two.states.X"]);
    expect(claims(waiting, { configurationsMax: 1 })).toEqual(["bounded"]);
  });

  it("of configurations that nobody looked into", () => {
    const chain = `
states:
  A: { on: { Go: B } }
  B: { on: { Go: C } }
  C: { on: { Go: A } }
transitions: { Go: { by: [client] } }
`;
    expect(claims(chain)).toEqual([]);
    expect(claims(chain, { stepsMax: 2 })).toEqual(["bounded"]);
  });
});

describe("a lost compensation is not claimed", () => {
  const text = `
states:
  A: { on: { Do: B } }
  B: { on: { Undo: { target: A, guards: [p, q] }, Go: C } }
  C: { type: final }
transitions: { Do: { by: [client], compensatedBy: Undo }, Undo: { by: [client] }, Go: { by: [client] } }
guards: { p: { when: "at > 1", reason: no }, q: { when: "at > 2", reason: no } }
`;

  it("where its transition leads to a configuration that nobody looked into", () => {
    expect(claims(text)).toEqual([]);
    expect(claims(text, { stepsMax: 2 })).toEqual(["bounded"]);
  });
});

describe("an endless loop is not claimed", () => {
  /** `Go` raises many events, and comes to rest; `Boom` fills the queue for ever. */
  const text = (count: number, boom: string): string => `
states:
  A: { on: { ${boom === "" ? "" : `Boom: { ${boom} }, `}Go: { target: B, actions: [ ${Array.from({ length: count }, () => "{ raise: Step }").join(", ")} ] } } }
  B: { on: { Step: {}, End: C } }
  C: { type: final }
transitions: { ${boom === "" ? "" : "Boom: { by: [client] }, "}Go: { by: [client] }, Step: { by: [] }, End: { by: [client] } }
`;
  const filling = "actions: [ { raise: Boom }, { raise: Boom } ]";

  it("of what raises much and comes to rest", () => {
    expect(claims(text(300, ""))).toEqual([]);
  });

  it("of what raises much beside a loop that fills the queue, nor what comes after it", () => {
    expect(claims(text(40, filling))).toEqual(["always_loop states.A.on.Boom.0", "bounded"]);
    expect(claims(text(20, filling))).toEqual(["always_loop states.A.on.Boom.0"]);
  });
});

describe("what may be reached at all", () => {
  it("includes where failed timer steps lead", () => {
    const text = `
onFailure: F
states:
  A: { on: { Go: B, Late: B }, after: [ { id: t, ms: "5", raise: Late } ] }
  B: { on: { Go: A } }
  F: { on: { Go: A } }
transitions: { Go: { by: [client] }, Late: { by: [] } }
`;
    expect(claims(text, { configurationsMax: 1 })).toEqual(["bounded"]);
  });

  it("includes transitions that want one state active and another not", () => {
    const text = `
type: parallel
states:
  One: { initial: A, states: { A: { on: { Go: { target: B, guards: [mixed] } } }, B: { on: { Go: A } } } }
  Two: { initial: A, states: { A: { on: { Two: B } }, B: { on: { Two: A } } } }
  Three: { initial: A, states: { A: { on: { Three: B } }, B: { on: { Three: A } } } }
transitions: { Go: { by: [client] }, Two: { by: [client] }, Three: { by: [client] } }
guards: { mixed: { when: "In('Two.B') && !In('Three.B')", reason: no } }
`;
    expect(claims(text)).toEqual([]);
    expect(claims(text, { configurationsMax: 1 })).toEqual(["bounded"]);
  });
});

describe("ways that meet again", () => {
  it("are followed once: two choices in each of twelve steps are not 4,096 ways", () => {
    const steps = Array.from({ length: 12 }, (_, step) => {
      const assign = 'actions: [ { assign: { n: "context.n + 1" } } ]';
      return `  S${step}: { always: [ { target: S${step + 1}, guards: [p], ${assign} }, { target: S${step + 1}, ${assign} } ] }`;
    });
    const { chart } = loadTestChart(`
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
states:
  A: { on: { Go: S0 } }
${steps.join("\n")}
  S12: { type: final }
transitions: { Go: { by: [client] } }
guards: { p: { when: "context.n > 3", reason: no } }
`);
    const explored = explore(chart, new GuardFormulas(chart), LIMITS);
    expect(explored.isBounded).toBe(false);
    expect(explored.nodes.map(({ configuration }) => configuration.paths.join())).toEqual([
      "A",
      "S12",
    ]);
    expect(explored.coverage.candidates.size).toBe(chart.candidates.length);
  });
});
