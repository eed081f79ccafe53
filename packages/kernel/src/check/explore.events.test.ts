import { describe, expect, it } from "vitest";
import { checkChart } from "./check-chart.ts";
import { explore, traceOf, type Exploration } from "./explore.ts";
import { GuardFormulas } from "./guard-formula.ts";
import { loadTestChart } from "./test/load-test-chart.ts";

function explored(text: string, limits?: Parameters<typeof explore>[2]): Exploration {
  const { chart } = loadTestChart(text);
  return explore(chart, new GuardFormulas(chart), limits);
}

/** `way -> configuration` of every node. */
function ways({ nodes }: Exploration): readonly string[] {
  return nodes.map(
    ({ index, configuration }) =>
      `${traceOf(nodes, index).join("; ")} -> ${configuration.paths.join(" ")}`,
  );
}

describe("which events come", () => {
  it("first one that creates, then all; none that nobody may propose", () => {
    const text = (creates: string): string => `${creates}
states:
  A: { on: { Go: B, Stop: C, Own: C } }
  B: { on: { Stop: C } }
  C: { type: final }
transitions: { Go: { by: [], joinedBy: [test.Stop] }, Stop: { by: [client] }, Own: { by: [] } }
`;
    expect(ways(explored(text("creates: [Go]")))).toEqual([" -> A", "Go -> B", "Go; Stop -> C"]);
    expect(ways(explored(text("")))).toEqual([" -> A", "Go -> B", "Stop -> C"]);
  });

  it("timers and deadlines while their state is active, and not before there is an instance", () => {
    const text = `
states:
  A:
    after: [ { id: t, ms: "5", raise: Late } ]
    entry: [ { emit: { id: e, effect: E, owner: "'o'", with: "1", deadlineMs: "5", onDeadline: Dead, answer: [Yes] } } ]
    on: { Late: B, Dead: C, Yes: D, Go: {} }
  B: { on: { Late: C, Dead: C, Yes: C } }
  C: { on: { Late: B } }
  D: {}
transitions: { Late: { by: [] }, Dead: { by: [] }, Yes: { by: [o] }, Go: { by: [client] } }
`;
    expect(ways(explored(text))).toEqual([
      " -> A",
      "Go -> A",
      "Go; Dead -> C",
      "Go; Late -> B",
      "Go; Yes -> D",
    ]);
  });

  it("guards of the transition bind proposals, not the chart's own events", () => {
    const text = (first: string): string => `
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
states:
  A: { on: { Go: {}, Tick: B }, ${first} }
  B: {}
transitions: { Go: { by: [client] }, Tick: { by: [client], guards: [never] } }
guards: { never: { when: "In('B')", reason: no } }
`;
    expect(ways(explored(text("entry: []")))).toEqual([" -> A", "Go -> A"]);
    expect(ways(explored(text('after: [ { id: t, ms: "5", raise: Tick } ]')))).toEqual([
      " -> A",
      "Go -> A",
      "Go; Tick -> B",
    ]);
  });

  it("kept effects from their emission on, until they are cancelled", () => {
    const text = (cancel: string): string => `
states:
  A: { on: { Ask: { target: B, actions: [ { emit: { id: e, effect: E, owner: "'o'", with: "1", deadlineMs: "5", onDeadline: Dead, answer: [Yes], keep: true } } ] }, Skip: B } }
  B: { on: { Yes: C, Go: { target: D${cancel} } } }
  C: {}
  D: { on: { Yes: E, Dead: E } }
  E: { type: final }
transitions: { Ask: { by: [client] }, Skip: { by: [client] }, Yes: { by: [o] }, Dead: { by: [] }, Go: { by: [client] } }
`;
    expect(ways(explored(text("")))).toEqual([
      " -> A",
      "Ask -> B",
      "Skip -> B",
      "Ask; Go -> D",
      "Ask; Yes -> C",
      "Skip; Go -> D",
      "Ask; Go; Dead -> E",
    ]);
    expect(ways(explored(text(", actions: [ { cancel: e } ]")))).toEqual([
      " -> A",
      "Ask -> B",
      "Skip -> B",
      "Ask; Go -> D",
      "Ask; Yes -> C",
    ]);
  });

  it("failing timer steps lead to onFailure of their region", () => {
    const text = `
onFailure: F
states:
  A: { on: { Go: {}, Late: B }, after: [ { id: t, ms: "5", raise: Late } ] }
  B: {}
  F: {}
transitions: { Go: { by: [client] }, Late: { by: [] } }
`;
    expect(ways(explored(text))).toEqual([
      " -> A",
      "Go -> A",
      "Go; Late -> B",
      "Go; Late (fails) -> F",
    ]);
  });

  it("beginnings that hang on guards are told", () => {
    const text = `
states:
  A: { always: [ { target: B, guards: [p] }, { target: C, guards: [q] } ], on: { Go: {} } }
  B: {}
  C: {}
transitions: { Go: { by: [client] } }
guards: { p: { when: "at > 5", reason: no }, q: { when: "at > 7", reason: no } }
`;
    expect(ways(explored(text)).slice(0, 3)).toEqual([
      "initial [p] -> B",
      "initial [!p, q] -> C",
      "initial [!p, !q] -> A",
    ]);
  });

  it("assumptions hold for a whole macrostep, and are free again in the next", () => {
    const text = `
states:
  A: { on: { Go: { target: B, guards: [p] } } }
  B: { always: [ { target: C, guards: [notP] } ], on: { Go: D } }
  C: {}
  D: { always: [ { target: C, guards: [notP] } ] }
transitions: { Go: { by: [client] } }
guards: { p: { when: "at > 5", reason: no }, notP: { when: "!(at > 5)", reason: no } }
`;
    expect(ways(explored(text))).toEqual(
      [" -> A", "Go [p, !notP] -> B", "Go [notP] -> C", "Go [!notP] -> D"].map((way) =>
        way.startsWith("Go [n") || way.startsWith("Go [!") ? `Go [p, !notP]; ${way}` : way,
      ),
    );
  });

  it("inputs are those of the event, and empty for events of the queue", () => {
    const text = `
states:
  A: { on: { Go: { target: B, guards: [p], actions: [ { raise: Own } ] } } }
  B: { on: { Own: { target: C, guards: [notP] } } }
  C: {}
transitions: { Go: { by: [client], inputs: { type: object, properties: { n: { type: integer } } } }, Own: { by: [] } }
guards: { p: { when: "has(inputs.n)", reason: no }, notP: { when: "!has(inputs.n)", reason: no } }
`;
    expect(ways(explored(text))).toEqual([" -> A", "Go [p, notP] -> C", "Go [p, !notP] -> B"]);
  });
});

describe("bounds", () => {
  it("hold where a loop fills the queue and decides anew in each round", () => {
    const { loops, isBounded } = explored(`
chart: swell
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, minimum: 0, maximum: 9 } } }
initialContext: { n: 1 }
initial: A
states:
  A:
    entry: [ { raise: Swell_On } ]
    on:
      Swell_On: { guards: [more], actions: [ { assign: { n: "context.n" } }, { raise: Swell_On }, { raise: Swell_On } ] }
      Swell_Stop: { target: B }
  B: { type: final }
transitions: { Swell_On: { by: [] }, Swell_Stop: { by: [client] } }
guards: { more: { when: "context.n > 0", reason: "enough" } }
`);
    expect(isBounded).toBe(true);
    expect(loops.map(({ isGuarded }) => isGuarded)).toEqual([true]);
  });

  /** Regions that turn independently: 4 to the power of their number. */
  const large = (regions: number, more = ""): string => {
    const names = Array.from({ length: regions }, (_, index) => `R${index}`);
    const states = names.map(
      (name) =>
        `  ${name}: { initial: A, states: { A: { on: { ${name}: B } }, B: { on: { ${name}: C } }, C: { on: { ${name}: D } }, D: { on: { ${name}: A } }${more.replaceAll("R_", name)} } }`,
    );
    return `type: parallel\nstates:\n${states.join("\n")}\ntransitions: { ${names.map((name) => `${name}: { by: [client] }`).join(", ")} }\n`;
  };
  const limits = { configurationsMax: 500, stepsMax: 20_000, branchesMax: 64 };
  const codes = (text: string): readonly string[] =>
    checkChart(loadTestChart(text).chart, undefined, limits).map(
      ({ severity, code, path }) => `${severity} ${code} ${path.join(".")}`,
    );

  it("are told, and nothing is claimed that was not seen", () => {
    expect(explored(large(3)).isBounded).toBe(false);
    expect(explored(large(3)).nodes).toHaveLength(4 ** 3 + 1);
    expect(explored(large(6), limits).nodes).toHaveLength(500);
    expect(codes(large(6))).toEqual(["note bounded "]);
  });

  it("hide nothing that can be told without seeing all", () => {
    const stray = large(6, ", E: { on: { R_: A } }");
    expect(codes(stray)).toEqual(
      [0, 1, 2, 3, 4, 5]
        .map((index) => `error unreachable_state states.R${index}.states.E`)
        .concat("note bounded "),
    );
    const hidden = large(6).replaceAll("{ on: { R0: B } }", "{ on: { R0: [ B, C ] } }");
    expect(codes(hidden)).toEqual([
      "error unreachable_transition states.R0.states.A.on.R0.1",
      "note bounded ",
    ]);
    const never = `${large(6).replace("A: { on: { R0: B } }", "A: { on: { R0: [ { target: B, guards: [e] }, B ] } }").replace("D: { on: { R0: A } }", "D: { on: { R0: A } }, E: { on: { R0: A } }")}guards: { e: { when: "In('R0.E') && In('R1.A')", reason: no } }\n`;
    expect(codes(never)).toContain("error unreachable_state states.R0.states.E");
    expect(codes(never)).toContain("error unreachable_transition states.R0.states.A.on.R0.0");
  });

  it("of steps and of branches count as well", () => {
    expect(explored(large(3), { ...limits, stepsMax: 10 }).isBounded).toBe(true);
    const guards = Array.from({ length: 8 }, (_, index) => `g${index}`);
    const wide = `
states:
  A: { on: { Go: [ ${guards.map((name) => `{ guards: [${name}] }`).join(", ")} ] } }
transitions: { Go: { by: [client] } }
guards: { ${guards.map((name, index) => `${name}: { when: "at > ${index}", reason: no }`).join(", ")} }
`;
    expect(explored(wide, { ...limits, branchesMax: 9 }).isBounded).toBe(false);
    const bounded = explored(wide, { ...limits, branchesMax: 8 });
    expect(bounded.isBounded).toBe(true);
    expect(bounded.nodes.some((node) => node.isCut)).toBe(true);
  });
});

describe("time", () => {
  it("eight regions of four states meet the bound, and no more than that", () => {
    const events = Array.from({ length: 8 }, (_, index) => index);
    const text = `type: parallel\nstates:\n${events.map((index) => `  R${index}: { initial: A, states: { A: { on: { E${index}: B } }, B: { on: { E${index}: C } }, C: { on: { E${index}: D } }, D: { on: { E${index}: A } } } }`).join("\n")}\ntransitions: { ${events.map((index) => `E${index}: { by: [client] }`).join(", ")} }\n`;
    const { nodes, steps, isBounded } = explored(text, {
      configurationsMax: 2_000,
      stepsMax: 300_000,
      branchesMax: 64,
    });
    expect(isBounded).toBe(true);
    expect(nodes).toHaveLength(2_000);
    expect(steps).toBeLessThan(2_000 * 8 + 2);
  });
});
