import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { randomChart } from "../interpret/test/random-chart.ts";
import { diffCharts, formatDiff } from "./diff-charts.ts";
import { chartOf, orderExample, orderExampleWith, yamlChart } from "./test/load-export-chart.ts";

type Change = readonly [from: string, to: string];

/** What `formatDiff` says of the order example with changes, without the line that counts. */
function changed(...changes: readonly Change[]): readonly string[] {
  return lines(orderExample(), orderExampleWith(changes));
}

function lines(
  before: ReturnType<typeof orderExample>,
  after: ReturnType<typeof orderExample>,
): readonly string[] {
  return formatDiff(diffCharts(before.normal, after.normal)).split("\n").slice(0, -2);
}

/** Two charts that differ in one text. */
function pair(text: string, from: string, to: string): readonly string[] {
  if (!text.includes(from)) throw new Error(`there is no ${from}`);
  return lines(yamlChart(text), yamlChart(text.replace(from, to)));
}

describe("differences without meaning", () => {
  it.each<[string, readonly Change[]]>([
    [
      "the version and the title",
      [
        ["version: 1", "version: 2"],
        ["An order with stock", "Orders with stock"],
      ],
    ],
    [
      "blanks, brackets and quotes in expressions",
      [
        ["context.items.size() > 0", "context.items.size()>(0)"],
        ["\"'stock/' + config.warehouse\"", "'\"stock/\" +config.warehouse'"],
      ],
    ],
    [
      "the order of roles",
      [["Order_Add: { by: [client, operator]", "Order_Add: { by: [operator, client]"]],
    ],
    ["the order of answers", [["[Payment_Ok, Payment_Failed]", "[Payment_Failed, Payment_Ok]"]]],
    [
      "a default that is written out",
      [
        [
          "items: { type: string, maxLength: 32 }, maxItems: 10",
          "items: { type: string, maxLength: 32, minLength: 0 }, maxItems: 10, minItems: 0",
        ],
      ],
    ],
    ["the order of required", [["[items, paid, retries]\n", "[retries, items, paid]\n"]]],
    ["the order of regions in their list", [["[Flow, Control]", "[Control, Flow]"]]],
    [
      "the order of a projection's keys",
      [["Flow: [items, paid, retries]", "Flow: [retries, paid, items]"]],
    ],
    [
      "the order of states of which one is active",
      [
        [
          "      SHIPPED: { type: final }\n      CANCELLED: { type: final }",
          "      CANCELLED: { type: final }\n      SHIPPED: { type: final }",
        ],
      ],
    ],
  ])("%s", (_, changes) => {
    expect(changed(...changes)).toEqual([]);
  });

  it("nothing to itself, for any chart", () => {
    const shape = { statesMax: 20, regionsMax: 3, regioned: true, raises: true, history: true };
    fc.assert(
      fc.property(randomChart(shape), (value) => {
        const [one, other] = [chartOf(value), chartOf(JSON.parse(JSON.stringify(value)))];
        expect(diffCharts(one.normal, other.normal)).toEqual([]);
      }),
      { numRuns: 50 },
    );
    expect(formatDiff([])).toBe("");
  });
});

describe("states", () => {
  const chart = `
regions: [root]
states:
  A: { on: { Go: B } }
  B: { initial: X, states: { X: { on: { Go: Y, Own: "#test.P" } }, Y: {} }, on: { Out: C } }
  C: { type: final }
  P: { type: parallel, states: { R: {}, S: {}, H: { type: history } }, on: { Go: C, Out: "#test.P.H" } }
transitions: { Go: { by: [client] }, Out: { by: [client] }, Own: { by: [client] } }
`;

  it("that are added", () => {
    expect(pair(chart, "  C: {", "  D: { on: { Own: C } }\n  C: {")).toEqual([
      "  state_added D: nothing => atomic; a new state; nobody is in it yet",
    ]);
    expect(pair(chart, "S: {}", "S: {}, T: {}")).toEqual([
      "! state_added P.T: nothing => atomic; a new region is active at once: a running instance has no configuration in it",
      "! state_changed P.H target: P.R, P.S => P.R, P.S, P.T; entering it leads elsewhere",
    ]);
  });

  it("that are removed, with what led there", () => {
    expect(
      pair(
        chart,
        '{ X: { on: { Go: Y, Own: "#test.P" } }, Y: {} }',
        '{ X: { on: { Go: X, Own: "#test.P" } } }',
      ),
    ).toEqual([
      "! state_removed B.Y: atomic => nothing; a running instance in it, and guards and readers that ask for it, have no such state",
      "! candidate_changed B.X on Go: to B.Y => to B.X; it leads elsewhere",
    ]);
  });

  it("that are moved take what is inside and what leads there with them", () => {
    const after = `
regions: [root]
states:
  A: { on: { Go: "#test.W.B" } }
  W: { states: { B: { initial: X, states: { X: { on: { Go: Y, Own: "#test.P" } }, Y: {} }, on: { Out: "#test.C" } } } }
  C: { type: final }
  P: { type: parallel, states: { R: {}, S: {}, H: { type: history } }, on: { Go: C, Out: "#test.P.H" } }
transitions: { Go: { by: [client] }, Out: { by: [client] }, Own: { by: [client] } }
`;
    expect(lines(yamlChart(chart), yamlChart(after))).toEqual([
      "  state_added W: nothing => compound; a new state; nobody is in it yet",
      "! state_moved W.B: B => W.B; documents, guards and readers name it by its path",
    ]);
  });

  it("of a name that is there twice are not taken for one another", () => {
    const twice = (names: readonly string[]): ReturnType<typeof yamlChart> =>
      yamlChart(`
regions: [root]
states:
${names.map((name) => `  ${name}: { initial: S, states: { S: { on: { Go: "#test.${name}" } } } }`).join("\n")}
transitions: { Go: { by: [client] } }
`);
    const kinds = (before: readonly string[], after: readonly string[]): readonly string[] =>
      diffCharts(twice(before).normal, twice(after).normal).map(
        ({ kind, path }) => `${kind} ${path}`,
      );
    // One S is gone and one is new: the same, elsewhere. Of two, nobody can say which.
    expect(kinds(["K", "A"], ["K", "B"])).toContain("state_moved B.S");
    expect(kinds(["K", "A", "C"], ["K", "B"]).join()).not.toContain("state_moved");
    expect(kinds(["K", "A"], ["K", "B", "C"]).join()).not.toContain("state_moved");
  });

  it("that change their kind, their beginning, their stickiness", () => {
    expect(pair(chart, "Y: {}", "Y: { type: final }")).toEqual([
      "! state_changed B.Y type: atomic => final; documents in this state may be in no configuration of the new chart",
    ]);
    expect(pair(chart, "initial: X", "initial: Y")).toEqual([
      "! state_changed B initial: B.X => B.Y; entering it leads elsewhere",
    ]);
    expect(pair(chart, "type: history", "type: history, history: deep")).toEqual([
      "! state_changed P.H history: shallow => deep; it remembers more, or less",
    ]);
    expect(pair(chart, "  A: { on", "  A: { sticky: { leaveBy: [Go] }, on")).toEqual([
      "! state_changed A sticky: nothing => left by Go; other transitions may leave it",
    ]);
    expect(pair(chart, "states:\n", "onFailure: C\nstates:\n")).toEqual([
      "! state_changed the root onFailure: nothing => C; a failed timer step leads elsewhere",
    ]);
  });

  it("whose regions change their order", () => {
    expect(pair(chart, "R: {}, S: {}", "S: {}, R: {}")).toEqual([
      "! region_order P: R, S => S, R; the order of regions is the order of their actions, and decides conflicts",
    ]);
  });

  it("whose actions change", () => {
    expect(
      pair(chart, "Y: {}", "Y: { entry: [ { raise: Go } ], exit: [ { raise: Out } ] }"),
    ).toEqual([
      "! actions_changed B.Y entry: nothing => raise Go; entering it does something else",
      "! actions_changed B.Y exit: nothing => raise Out; leaving it does something else",
    ]);
  });
});

describe("candidates", () => {
  const chart = `
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
states:
  A: { on: { Go: [ { target: B, guards: [p, q] }, { target: C, guards: [r] } ] }, always: [ { target: D, guards: [s] } ] }
  B: { initial: X, states: { X: {}, Z: { type: final } }, on: { Out: C }, onDone: C }
  C: { type: final }
  D: { on: { Go: { target: C, actions: [ { assign: { n: "context.n + 1" } } ] } } }
transitions: { Go: { by: [client] }, Out: { by: [client] } }
guards: { p: { when: "at > 1", reason: no }, q: { when: "at > 2", reason: no }, r: { when: "at > 3", reason: no }, s: { when: "at > 4", reason: no } }
`;

  it("in another order", () => {
    expect(
      pair(
        chart,
        "{ target: B, guards: [p, q] }, { target: C, guards: [r] }",
        "{ target: C, guards: [r] }, { target: B, guards: [p, q] }",
      ),
    ).toEqual([
      "! candidate_order A on Go: to B [p, q] | to C [r] => to C [r] | to B [p, q]; the first whose guards all hold is taken: another one may be",
    ]);
    expect(pair(chart, "[p, q]", "[q, p]")).toEqual([
      "  candidate_changed A on Go: to B [p, q] => to B [q, p]; the same guards in another order: refusals name the first that is false",
    ]);
  });

  it("added, removed, changed", () => {
    expect(pair(chart, "X: {}", "X: { on: { Go: Z, Out: Z } }")).toEqual([
      "  candidate_added B.X on Go: nothing => to B.Z; it was not enabled here before",
      "! candidate_added B.X on Out: nothing => to B.Z; it may be taken where something else, or nothing, was",
    ]);
    expect(
      pair(chart, ", { target: C, guards: [r] }", ", { target: C, guards: [r] }, { guards: [r] }"),
    ).toEqual([
      "! candidate_added A on Go: nothing => stays [r]; it may be taken where something else, or nothing, was",
    ]);
    expect(pair(chart, "onDone: C", "exit: []")).toEqual([
      "! candidate_removed B onDone: to C => nothing; what happened here does not happen any more",
    ]);
    expect(pair(chart, "[s]", "[s, p]")).toEqual([
      "! candidate_changed A always: to D [s] => to D [s, p]; p must hold too: what passed may be refused",
    ]);
    expect(
      pair(
        chart,
        "[p, q] }, { target: C, guards: [r] }",
        "[p] }, { target: C, guards: [r, q] }",
      ).slice(0, 1),
    ).toEqual([
      "! candidate_changed A on Go: to B [p, q] => to B [p]; q need not hold any more: what was refused may pass",
    ]);
    expect(
      pair(
        chart,
        'target: C, actions: [ { assign: { n: "context.n + 1" } } ]',
        'target: B, actions: [ { assign: { n: "1" } } ]',
      ),
    ).toEqual([
      "! candidate_changed D on Go: to C / assign n = (context.n + 1) => to B / assign n = 1; it leads elsewhere; it does something else",
    ]);
  });
});

describe("timers and effects", () => {
  it("changed, moved, gone", () => {
    expect(changed(['beats: "4"', 'ms: "4"'])).toEqual([
      "! timer_changed timer nag delay: 4 beats => 4 ms; it comes at another time",
    ]);
    expect(
      changed(
        [
          "onDeadline: Payment_TimedOut, answer: [Payment_Ok, Payment_Failed]",
          "onDeadline: Payment_TimedOut, answer: [Payment_Ok], keep: true",
        ],
        ['"config.paymentDeadlineMs"', '"config.limit"'],
      ),
    ).toEqual([
      "! effect_changed effect pay deadline: config.paymentDeadlineMs ms => config.limit ms; its owner has another time for it",
      "! effect_changed effect pay answer: Payment_Failed, Payment_Ok => Payment_Ok; other transitions answer it",
      "! effect_changed effect pay keep: false => true; leaving its state closes it, or does not any more",
    ]);
    expect(
      changed(["effect: RequestPayment, owner: \"'payments'\"", "effect: Pay, owner: \"'bank'\""]),
    ).toEqual([
      "! effect_changed effect pay effect: RequestPayment => Pay; executors know it by its name",
      "! effect_changed effect pay owner: \"'payments'\" => \"'bank'\"; somebody else must do it and may answer"
        .replaceAll("\"'", '"')
        .replaceAll("'\"", '"'),
    ]);
    const chart = `
states:
  A: { after: [ { id: t, ms: "5", raise: Late } ], on: { Late: B }, entry: [ { emit: { id: e, effect: E, owner: "'o'", with: "1", deadlineMs: "1", onDeadline: Late, answer: [Late2] } } ] }
  B: { on: { Late: A, Late2: A } }
transitions: { Late: { by: [] }, Late2: { by: [client] } }
`;
    expect(pair(chart, 'after: [ { id: t, ms: "5", raise: Late } ], ', "")).toEqual([
      "! timer_removed timer t: state A, delay 5 ms, raise Late => nothing; what it raised does not come any more",
    ]);
    expect(
      pair(chart, "B: { on", 'B: { after: [ { id: u, beats: "at", raise: Late } ], on'),
    ).toEqual([
      "! timer_added timer u: nothing => state B, delay at beats, raise Late; it raises an event that did not come before",
    ]);
    expect(pair(chart, "entry: [ { emit", "exit: [ { emit")).toEqual([
      "! actions_changed A entry: emit e => nothing; entering it does something else",
      "! actions_changed A exit: nothing => emit e; leaving it does something else",
      "! effect_changed effect e place: entry of A => exit of A; it is asked for at another moment",
    ]);
    expect(pair(chart, "id: e", "id: f").filter((line) => line.includes("effect_"))).toEqual([
      '! effect_removed effect e: place entry of A, effect E, owner "o", with 1, deadline 1 ms, onDeadline Late, answer Late2, keep false => nothing; nobody is asked to do it any more',
      '! effect_added effect f: nothing => place entry of A, effect E, owner "o", with 1, deadline 1 ms, onDeadline Late, answer Late2, keep false; its owner must be there to do it',
    ]);
  });
});

describe("declarations", () => {
  it.each<[string, readonly Change[], readonly string[]]>([
    [
      "roles lost",
      [["Order_Cancel: { by: [client, operator] }", "Order_Cancel: { by: [operator] }"]],
      [
        '! transition_changed transitions.Order_Cancel.by: ["client","operator"] => ["operator"]; client may not propose it any more',
      ],
    ],
    [
      "roles won",
      [["Stock_Reserved: { by: [provider] }", "Stock_Reserved: { by: [provider, operator] }"]],
      [
        '  transition_changed transitions.Stock_Reserved.by: ["provider"] => ["provider","operator"]; more may propose it',
      ],
    ],
    [
      "joiners",
      [
        [
          "Stock_Reserved: { by: [provider] }",
          "Stock_Reserved: { by: [provider], joinedBy: [stock.Take] }",
        ],
      ],
      [
        '  transition_changed transitions.Stock_Reserved.joinedBy: [] => ["stock.Take"]; more may join it',
      ],
    ],
    [
      "the class",
      [["Stock_Reserved: { by: [provider] }", "Stock_Reserved: { by: [provider], class: review }"]],
      [
        "! transition_changed transitions.Stock_Reserved.class: nothing => review; other windows decide when it may happen",
      ],
    ],
    [
      "a compensation",
      [[", compensatedBy: Order_Cancel", ""]],
      [
        "! transition_changed transitions.Order_Submit.compensatedBy: Order_Cancel => nothing; what undoes it is another transition",
      ],
    ],
    [
      "a compensation where there was none",
      [
        [
          "Order_Cancel: { by: [client, operator] }",
          "Order_Cancel: { by: [client, operator], compensatedBy: Order_Add }",
        ],
      ],
      [
        "  transition_changed transitions.Order_Cancel.compensatedBy: nothing => Order_Add; what undoes it is another transition",
      ],
    ],
    [
      "guards of a transition",
      [["guards: [notHeld], compensatedBy", "guards: [notHeld, belowLimit], compensatedBy"]],
      [
        '! transition_changed transitions.Order_Submit.guards: ["notHeld"] => ["notHeld","belowLimit"]; belowLimit must hold too: what passed may be refused',
      ],
    ],
    [
      "a guard's condition",
      [["context.retries < 3", "context.retries < 4"]],
      [
        "! guard_changed guards.retriesLeft.when: context.retries < 3 => context.retries < 4; it decides otherwise: what passed may be refused, what was refused may pass",
      ],
    ],
    [
      "a guard's words",
      [["the order has no items", "no items"]],
      [
        '  guard_text guards.notEmpty: {"when":"context.items.size() > 0","reason":"the order has no items","okReason":null} => {"when":"context.items.size() > 0","reason":"no items","okReason":null}; it says the same in other words',
      ],
    ],
    [
      "the configuration",
      [["limit: 10", "limit: 11"]],
      [
        "! config_changed config.limit: 10 => 11; every expression that reads it sees another value",
      ],
    ],
    [
      "a parameter that nobody read before",
      [["limit: 10", "limit: 10, more: 1"]],
      [
        "  config_changed config.more: nothing => 1; every expression that reads it sees another value",
      ],
    ],
    [
      "the initial context",
      [["retries: 0 }", "retries: 1 }"]],
      [
        "  initial_context_changed initialContext.retries: 0 => 1; new instances begin with another value; running ones keep theirs",
      ],
    ],
    [
      "reads",
      [["'stock/' + config.warehouse\"", "'stock/all'\""]],
      [
        '! read_changed reads.stock: ("stock/" + config.warehouse) => "stock/all"; guards and actions look at another instance',
      ],
    ],
    [
      "creates",
      [["creates: [Order_Add]", "creates: [Order_Add, Order_Submit]"]],
      [
        '  creates_changed creates: ["Order_Add"] => ["Order_Add","Order_Submit"]; more transitions create instances',
      ],
    ],
    [
      "creates no more",
      [["creates: [Order_Add]", "creates: [Order_Submit]"]],
      [
        '! creates_changed creates: ["Order_Add"] => ["Order_Submit"]; some transitions do not create instances any more',
      ],
    ],
    [
      "projections",
      [["Flow: [items, paid, retries]", "Flow: [items, paid]"]],
      [
        '! projection_changed projections.Flow: {"regions":["Flow"],"keys":["items","paid","retries"]} => {"regions":["Flow"],"keys":["items","paid"]}; readers of it see something else, or nothing',
      ],
    ],
    [
      "a new projection",
      [["projections: { Flow", "projections: { All: { regions: [Flow] }, Flow"]],
      [
        '  projection_changed projections.All: nothing => {"regions":["Flow"],"keys":null}; readers may ask for it',
      ],
    ],
  ])("%s", (_, changes, expected) => {
    expect(changed(...changes)).toEqual(expected);
  });

  const chart = `
states: { A: { on: { Go: { target: A, guards: [p] } } } }
transitions: { Go: { by: [client] } }
guards: { p: { native: seal, with: { of: "'x'" } } }
`;

  it("transitions and guards that come and go", () => {
    expect(
      pair(
        chart,
        "{ Go: { by: [client] } }",
        "{ Go: { by: [client] }, Too: { by: [client] } }\non: { Too: .A }",
      ),
    ).toEqual([
      "  candidate_added the root on Too: nothing => to A; it was not enabled here before",
      '  transition_added transitions.Too: nothing => {"by":["client"],"joinedBy":[],"class":null,"inputs":{"type":"object"},"guards":[],"compensatedBy":null}; a new transition; nobody relies on it',
    ]);
    const gone = pair(
      chart,
      "transitions: { Go: { by: [client] } }",
      "transitions: { Go: { by: [client] }, Too: { by: [client] } }\non: { Too: .A }",
    );
    expect(gone).toHaveLength(2);
    const both = `${chart.replace("[p]", "[p, q]").replace("guards: { p", 'guards: { q: { when: "at > 1", reason: no }, p')}`;
    expect(lines(yamlChart(both), yamlChart(chart)).at(-1)).toBe(
      '  guard_removed guards.q: {"when":"at > 1","reason":"no","okReason":null} => nothing; the guard is gone; see where it was used',
    );
    expect(lines(yamlChart(chart), yamlChart(both)).at(-1)).toBe(
      '  guard_added guards.q: nothing => {"when":"at > 1","reason":"no","okReason":null}; a new guard; see where it is used',
    );
  });

  it("a transition that is gone", () => {
    const two = chart.replace(
      "{ Go: { by: [client] } }",
      "{ Go: { by: [client] }, Too: { by: [client] } }\non: { Too: .A }",
    );
    expect(lines(yamlChart(two), yamlChart(chart)).at(-1)).toMatch(
      /^! transition_removed transitions\.Too: .*whoever proposes it is refused as unknown_transition$/,
    );
  });

  it("natives and their arguments", () => {
    expect(pair(chart, "'x'", "'y'")).toEqual([
      `! guard_changed guards.p: {"native":"seal","with":{"of":"'x'"}} => {"native":"seal","with":{"of":"'y'"}}; another check, or other arguments for it`,
    ]);
    const { normal } = yamlChart(chart);
    expect(diffCharts(normal, { ...normal, natives: { seal: 2 } })).toMatchObject([
      { kind: "native_changed", path: "natives.seal", before: 1, after: 2, breaking: true },
    ]);
  });

  it("the name, and regions", () => {
    const { normal } = yamlChart(chart);
    expect(diffCharts(normal, { ...normal, chart: "other" })).toMatchObject([
      { kind: "chart_renamed", path: "chart", before: "test", after: "other", breaking: true },
    ]);
    expect(diffCharts(normal, { ...normal, regions: ["A"] })).toMatchObject([
      { kind: "region_removed", path: "regions.root", breaking: true },
      { kind: "region_added", path: "regions.A", breaking: true },
    ]);
  });
});

describe("schemas", () => {
  const base =
    "{ type: object, required: [a], properties: { a: { type: string, maxLength: 9 }, n: { type: integer }, l: { type: array, items: { type: string } }, e: { enum: [x, y] }, t: { type: [string, integer] }, p: { type: string, pattern: a }, m: { type: object, additionalProperties: { type: integer } } } }";
  const chart = `
states: { A: { on: { Go: A } } }
transitions: { Go: { by: [client], inputs: ${base} } }
`;
  const path = "transitions.Go.inputs";

  it.each([
    [
      "maxLength: 9",
      "maxLength: 10",
      `  schema_changed ${path}.a maxLength: 9 => 10; more values fit`,
    ],
    [
      "maxLength: 9",
      "maxLength: 8",
      `! schema_changed ${path}.a maxLength: 9 => 8; values that fitted may be out of bounds`,
    ],
    [
      "maxLength: 9",
      "maxLength: 9, minLength: 1",
      `! schema_changed ${path}.a minLength: 0 => 1; values that fitted may be out of bounds`,
    ],
    [
      "n: { type: integer }",
      "n: { type: integer, minimum: 0 }",
      `! schema_changed ${path}.n minimum: -9007199254740991 => 0; values that fitted may be out of bounds`,
    ],
    [
      "n: { type: integer }",
      "n: { type: integer, maximum: 7 }",
      `! schema_changed ${path}.n maximum: 9007199254740991 => 7; values that fitted may be out of bounds`,
    ],
    [
      "l: { type: array, items: { type: string } }",
      "l: { type: array, items: { type: string }, maxItems: 300 }",
      `  schema_changed ${path}.l maxItems: 256 => 300; more values fit`,
    ],
    [
      "l: { type: array, items: { type: string } }",
      "l: { type: array, items: { type: string }, minItems: 2 }",
      `! schema_changed ${path}.l minItems: 0 => 2; values that fitted may be out of bounds`,
    ],
    [
      "l: { type: array, items: { type: string } }",
      "l: { type: array, items: { type: string, maxLength: 4 } }",
      `! schema_changed ${path}.l[] maxLength: 4096 => 4; values that fitted may be out of bounds`,
    ],
    [
      "enum: [x, y]",
      "enum: [y]",
      `! schema_changed ${path}.e: ["\\"x\\"","\\"y\\""] => ["\\"y\\""]; values that were allowed are refused`,
    ],
    [
      "enum: [x, y]",
      "enum: [y, x, z]",
      `  schema_changed ${path}.e: ["\\"x\\"","\\"y\\""] => ["\\"y\\"","\\"x\\"","\\"z\\""]; more values are allowed`,
    ],
    [
      "type: [string, integer]",
      "type: string",
      `! schema_changed ${path}.t: ["integer","string"] => ["string"]; values of a type that was allowed are refused`,
    ],
    [
      "type: [string, integer]",
      "type: [string, integer, boolean]",
      `  schema_changed ${path}.t: ["integer","string"] => ["boolean","integer","string"]; more types are allowed`,
    ],
    [
      "pattern: a",
      "pattern: b",
      `! schema_changed ${path}.p pattern: a => b; texts that fitted may not match`,
    ],
    [", pattern: a", "", `  schema_changed ${path}.p pattern: a => nothing; any text fits`],
    [
      "required: [a]",
      "required: [a, n]",
      `! schema_changed ${path}.n required: false => true; it must be there now`,
    ],
    [
      "required: [a]",
      "required: []",
      `  schema_changed ${path}.a required: true => false; it may be left out now`,
    ],
    [
      "n: { type: integer }, ",
      "",
      `! schema_changed ${path}.n: {"type":"integer"} => nothing; it is not known any more: values that have it are refused`,
    ],
    [
      " n: {",
      " o: { type: boolean }, n: {",
      `  schema_changed ${path}.o: nothing => {"type":"boolean"}; it may be there now`,
    ],
    [
      "required: [a], properties: {",
      "required: [a, o], properties: { o: { type: boolean },",
      `! schema_changed ${path}.o: nothing => {"type":"boolean"}; it must be there, and was unknown before`,
    ],
    [
      "additionalProperties: { type: integer }",
      "additionalProperties: { type: integer, maximum: 1 }",
      `! schema_changed ${path}.m.* maximum: 9007199254740991 => 1; values that fitted may be out of bounds`,
    ],
    [
      "additionalProperties: { type: integer }",
      "additionalProperties: false",
      `! schema_changed ${path}.m.*: {"type":"integer"} => nothing; other keys are refused now`,
    ],
  ])("%s → %s", (from, to, expected) => {
    expect(pair(chart, from, to)).toEqual([expected]);
  });

  it("back again", () => {
    const closed = chart.replace(
      "additionalProperties: { type: integer }",
      "additionalProperties: false",
    );
    expect(lines(yamlChart(closed), yamlChart(chart))).toEqual([
      `  schema_changed ${path}.m.*: nothing => {"type":"integer"}; other keys are allowed now`,
    ]);
  });
});

describe("the whole in words", () => {
  it("marks what breaks and counts", () => {
    const differences = diffCharts(
      orderExample().normal,
      orderExampleWith([
        ["limit: 10", "limit: 11"],
        ["no items", "nothing"],
      ]).normal,
    );
    expect(formatDiff(differences)).toMatch(
      /^ {2}guard_text .*\n! config_changed .*\n2 differences, 1 breaking\n$/,
    );
    expect(formatDiff(differences.slice(1))).toMatch(/\n1 difference, 1 breaking\n$/);
  });
});
