import { describe, expect, it } from "vitest";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { NativeGuard } from "../chart/native-guard.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { attestations } from "./attestations.ts";
import { chartFacts } from "./chart-facts.ts";
import { guardOutcome } from "./guard-outcome.ts";
import { genesisInputs } from "./genesis.ts";
import { createKernel } from "./kernel.ts";
import { kernelNatives } from "./kernel-natives.ts";
import { reduce } from "./reduce.ts";
import type { State } from "./state.ts";
import { BEAT, BOX, DESK } from "./test/charts.ts";
import { CLINIC } from "./test/clinic.ts";
import {
  identityChart,
  keyOf,
  loadChart,
  mustBeRefused,
  ORIGIN,
  Rig,
  SIGNATURE,
} from "./test/rig.ts";
import type { Proposed } from "./test/rig.ts";
import { World } from "./world.ts";

/** What comes through a read of a chart that is not installed has no type at load: it must be looked at when it comes. */
const loose = (otherwise: string): string =>
  `"reads.any != null && has(reads.any.context.v) ? reads.any.context.v : ${otherwise}"`;
const LOOSE = loadChart(`
chart: loose
version: 1
context: { type: object, required: [text, list], properties: { text: { type: string, maxLength: 10000 }, list: { type: array, maxItems: 3, items: { type: integer } }, o: { type: object, properties: { x: { type: integer }, y: { type: integer } } } } }
initialContext: { text: "", list: [] }
reads: { any: "'any/' + 'a'" }
initial: A
states:
  A:
    on:
      Guarded: { guards: [loose] }
      Owned: { actions: [ { emit: { id: e1, effect: E, owner: ${loose("'x'")}, with: "1", deadlineMs: "1", onDeadline: Late, answer: [Answer] } } ] }
      Waited: { actions: [ { emit: { id: e2, effect: E, owner: "'x'", with: "1", deadlineMs: ${loose("1")}, onDeadline: Late, answer: [Answer] } } ] }
      Joined: { actions: [ { join: { instance: ${loose("'any/b'")}, transition: T, inputs: "{}" } } ] }
      Given: { actions: [ { join: { instance: "'any/b'", transition: T, inputs: ${loose("{}")} } } ] }
      Large: { actions: [ { join: { instance: "'any/b'", transition: T, inputs: "{'t': inputs.text}" } } ] }
      Inside: { actions: [ { assign: { o.x: "1" } }, { assign: { text: "'never'" } } ] }
      Whole: { actions: [ { assign: { o: "{'x': 1, 'y': 2}" } } ] }
      Typed: { actions: [ { assign: { list: ${loose("[]")} } } ] }
      Timed: { target: B }
      Erred: { actions: [ { emit: { id: e3, effect: E, owner: "'x'", with: "1", deadlineMs: "1 / context.list.size()", onDeadline: Late, answer: [Answer] } } ] }
      Answer: {}
      Late: {}
  B: { after: [ { id: t, ms: "size(context.list) * 0 - 5", raise: Late } ], on: { Late: {} } }
transitions:
  Guarded: { by: [operator] }
  Owned: { by: [operator] }
  Waited: { by: [operator] }
  Joined: { by: [operator] }
  Given: { by: [operator] }
  Large: { by: [operator], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Inside: { by: [operator] }
  Whole: { by: [operator] }
  Typed: { by: [operator] }
  Timed: { by: [operator] }
  Erred: { by: [operator] }
  Answer: { by: [operator] }
  Late: { by: [] }
guards:
  loose: { when: ${loose("false")}, reason: "no" }
`);
const ANY = `
chart: any
version: 1
context: { type: object, properties: { v: VALUE } }
initialContext: {}
initial: A
states: { A: { on: { Set: { actions: [ { assign: { v: inputs.v } } ] }, T: {} } } }
transitions:
  Set: { by: [operator], inputs: { type: object, required: [v], properties: { v: VALUE } } }
  T: { by: [operator], joinedBy: [] }
`;

/** A loose chart whose read holds this value. */
function holding(schema: string, v: Proposed["inputs"] | string | number | boolean): Rig {
  const any = loadChart(ANY.replaceAll("VALUE", schema));
  const rig = new Rig(LOOSE, any);
  rig.must({ instance: "any/a", transition: "Set", inputs: { v } as never });
  return rig;
}
const INTEGER = "{ type: integer }";
const reasonOf = (rig: Rig, proposed: Partial<Proposed>): string => {
  const refused = rig.refused({ instance: "loose/a", transition: "Whole", ...proposed });
  return `${refused.code}: ${refused.reasons[0]}`;
};

describe("values without a type at load", () => {
  it("are looked at when they come", () => {
    const rig = holding(INTEGER, 7);
    expect(reasonOf(rig, { transition: "Owned" })).toMatch(/^chart_failed: Owned of A, emit e1: /);
    expect(reasonOf(rig, { transition: "Joined" })).toMatch(/^chart_failed: Joined of A, join T: /);
    expect(reasonOf(rig, { transition: "Given" })).toMatch(/^chart_failed: Given of A, join T: /);
    expect(reasonOf(rig, { transition: "Typed" })).toMatch(
      /^chart_failed: Typed of A, assign list: /,
    );
    expect(reasonOf(rig, { transition: "Guarded" })).toBe("guard_failed: error: type");
    const text = holding("{ type: string, maxLength: 20 }", "soon");
    expect(reasonOf(text, { transition: "Waited" })).toMatch(
      /^chart_failed: Waited of A, emit e2: /,
    );
    expect(reasonOf(text, { transition: "Guarded" })).toBe("guard_failed: error: type");
  });
});

describe("actions that cannot be", () => {
  it("name their place and what is wrong", () => {
    const rig = holding(INTEGER, 7);
    expect(reasonOf(rig, { transition: "Inside" })).toBe(
      "chart_failed: Inside of A, assign o.x: there is no object to hold it",
    );
    expect(reasonOf(rig, { transition: "Large", inputs: { text: "😀".repeat(9000) } })).toBe(
      "chart_failed: Large of A, join T: inputs of 36008 bytes; at most 32768",
    );
    expect(reasonOf(rig, { transition: "Timed" })).toBe(
      "chart_failed: timer of B, t: -5 ms cannot be waited for",
    );
    expect(reasonOf(rig, { transition: "Erred" })).toBe(
      "chart_failed: Erred of A, emit e3: error: division_by_zero",
    );
    rig.must({ instance: "loose/a", transition: "Whole" });
    rig.must({ instance: "loose/a", transition: "Inside" });
    expect(rig.document("loose/a").context).toEqual({ list: [], o: { x: 1, y: 2 }, text: "never" });
  });

  it("of a join that nobody may ask for", () => {
    const rig = holding("{ type: string, maxLength: 20 }", "any/b");
    expect(reasonOf(rig, { transition: "Joined" })).toBe(
      "join_refused: join any/b T forbidden: loose.Joined may not join it; nobody may",
    );
  });
});

const ROOTED = loadChart(
  `
chart: rooted
version: 1
context: { type: object, required: [n, m], properties: { n: { type: integer, maximum: 9 }, m: { type: integer } } }
initialContext: { n: 1, m: 0 }
type: parallel
regions: [L]
entry: [ { assign: { m: "10 / (context.n - 1 + inputs.z)" } } ]
after: [ { id: t, ms: "5", raise: Blow } ]
states:
  L:
    initial: A
    states:
      A: { on: { Go: { target: B }, Blow: { actions: [ { assign: { n: "context.n * 0 + 100" } } ] } } }
      B: { always: [ { target: C, actions: [ { assign: { n: "context.n * 0 + 99" } } ] } ] }
      C: {}
transitions:
  Go: { by: [operator], inputs: { type: object, required: [z], properties: { z: { type: integer } } } }
  Blow: { by: [operator] }
`.replace("inputs.z)", "(has(inputs.z) ? inputs.z : 0))"),
);

describe("an initial configuration that cannot be entered", () => {
  it("is chart_failed, after what can be told without it", () => {
    const rig = new Rig(ROOTED);
    const go = { instance: "rooted/a", transition: "Go", inputs: { z: 0 } };
    expect(rig.refused(go)).toMatchObject({
      code: "chart_failed",
      reasons: ["entry of the root, assign m: error: division_by_zero"],
      outcomes: [],
    });
    expect(rig.refused({ ...go, inputs: {} }).code).toBe("inputs_invalid");
    expect(rig.refused({ ...go, by: "nobody" }).code).toBe("unknown_signer");
  });

  it("and eventless transitions are named as such", () => {
    const rig = new Rig(ROOTED);
    const go = { instance: "rooted/a", transition: "Go", inputs: { z: 1 } };
    expect(rig.refused(go).reasons[0]).toMatch(/^always of L\.B, assign n: context\.n: .*99/);
  });

  it("a failing timer of a root above its regions has nowhere to go", () => {
    const calm = loadChart(`
chart: calm
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, maximum: 9 } } }
initialContext: { n: 1 }
type: parallel
regions: [L]
after: [ { id: t, ms: "5", raise: Blow } ]
states:
  L: { initial: A, states: { A: { on: { Go: {}, Blow: { actions: [ { assign: { n: "context.n * 0 + 100" } } ] } } } } }
transitions: { Go: { by: [operator] }, Blow: { by: [] } }
`);
    const rig = new Rig(calm);
    rig.must({ instance: "calm/a", transition: "Go" });
    rig.at += 5;
    const { record } = rig.mustAct({ act: "@timer", instance: "calm/a" });
    expect(record.raised[0]).toMatchObject({ event: "Blow", taken: false });
    expect(rig.document("calm/a")).toMatchObject({
      configuration: ["L.A"],
      timers: [],
      context: { n: 1 },
    });
  });
});

const STUCK = loadChart(`
chart: stuck
version: 1
context: { type: object, required: [a, b, c, d, n], properties: { n: { type: integer }, a: { type: string, maxLength: 10000 }, b: { type: string, maxLength: 10000 }, c: { type: string, maxLength: 10000 }, d: { type: string, maxLength: 10000 } } }
initialContext: { a: "", b: "", c: "", d: "", n: 0 }
initial: A
onFailure: RESCUE
states:
  A:
    after: [ { id: t, ms: "1", raise: Big } ]
    on:
      Begin: { actions: [ { assign: { a: inputs.text } } ] }
      Big: { actions: [ { assign: { b: context.a, c: context.a, d: context.a } } ] }
  RESCUE: { entry: [ { assign: { b: context.a, c: context.a, d: context.a } } ], on: { Begin: {} } }
transitions:
  Begin: { by: [operator], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Big: { by: [] }
`);
const BROKEN_RESCUE = loadChart(`
chart: broken
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, maximum: 1 } } }
initialContext: { n: 0 }
initial: A
onFailure: RESCUE
states:
  A: { after: [ { id: t, ms: "1", raise: Big } ], on: { Begin: {}, Big: { actions: [ { assign: { n: "context.n * 0 + 2" } } ] } } }
  RESCUE: { entry: [ { assign: { n: "context.n * 0 + 3" } } ], on: { Begin: {} } }
transitions: { Begin: { by: [operator] }, Big: { by: [] } }
`);

describe("time goes on", () => {
  it("where neither the step nor onFailure fits a document: the timer is only removed", () => {
    const rig = new Rig(STUCK);
    rig.must({ instance: "stuck/a", transition: "Begin", inputs: { text: "x".repeat(9000) } });
    rig.at += 1;
    const { record } = rig.mustAct({ act: "@timer", instance: "stuck/a" });
    expect(record.raised[0]?.failed).toMatch(/^document_too_large/);
    expect(rig.document("stuck/a")).toMatchObject({ configuration: ["A"], timers: [] });
  });

  it("where onFailure fails as well", () => {
    const rig = new Rig(BROKEN_RESCUE);
    rig.must({ instance: "broken/a", transition: "Begin" });
    rig.at += 1;
    const { record } = rig.mustAct({ act: "@timer", instance: "broken/a" });
    expect(record.raised).toHaveLength(1);
    expect(record.raised[0]?.failed).toMatch(/^Big of A, assign n/);
    expect(rig.document("broken/a")).toMatchObject({
      configuration: ["A"],
      timers: [],
      context: { n: 0 },
    });
  });

  it("but not for an instance whose chart is not at hand", () => {
    const rig = new Rig(BROKEN_RESCUE);
    rig.must({ instance: "broken/a", transition: "Begin" });
    rig.at += 1;
    const lost: State = { ...stateOf(rig), chartByHash: () => undefined };
    const input = {
      kind: "engine",
      moment: rig.moment,
      act: { act: "@timer", instance: "broken/a" },
      sign: () => SIGNATURE,
    } as const;
    expect(mustBeRefused(reduce(rig.kernel, lost, input))).toMatchObject({
      code: "unknown_chart",
      reasons: [`chart ${BROKEN_RESCUE.hash} of broken/a is not installed`],
    });
  });
});

function stateOf({ world }: Rig): State {
  return {
    origin: world.origin,
    bounds: world.bounds,
    flags: world.flags,
    node: world.node,
    registry: world.registry,
    head: (instance) => world.head(instance),
    chart: (name) => world.chart(name),
    chartByHash: (hash) => world.chartByHash(hash),
  };
}

const PAIR = loadChart(`
chart: pair
version: 1
context: { type: object }
initialContext: {}
initial: A
states:
  A:
    after: [ { id: t, ms: "1", raise: Ring } ]
    on:
      Begin: { actions: [ { join: { instance: "'heavy/a'", transition: Fill, inputs: "{'text': inputs.text}" } } ] }
      Quiet: { actions: [ { join: { instance: "'heavy/b'", transition: Mute, inputs: "{}" } } ] }
      Ring: { actions: [ { join: { instance: "'heavy/b'", transition: Mute, inputs: "{}" } } ] }
transitions:
  Begin: { by: [operator], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Quiet: { by: [operator] }
  Ring: { by: [] }
`);
const silent: NativeGuard = {
  name: "silent",
  version: 1,
  arguments: { type: "object" },
  check: () => ({ ok: false, reasons: [] }),
};
const HEAVY = loadChart(
  `
chart: heavy
version: 1
context: { type: object, required: [a, b, c, d], properties: { a: { type: string, maxLength: 10000 }, b: { type: string, maxLength: 10000 }, c: { type: string, maxLength: 10000 }, d: { type: string, maxLength: 10000 } } }
initialContext: { a: "", b: "", c: "", d: "" }
initial: A
states:
  A:
    on:
      Fill: { actions: [ { assign: { a: inputs.text, b: inputs.text, c: inputs.text, d: inputs.text } } ] }
      Mute: { guards: [silent] }
      Shut: { target: Z }
  Z: { type: final }
transitions:
  Fill: { by: [], joinedBy: [pair.Begin], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Mute: { by: [], joinedBy: [pair.Quiet, pair.Ring] }
  Shut: { by: [operator] }
guards: { silent: { native: silent } }
`,
  [silent],
);

describe("joined instances", () => {
  const begin = { instance: "pair/a", transition: "Begin" };

  it("have documents of a size too", () => {
    const rig = new Rig(PAIR, HEAVY);
    expect(rig.refused({ ...begin, inputs: { text: "x".repeat(9000) } })).toMatchObject({
      code: "document_too_large",
      reasons: [expect.stringMatching(/^heavy\/a would have/)],
    });
    rig.must({ ...begin, inputs: { text: "x" } });
  });

  it("refuse in words also where their guard has none", () => {
    const rig = new Rig(PAIR, HEAVY);
    expect(rig.refused({ ...begin, transition: "Quiet" }).reasons).toEqual([
      "join heavy/b Mute guard_failed silent",
    ]);
    rig.must({ ...begin, inputs: { text: "x" } });
    rig.at += 1;
    const { record } = rig.mustAct({ act: "@timer", instance: "pair/a" });
    expect(record.raised[0]?.failed).toBe("join heavy/b Mute guard_failed silent");
  });

  it("may have ended", () => {
    const rig = new Rig(PAIR, HEAVY);
    rig.must({ instance: "heavy/a", transition: "Shut" });
    expect(rig.refused({ ...begin, inputs: { text: "x" } }).reasons).toEqual([
      "join heavy/a Fill ended: heavy/a has ended; nothing more is accepted",
    ]);
  });

  it("that only a join may create say so", () => {
    const hidden = loadChart(`
chart: hidden
version: 1
context: { type: object }
initialContext: {}
creates: [Born]
initial: A
states: { A: { on: { Born: {}, Work: {} } } }
transitions: { Born: { by: [], joinedBy: [pair.Begin] }, Work: { by: [operator] } }
`);
    expect(new Rig(hidden).refused({ instance: "hidden/a", transition: "Work" }).reasons).toEqual([
      "hidden/a does not exist; nobody may propose to create it",
    ]);
  });
});

describe("attestations", () => {
  it("are none where the initial configuration cannot be entered, and see beats where the chart names them", () => {
    const attested: NativeGuard = {
      name: "stored",
      version: 1,
      arguments: { type: "object", required: ["hash"], properties: { hash: { type: "string" } } },
      attest: (args) => [{ kind: "evidence", hash: String(args["hash"]) }],
      check: (_args, verdict) => ({ ok: verdict.every(Boolean), reasons: [] }),
    };
    const chart = loadChart(
      `
chart: store
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: A
states:
  A: { entry: [ { assign: { n: "beat == null ? 1 / context.n : 1" } } ], on: { Put: {} } }
transitions: { Put: { by: [operator], guards: [stored] } }
guards: { stored: { native: stored, with: { hash: "beat == null ? 'none' : string(beat)" } } }
`,
      [attested],
    );
    const rig = new Rig(chart, loadChart(BEAT));
    rig.register("staff", [{ role: "provider", scope: "*" }]);
    const put = { instance: "store/a", transition: "Put" };
    expect(attestations(rig.kernel, rig.world, rig.input(put))).toEqual([]);
    rig.must({ instance: "beat/main", transition: "Beat_Tick", inputs: { index: 4 }, by: "staff" });
    expect(attestations(rig.kernel, rig.world, rig.input(put))).toEqual([
      { kind: "evidence", hash: "4" },
    ]);
    expect(rig.must({ ...put, verdict: [true] }).record.reads[0]?.instance).toBe("beat/main");
    const { instance: _, ...nowhere } = rig.input(put).proposal;
    expect(attestations(rig.kernel, rig.world, { ...rig.input(put), proposal: nowhere })).toEqual(
      [],
    );
  });
});

describe("whether a chart names beats", () => {
  const named = (body: string, extra = ""): boolean =>
    chartFacts(
      loadChart(`
chart: facts
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: A
${extra}
states:
  A: { ${body} }
`),
    ).namesBeats;
  const go = "transitions: { Go: { by: [operator] } }";
  const guards = 'guards: { g: { when: "beat == null", reason: no } }';
  const emit = (unit: string, withValue = "1"): string =>
    `{ emit: { id: e, effect: E, owner: "'x'", with: "${withValue}", ${unit}: "1", onDeadline: Go, answer: [Go] } }`;

  it.each([
    [false, "on: { Go: {} }", go],
    [true, "after: [ { id: t, beats: '1', raise: Go } ], on: { Go: {} }", go],
    [true, "after: [ { id: t, ms: 'beat == null ? 1 : 2', raise: Go } ], on: { Go: {} }", go],
    [false, "after: [ { id: t, ms: '1', raise: Go } ], on: { Go: {} }", go],
    [true, `entry: [ ${emit("deadlineBeats")} ], on: { Go: {} }`, go],
    [false, `entry: [ ${emit("deadlineMs")}, { raise: Go }, { cancel: e } ], on: { Go: {} }`, go],
    [true, `exit: [ ${emit("deadlineMs", "beat")} ], on: { Go: { target: A } }`, go],
    [true, "on: { Go: { guards: [g] } }", `${go}\n${guards}`],
    [true, "on: { Go: { actions: [ { assign: { n: 'beat == null ? 1 : 2' } } ] } }", go],
    [true, "on: { Go: {} }", `transitions: { Go: { by: [operator], guards: [g] } }\n${guards}`],
    [
      true,
      "on: { Go: { guards: [g] } }",
      `${go}\nguards: { g: { when: "1 > 2", reason: "at {beat}" } }`,
    ],
    [
      true,
      "on: { Go: { guards: [g] } }",
      `${go}\nguards: { g: { when: "1 > 2", reason: "x", okReason: "at {beat}" } }`,
    ],
    [
      false,
      `on: { Go: { actions: [ { join: { instance: "'a/b'", transition: T, inputs: "{}" } } ] } }`,
      go,
    ],
  ])("%s: %s", (expected, body, extra) => {
    expect(named(body, extra)).toBe(expected);
  });
});

describe("a genesis under an identity chart of another kind", () => {
  const genesis = (chart: CompiledChart) => {
    const world = new World((hash) => (hash === chart.hash ? chart : undefined));
    const act = {
      act: "@genesis",
      inputs: genesisInputs({
        origin: ORIGIN,
        node: keyOf("node"),
        operator: keyOf("operator"),
        bounds: { behindMs: 0, aheadMs: 0 },
        flags: [],
        identityChart: chart.hash,
      }),
    } as const;
    const moment = { index: 0, prev: "0".repeat(64), at: 0, now: 0 };
    const input = { kind: "engine", moment, act, sign: () => SIGNATURE } as const;
    return mustBeRefused(reduce(createKernel(nodeHasher), world, input));
  };
  const yaml = (transition: string): string => `
chart: identity
version: 9
context: { type: object }
initialContext: {}
initial: A
states: { A: { on: { ${transition}: {} } } }
transitions: { ${transition}: { by: [operator] } }
`;

  it("is refused", () => {
    expect(genesis(loadChart(yaml("Other"))).reasons).toEqual([
      "chart identity has no Identity_Register",
    ]);
    expect(genesis(loadChart(yaml("Identity_Register"))).code).toBe("inputs_invalid");
    expect(genesis(loadChart(DESK)).code).toBe("unknown_chart");
    expect(identityChart().name).toBe("identity");
  });
});

describe("kernel natives", () => {
  it("look at keys that nobody holds", () => {
    const last = kernelNatives(nodeHasher).find((native) => native.name === "notLastOperator");
    const registry = { identityOf: () => undefined, operatorOtherThan: () => "other" };
    expect(last?.check({ key: keyOf("x"), losing: true }, [], registry)).toEqual({
      ok: false,
      reasons: ["this identity is the last operator of all identities; register another first"],
    });
  });
});

describe("what cannot be", () => {
  it("is our own mistake and throws", () => {
    const rig = new Rig(loadChart(BOX), loadChart(CLINIC));
    const input = { ...rig.input({ transition: "T" }), kind: "other" } as never;
    expect(() => reduce(rig.kernel, rig.world, input)).toThrow("unreachable");
    const act = { kind: "engine", moment: rig.moment, act: { act: "@other" } } as never;
    expect(() => reduce(rig.kernel, rig.world, act)).toThrow("unreachable");
    expect(() => guardOutcome({ kind: "other" } as never, {} as never, {} as never)).toThrow(
      "unreachable",
    );
    const [candidate] = BOX_CHART.candidates;
    const guarded = {
      ...BOX_CHART,
      candidates: [{ ...candidate, guards: [{ kind: "x" }] }],
    } as never;
    expect(() => chartFacts(guarded)).toThrow("unreachable");
    const acting = {
      ...BOX_CHART,
      candidates: [{ ...candidate, guards: [], actions: [{ kind: "x" }] }],
    };
    expect(() => chartFacts(acting as never)).toThrow("unreachable");
    const desk = loadChart(DESK);
    const odd = new Rig(desk);
    odd.kernel.runtime(desk);
    odd.register("clerk", [{ role: "client", scope: "*" }]);
    const entry: unknown = desk.stateByPath.get("OPEN")?.entry;
    if (!Array.isArray(entry)) throw new Error("OPEN has entry actions");
    entry.push({ kind: "x" });
    expect(() => odd.ask({ instance: "desk/a", transition: "Desk_Open", by: "clerk" })).toThrow(
      "unreachable",
    );
  });
});
const BOX_CHART = loadChart(BOX);
