import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ChartProblem } from "../chart/normal-chart.ts";
import { checkChart } from "./check-chart.ts";
import { isTakeable, replay } from "./test/replay.ts";
import { loadTestChart } from "./test/load-test-chart.ts";

const EXAMPLE = new URL("../../../../examples/order/example-chart.yaml", import.meta.url);

/** Findings as `severity code at path: message <trace>`, notes left out. */
function findings(text: string): readonly string[] {
  return spoken(check(text).filter(({ severity }) => severity !== "note"));
}

function check(text: string): readonly ChartProblem[] {
  const { chart, positions } = loadTestChart(text);
  const problems = checkChart(chart, positions);
  for (const { trace, code } of problems) {
    if (trace === undefined) continue;
    const end = replay(chart, trace);
    expect(end.kind, `${code} replayed`).toBe(code.endsWith("always_loop") ? "endless" : "rest");
  }
  return problems;
}

function spoken(problems: readonly ChartProblem[]): readonly string[] {
  return problems.map(({ severity, code, path, message, trace, line }) => {
    const way = trace === undefined ? "" : ` <${trace.join("; ")}>`;
    return `${severity} ${code} ${path.join(".")} (${String(line)}): ${message}${way}`;
  });
}

const HEAD = "chart: test\nversion: 1\n";

describe("the order example", () => {
  it("checks clean, without even a note", () => {
    expect(check(readFileSync(EXAMPLE, "utf8"))).toEqual([]);
  });
});

describe("unreachable states", () => {
  const chart = (target: string): string => `${HEAD}states:
  A: { on: { Go: { target: ${target} } } }
  B: { on: { Go: A } }
  C: { type: final }
transitions: { Go: { by: [client] } }
`;

  it("are told where they stand", () => {
    expect(findings(chart("B"))).toEqual([
      "error unreachable_state states.C (6): state C can never be entered: nothing leads to it",
    ]);
  });

  it("are none when something leads to all", () => {
    expect(findings(chart("C"))).toEqual([
      "error unreachable_state states.B (5): state B can never be entered: nothing leads to it",
    ]);
    expect(
      findings(
        `${HEAD}states: { A: { on: { Go: B } }, B: { type: final } }\ntransitions: { Go: { by: [client] } }\n`,
      ),
    ).toEqual([]);
  });

  it("tell the outermost state alone, and what would lead there", () => {
    const text = `${HEAD}states:
  A: { on: { Go: { target: B, guards: [never] }, Stop: C } }
  B: { initial: X, states: { X: { on: { Go: Y } }, Y: {} } }
  C: { type: final }
transitions: { Go: { by: [client] }, Stop: { by: [client] } }
guards: { never: { when: "1 > 2", reason: no } }
`;
    expect(findings(text)).toEqual([
      "error unreachable_transition states.A.on.Go.0 (4): Go in A can never be taken: its guard never is always false",
      "error unreachable_state states.B (5): state B can never be entered: what leads to it can never be taken (Go in A)",
    ]);
  });

  it("include histories that nothing leads to", () => {
    const text = (target: string): string => `${HEAD}states:
  A: { initial: X, states: { X: { on: { Go: Y } }, Y: { on: { Go: X } }, H: { type: history } }, on: { Out: B } }
  B: { on: { Back: ${target}, Out: C } }
  C: { type: final }
transitions: { Go: { by: [client] }, Out: { by: [client] }, Back: { by: [client] } }
`;
    expect(findings(text("A"))).toEqual([
      "error unreachable_state states.A.states.H (4): state A.H can never be entered: nothing leads to it",
    ]);
    expect(findings(text("'#test.A.H'"))).toEqual([]);
  });

  it("respect `creates`: the beginning is left by the event that creates", () => {
    const text = (creates: string): string => `${HEAD}creates: [${creates}]
states:
  A: { on: { Go: B, Other: C } }
  B: { on: { Go: C } }
  C: { type: final }
transitions: { Go: { by: [client] }, Other: { by: [client] } }
`;
    expect(findings(text("Go"))).toEqual([
      "error unreachable_transition states.A.on.Other.0 (5): Other in A can never be taken: whenever its event comes, another transition is taken",
    ]);
    expect(findings(text("Go, Other"))).toEqual([]);
  });
});

describe("unreachable transitions", () => {
  const chart = (go: string, more = ""): string => `${HEAD}states:
  A: { on: { Go: ${go} } }
  B: { on: { Go: A, Stop: C } }
  C: { type: final }
transitions: { Go: { by: [client] }, Stop: { by: [client] }${more} }
guards:
  yes: { when: "true", reason: no }
  p: { when: "inputs == inputs", reason: no }
`;

  it("behind a candidate without guards", () => {
    const text = chart("[ { target: B }, { target: C, guards: [p, yes] } ]");
    expect(findings(text)).toEqual([
      "error unreachable_transition states.A.on.Go.1 (4): Go in A can never be taken: candidate 1 before it is always taken first",
    ]);
    expect(findings(chart("[ { target: B, guards: [p] }, { target: C, guards: [yes] } ]"))).toEqual(
      [],
    );
  });

  it("with guards that exclude one another", () => {
    const text = (second: string): string =>
      `${HEAD}context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
states:
  A: { on: { Go: [ { target: B, guards: [few, ${second}] }, { target: B } ] } }
  B: { type: final }
transitions: { Go: { by: [client] } }
guards:
  few: { when: "context.n < 5", reason: no }
  many: { when: "!(context.n<= 4)", reason: no }
  some: { when: "context.n > 1", reason: no }
`.replace(second === "many" ? /\n {2}some.*/ : /\n {2}many.*/, "");
    expect(findings(text("many"))).toEqual([
      "error unreachable_transition states.A.on.Go.0 (6): Go in A can never be taken: there is no configuration in which its guards hold together (few, many)",
    ]);
    expect(findings(text("some"))).toEqual([]);
  });

  it("whose event never comes", () => {
    const text = (action: string): string => `${HEAD}states:
  A: { on: { Go: B, Too: { target: B${action} } } }
  B: { on: { Own: { target: C } , Go: C } }
  C: { type: final }
transitions: { Go: { by: [client] }, Too: { by: [client] }, Own: { by: [] } }
`;
    expect(findings(text(""))).toEqual([
      "error unreachable_transition states.B.on.Own.0 (5): Own in B can never be taken: nobody may propose Own, and no action, timer or deadline raises it",
    ]);
    expect(findings(text(", actions: [ { raise: Own } ]"))).toEqual([]);
  });

  it("on the end of a state that never ends", () => {
    const text = (kind: string): string => `${HEAD}states:
  A: { initial: X, states: { X: { on: { Go: Y } }, Y: { ${kind} } }, onDone: B, on: { Stop: B } }
  B: { type: final }
transitions: { Go: { by: [client] }, Stop: { by: [client] } }
`;
    expect(findings(text("on: { Go: X }"))).toEqual([
      "error unreachable_transition states.A.onDone.0 (4): onDone of A can never be taken: A is never done",
    ]);
    expect(findings(text("type: final"))).toEqual([]);
  });

  it("of timers, deadlines and answers can be reached while their state is active", () => {
    const text = `${HEAD}states:
  A:
    after: [ { id: late, ms: "5", raise: Late } ]
    entry: [ { emit: { id: ask, effect: Ask, owner: "'x'", with: "1", deadlineMs: "5", onDeadline: Dead, answer: [Yes] } } ]
    on: { Late: B, Dead: B, Yes: B }
  B: { on: { YesToo: C, Yes: C } }
  C: { type: final }
transitions: { Late: { by: [] }, Dead: { by: [] }, Yes: { by: [x] }, YesToo: { by: [x] } }
creates: [YesToo]
`.replace("on: { Late", "on: { YesToo: { }, Late");
    expect(findings(text)).toEqual([
      "error unreachable_transition states.B.on.Yes.0 (8): Yes in B can never be taken: whenever its event comes, another transition is taken",
    ]);
    expect(findings(text.replace("answer: [Yes]", "answer: [Yes], keep: true"))).toEqual([]);
  });
});

describe("loops", () => {
  const chart = (
    guards: string,
    more = "",
  ): string => `${HEAD}context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
states:
  A: { on: { Go: B, Stop: D } }
  B: { always: [ { target: C${guards} } ], on: { Stop: D } }
  C: { always: [ { target: B } ]${more} }
  D: { type: final }
transitions: { Go: { by: [client] }, Stop: { by: [client] } }
guards: { p: { when: "context.n > 0", reason: no } }
`;

  it("without guards are errors", () => {
    const text = chart("").replace(/guards: \{ p.*\n/, "");
    expect(findings(text)).toEqual([
      "error always_loop states.B.always.0 (7): this goes round for ever, whatever the guards say: always in B, always in C <Go>",
      "error unreachable_transition states.B.on.Stop.0 (7): Stop in B can never be taken: whenever its event comes, another transition is taken",
    ]);
  });

  it("with guards are warnings", () => {
    expect(findings(chart(", guards: [p]"))).toEqual([
      "warning guarded_always_loop states.B.always.0 (7): as long as the guards assumed stay true this goes round and never comes to rest: always in B, always in C <Go [p]>",
    ]);
  });

  it("are none where a guard and its opposite would both have to hold", () => {
    const text = chart(", guards: [p]").replace(
      "{ target: B } ]",
      "{ target: B, guards: [q] } ], on: { Stop: D }",
    );
    const q = (when: string): string =>
      text.replace("reason: no } }", `reason: no }, q: { when: "${when}", reason: no } }`);
    expect(findings(q("!(context.n>0)"))).toEqual([
      "error unreachable_transition states.C.always.0 (8): always in C can never be taken: there is no configuration in which its guards hold together (q)",
    ]);
    expect(findings(q("context.n < 9")).map((one) => one.split(" ")[1])).toEqual([
      "guarded_always_loop",
    ]);
  });

  it("are possible again when an action assigns what the guard looks at", () => {
    const assign = ', actions: [ { assign: { n: "context.n + 1" } } ]';
    const text = (b: string, c: string): string =>
      chart(`, guards: [p]${b}`)
        .replace("{ target: B } ]", `{ target: B, guards: [q]${c} } ], on: { Stop: D }`)
        .replace("reason: no } }", 'reason: no }, q: { when: "!(context.n > 0)", reason: no } }');
    expect(findings(text(assign, ""))).toEqual([]);
    expect(findings(text(assign, assign))).toEqual([
      "warning guarded_always_loop states.B.always.0 (7): as long as the guards assumed stay true this goes round and never comes to rest: always in B, always in C <Go [p, q]>",
    ]);
  });

  it("of raised events count too", () => {
    const text = `${HEAD}states:
  A: { on: { Go: { actions: [ { raise: Go } ] }, Stop: B } }
  B: { type: final }
transitions: { Go: { by: [client] }, Stop: { by: [client] } }
`;
    expect(findings(text)).toEqual([
      "error always_loop states.A.on.Go.0 (4): this goes round for ever, whatever the guards say: Go in A <Go>",
    ]);
    const twice = text.replace("[ { raise: Go } ]", "[ { raise: Go }, { raise: Go } ]");
    expect(findings(twice).map((one) => one.split(" ")[1])).toEqual(["always_loop"]);
    expect(
      findings(text.replace("{ actions: [ { raise: Go } ] }", "{ actions: [ { raise: Stop } ] }")),
    ).toEqual([]);
  });

  it("at the very beginning have no event before them", () => {
    const text = `${HEAD}states:
  A: { always: [ { target: B } ] }
  B: { always: [ { target: A } ] }
`;
    expect(findings(text)).toEqual([
      "error always_loop states.A.always.0 (4): this goes round for ever, whatever the guards say: always in A, always in B <initial>",
    ]);
  });
});

describe("deadlocks", () => {
  const chart = (b: string): string => `${HEAD}states:
  A: { on: { Go: B } }
  B: { ${b} }
transitions: { Go: { by: [client], guards: [p] } }
guards: { p: { when: "at > 5", reason: no } }
`;

  it("are warnings with the way there", () => {
    expect(findings(chart(""))).toEqual([
      "warning deadlock states.B (5): nothing can leave B, though it is not final: no event does anything there any more <Go [p]>",
    ]);
  });

  it("are none in final states, and where something still happens", () => {
    expect(findings(chart("type: final"))).toEqual([]);
    expect(findings(chart("on: { Go: { actions: [] } }"))).toEqual([]);
  });

  it("of one region show while others go on", () => {
    const text = (b: string): string => `${HEAD}type: parallel
states:
  One: { initial: A, states: { A: { on: { Go: B } }, B: { ${b} } } }
  Two: { initial: X, states: { X: { on: { Flip: Y } }, Y: { on: { Flip: X } } } }
transitions: { Go: { by: [client] }, Flip: { by: [client] } }
`;
    expect(findings(text(""))).toEqual([
      "warning deadlock states.One.states.B (5): nothing can leave One.B, though it is not final: no event does anything there any more (nor in 1 other configuration) <Go>",
    ]);
    expect(findings(text("type: final"))).toEqual([]);
  });

  it("follow `In(…)` guards into other regions", () => {
    const text = (go: string): string => `${HEAD}type: parallel
states:
  One: { initial: A, states: { A: { on: { Go: { target: B, guards: [open] } } }, B: { type: final } } }
  Two: { initial: X, states: { X: { on: { ${go} } }, Y: { type: final } } }
transitions: { Go: { by: [client] }, Shut: { by: [client] } }
guards: { open: { when: "In('Two.X')", reason: shut } }
`;
    expect(findings(text("Shut: Y"))).toEqual([
      "warning deadlock states.One.states.A (5): nothing can leave One.A, though it is not final: no event does anything there any more <Shut>",
    ]);
    expect(
      findings(
        text("Shut: { target: Y, guards: [gone] }").replace(
          "guards: { open",
          "guards: { gone: { when: \"In('One.B')\", reason: x }, open",
        ),
      ),
    ).toEqual([]);
  });

  it("say so when no instance can begin", () => {
    const text = `${HEAD}creates: [Go]
states:
  A: { on: { Other: B } }
  B: { on: { Go: A } }
transitions: { Go: { by: [client] }, Other: { by: [client] } }
`;
    expect(findings(text).at(-1)).toBe(
      "warning deadlock states.A (5): nothing can leave A, though it is not final: no transition that may create an instance leads on <>",
    );
  });
});

describe("parallel states", () => {
  const chart = (y: string): string => `${HEAD}regions: [root]
states:
  P:
    type: parallel
    on: { Stop: End }
    onDone: End
    states:
      One: { initial: A, states: { A: { on: { Go: B } }, B: { type: final } } }
      Two: { initial: X, states: { X: { on: { Go2: Y } }, Y: { ${y} } } }
  End: { type: final }
transitions: { Go: { by: [client] }, Go2: { by: [client] }, Stop: { by: [client] } }
`;

  it("that can never join are warnings", () => {
    expect(findings(chart("on: { Go2: X }"))).toEqual([
      "warning never_joins states.P.onDone (8): P can never join, so its onDone is never taken: P.Two has no final state <>",
    ]);
  });

  it("join when all regions can be final at one time", () => {
    expect(findings(chart("type: final"))).toEqual([]);
  });

  it("never join where the final states exclude one another", () => {
    const text = chart("type: final")
      .replace("{ Go: B }", "{ Go: { target: B, guards: [notY] } }")
      .replace("{ Go2: Y }", "{ Go2: { target: Y, guards: [notB] } }")
      .concat(
        "guards: { notY: { when: \"!In('P.Two.Y')\", reason: x }, notB: { when: \"!In('P.One.B')\", reason: x } }\n",
      );
    expect(findings(text)).toEqual([
      "warning never_joins states.P.onDone (8): P can never join, so its onDone is never taken: its regions are never all final at one time <>",
    ]);
  });
});

describe("compensations", () => {
  const chart = (b: string): string => `${HEAD}states:
  A: { on: { Do: B, Undo: A } }
  B: { ${b} }
  C: { type: final }
transitions: { Do: { by: [client], compensatedBy: Undo }, Undo: { by: [client] }, Go: { by: [client] } }
`;

  it("must be possible where their transition leads", () => {
    expect(findings(chart("on: { Go: C }"))).toEqual([
      "warning lost_compensation transitions.Do.compensatedBy (7): Do is compensated by Undo, but leads to B, where Undo cannot be taken <Do>",
    ]);
    expect(findings(chart("on: { Go: C, Undo: A }"))).toEqual([]);
  });

  it("cannot come after the end", () => {
    expect(findings(chart("on: { Go: A, Undo: A }").replace("Do: B", "Do: C, Go: B"))).toEqual([
      "warning lost_compensation transitions.Do.compensatedBy (7): Do is compensated by Undo, but leads to C, where the instance has ended <Do>",
    ]);
  });

  it("count as possible when their guards may hold", () => {
    const text = chart("on: { Go: C, Undo: { target: A, guards: [p] } }");
    expect(findings(`${text}guards: { p: { when: "at > 5", reason: x } }\n`)).toEqual([]);
  });
});

describe("sticky states", () => {
  const chart = (b: string): string => `${HEAD}states:
  A: { on: { Go: B, Stop: C } }
  B: { sticky: { leaveBy: [Free] }, on: { Go: {}, ${b} } }
  C: { on: { Free: D } }
  D: { type: final }
transitions: { Go: { by: [client] }, Stop: { by: [client] }, Free: { by: [client] } }
`;

  it("need a way out", () => {
    expect(findings(chart(""))).toEqual([
      "warning sticky_trap states.B.sticky (5): B is sticky without a way out: only Free may leave it, and cannot from here on <Go>",
    ]);
    expect(findings(chart("Free: C"))).toEqual([]);
  });

  it("are told as traps alone, where nothing happens in them either", () => {
    const text = chart("").replace(/on: \{ Go: \{\},\s*\}/, "entry: []");
    expect(text).toContain("entry: []");
    expect(findings(text).map((one) => one.split(" ")[1])).toEqual(["sticky_trap"]);
  });

  it("with nothing that may leave them are traps", () => {
    const text = chart("").replace("[Free]", "[]");
    expect(findings(text)).toEqual([
      "warning sticky_trap states.B.sticky (5): B is sticky without a way out: nothing may leave it <Go>",
    ]);
  });
});

describe("documents", () => {
  const chart = (length: number): string => `${HEAD}context:
  type: object
  properties:
    note: { type: string, maxLength: ${length} }
    few: { type: integer }
states: { A: { on: { Go: B } }, B: { type: final } }
transitions: { Go: { by: [client] } }
`;

  it("that can pass 8 KiB are warnings; a character counts as six bytes", () => {
    const [finding, ...others] = findings(chart(1_300));
    expect(finding).toMatch(
      /^warning document_size context\.properties\.note \(6\): documents can take 8\d\d\d bytes \(context 78\d\d, .*the largest property is note with 7802\)/,
    );
    expect(others).toEqual([]);
    expect(finding).toContain("above 8192 each transition becomes slow");
    expect(findings(chart(1_200))).toEqual([]);
    expect(findings(chart(7_000))[0]).toContain("above 32768 transitions are refused");
  });
});

describe("notes", () => {
  const chart = (second: string): string => `${HEAD}states:
  A: { on: { Go: [ { target: B, guards: [p] }, { target: C${second} } ] } }
  B: { on: { Go: C } }
  C: { type: final }
transitions: { Go: { by: [client] } }
guards:
  p: { when: "at > 5", reason: x }
  q: { when: "at < 9", reason: x }
  r: { when: "at <= 5", reason: x }
`;

  it("tell guards that overlap, and not a last candidate without any", () => {
    const without = (text: string, ...names: readonly string[]): string =>
      names.reduce((whole, name) => whole.replace(new RegExp(`\n  ${name}:.*`), ""), text);
    const overlapping = check(without(chart(", guards: [q]"), "r"));
    expect(spoken(overlapping)).toEqual([
      "note overlapping_guards states.A.on.Go.1 (4): Go in A: [p] and [q] can both hold; then the first is taken",
    ]);
    expect(check(without(chart(", guards: [r]"), "q"))).toEqual([]);
    expect(check(without(chart(""), "q", "r"))).toEqual([]);
  });

  it("know that siblings are never active together", () => {
    const text = (other: string): string => `${HEAD}type: parallel
states:
  One: { initial: A, states: { A: { on: { Go: [ { target: B, guards: [x] }, { guards: [y], target: C } ] } }, B: { type: final }, C: { type: final } } }
  Two: { initial: X, states: { X: { on: { Flip: Y } }, Y: { on: { Flip: X, Stop: Z } }, Z: { type: final } } }
transitions: { Go: { by: [client] }, Flip: { by: [client] }, Stop: { by: [client] } }
guards: { x: { when: "In('Two.X')", reason: x }, y: { when: "In('${other}')", reason: x } }
`;
    expect(check(text("Two.Y")).map(({ code }) => code)).toEqual(["deadlock"]);
    expect(check(text("Two")).map(({ code }) => code)).toEqual(["overlapping_guards"]);
  });
});

describe("order of findings", () => {
  it("is errors, warnings, notes, each in the order of the file", () => {
    const text = `${HEAD}states:
  A: { on: { Go: B } }
  B: {}
  C: {}
transitions: { Go: { by: [client] } }
`;
    expect(findings(text).map((one) => one.split(" ").slice(0, 3).join(" "))).toEqual([
      "error unreachable_state states.C",
      "warning deadlock states.B",
    ]);
    const { chart } = loadTestChart(text);
    expect(checkChart(chart).map(({ line }) => line)).toEqual([null, null]);
    expect(isTakeable(chart, at(chart, "B"), {}, "Go")).toBe(false);
    expect(isTakeable(chart, at(chart, "A"), {}, "Go")).toBe(true);
  });
});

function at(chart: ReturnType<typeof loadTestChart>["chart"], path: string) {
  const end = replay(chart, path === "A" ? [] : ["Go"]);
  if (end.kind !== "rest") throw new Error("it comes to rest");
  return end.configuration;
}
