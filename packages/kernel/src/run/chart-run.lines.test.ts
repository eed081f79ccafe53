import { describe, expect, it } from "vitest";
import type { Json } from "../json/json.ts";
import { createKernel } from "../reduce/kernel.ts";
import { CLINIC } from "../reduce/test/clinic.ts";
import { identityChart, keyOf, loadChart } from "../reduce/test/rig.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createChartRun } from "./chart-run.ts";

const SMALL = loadChart(`
chart: small
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, maximum: 500 }, text: { type: string, maxLength: 10000 }, more: { type: string, maxLength: 10000 }, most: { type: string, maxLength: 10000 }, all: { type: string, maxLength: 10000 } } }
initialContext: { n: 0 }
reads: { other: "'other/' + string(context.n)" }
creates: [Make]
initial: A
states:
  A:
    entry: [ { join: { instance: "'box/a'", transition: Put, inputs: "{'n': 0}" } } ]
    after: [ { id: t, ms: "10", raise: Ring }, { id: b, beats: "2", raise: Beat } ]
    on:
      Add: { actions: [ { assign: { n: "context.n + inputs.by" } }, { join: { instance: "'box/b'", transition: Put, inputs: "{'n': inputs.by}" } } ] }
      Look: { guards: [there] }
      Ring: { target: B }
      Beat: { actions: [ { assign: { n: "context.n + 100" } } ] }
      Fill: { actions: [ { assign: { text: inputs.text, more: inputs.text, most: inputs.text, all: inputs.text } } ] }
      Make: {}
  B:
    after: [ { id: now, ms: "0", raise: Next } ]
    on: { Next: { target: C, actions: [ { join: { instance: "'box/c'", transition: Put, inputs: "{'n': 1}" } } ] } }
  C: { on: { Finish: { target: D } } }
  D: { type: final }
transitions:
  Add: { by: [operator:human], inputs: { type: object, required: [by], properties: { by: { type: integer } } } }
  Look: { by: [self], guards: [] }
  Fill: { by: [client], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Make: { by: [client] }
  Finish: { by: [client] }
  Ring: { by: [] }
  Beat: { by: [] }
  Next: { by: [], joinedBy: [other.Thing] }
guards:
  there: { when: "reads.other != null && 'ON' in reads.other.configuration", reason: "not there" }
`);

type Line = Record<string, Json>;

function player(chart = SMALL): (text: string) => Line {
  const run = createChartRun(createKernel(nodeHasher), chart);
  let number = 0;
  return (text) => {
    number += 1;
    return JSON.parse(run.line(text, number) ?? "null") as Line;
  };
}
const JOIN_B = { inputs: { n: 2 }, instance: "box/b", transition: "Put" };

describe("lines of chart run", () => {
  it("begin with the initial configuration, joins among it, whatever `creates` says", () => {
    const run = createChartRun(createKernel(nodeHasher), SMALL);
    expect(JSON.parse(run.initialLine)).toEqual({
      accepted: true,
      closed: [],
      configuration: ["A"],
      context: { n: 0 },
      effects: [],
      ended: false,
      joins: [{ inputs: { n: 0 }, instance: "box/a", transition: "Put" }],
    });
    expect(run.line('{"transition":"Add","inputs":{"by":2}}', 1)).toBe(
      '{"accepted":true,"closed":[],"configuration":["A"],"context":{"n":2},"effects":[],"ended":false,"joins":[{"inputs":{"n":2},"instance":"box/b","transition":"Put"}]}',
    );
  });

  it("skip what is blank or a comment", () => {
    const run = createChartRun(createKernel(nodeHasher), SMALL);
    for (const text of ["", "  ", "\t\r", "// x", '//{"tick":1}'])
      expect(run.line(text, 1)).toBeNull();
    expect(run.line(" // x", 1)).toContain("malformed");
  });

  it.each([
    ["{", "not JSON: the text ends at column 2 where"],
    ["[]", "not an object; a line is {transition, inputs, at}, {tick}, {beat} or {reads}"],
    ["{}", "a line is {transition, inputs, at}, {tick}, {beat} or {reads}"],
    ['{"at":1}', "a line is"],
    ['{"transition":"Add","extra":1}', 'unknown key "extra"; a line is'],
    ['{"transition":"Add","tick":1}', 'unknown key "tick"; a line is'],
    ['{"tick":1,"at":1}', 'unknown key "at"'],
    ['{"transition":7}', "transition: 7; the name of a transition is expected"],
    ['{"transition":"Add","inputs":[]}', "inputs: an array of 0; an object is expected"],
    ['{"transition":"Add","inputs":null}', "inputs: null; an object is expected"],
    ['{"transition":"Add","inputs":{"by":1.5}}', "inputs.by: 1.5 is not an integer"],
    ['{"transition":"Add","inputs":{"by":1,"by":2}}', 'the key "by" is there twice'],
    ['{"transition":"Add","inputs":{"__proto__":1}}', "__proto__"],
    [
      '{"transition":"Add","at":-1}',
      "at: -1; ms, an integer from 0 to 253402300799999 is expected",
    ],
    [
      '{"transition":"Add","at":"1"}',
      'at: "1"; ms, an integer from 0 to 253402300799999 is expected',
    ],
    [
      '{"transition":"Add","at":253402300800000}',
      "at: 253402300800000; ms, an integer from 0 to 253402300799999 is expected",
    ],
    ['{"tick":-1}', "tick: -1; ms, an integer from 0 to 253402300799999 is expected"],
    ['{"tick":null}', "tick: null; ms, an integer from 0 to 253402300799999 is expected"],
    ['{"beat":-1}', "beat: -1; an integer from 0 is expected"],
    ['{"beat":"x"}', 'beat: "x"; an integer from 0 is expected'],
    ['{"reads":1}', "reads: 1; an object is expected"],
    ['{"reads":{"nope":null}}', "reads.nope: the chart reads other"],
    ['{"reads":{"other":5}}', "reads.other: 5; null or {hash, configuration, context} is expected"],
    [
      '{"reads":{"other":{"configuration":"A"}}}',
      'reads.other.configuration: "A"; a list of paths is expected',
    ],
    ['{"reads":{"other":{"hash":1}}}', "reads.other.hash: 1; a text is expected"],
    [
      '{"reads":{"other":{"context":[]}}}',
      "reads.other.context: an array of 0; an object is expected",
    ],
    [
      '{"reads":{"other":{"state":"A"}}}',
      "reads.other.state: unknown; null or {hash, configuration, context} is expected",
    ],
  ])("tell %s as malformed", (text, problem) => {
    const play = player();
    play('{"tick":1}');
    const line = play(text);
    expect(line).toMatchObject({
      accepted: false,
      code: "malformed",
      guard: null,
      configuration: ["A"],
    });
    expect(line["reasons"]).toHaveLength(1);
    expect(String((line["reasons"] as Json[])[0])).toContain(
      `line 2: ${problem.startsWith("the key") || problem === "__proto__" ? "" : problem}`,
    );
    expect(String((line["reasons"] as Json[])[0])).toContain(problem);
    expect(play('{"transition":"Make","at":1}')).toMatchObject({ accepted: true });
  });

  it("never go back in time or beats; the latest time is the end of the year 9999", () => {
    const play = player();
    expect(play('{"transition":"Make","at":5}')).toMatchObject({ accepted: true });
    expect(play('{"transition":"Make","at":4}')["reasons"]).toEqual([
      "line 2: at: 4 is before 5; the clock never goes back",
    ]);
    expect(play('{"tick":253402300799999}')["reasons"]).toEqual([
      "line 3: tick: 253402300800004 ms is beyond the year 9999",
    ]);
    play('{"beat":1}');
    expect(play('{"beat":0}')["reasons"]).toEqual([
      "line 5: beat: 0 is before 1; beats never go back",
    ]);
    expect(play('{"beat":1}')).toMatchObject({ accepted: true });
  });

  it("are refused as anybody's proposal is, but for roles and owners", () => {
    const play = player();
    expect(play('{"transition":"Nope"}')).toMatchObject({
      code: "unknown_transition",
      reasons: ['chart small has no "Nope"; there are Add, Beat, Fill, Finish, Look, Make, …'],
    });
    expect(play('{"transition":"Ring"}')).toMatchObject({
      code: "forbidden",
      reasons: ["nobody may propose Ring: only the chart raises it"],
    });
    expect(play('{"transition":"Next"}')).toMatchObject({
      reasons: ["nobody may propose Next: it happens only together with other.Thing"],
    });
    expect(play('{"transition":"Finish"}')).toMatchObject({
      code: "not_enabled",
      reasons: ["Finish is not enabled in A", "enabled: Add, Fill, Look, Make"],
    });
    expect(play('{"transition":"Add","inputs":{"by":501}}')).toMatchObject({
      code: "chart_failed",
    });
    const text = "x".repeat(9000);
    expect(play(`{"transition":"Fill","inputs":{"text":"${text}"}}`)).toMatchObject({
      code: "document_too_large",
      configuration: ["A"],
    });
    expect(play('{"transition":"Add","inputs":{"by":2}}')).toMatchObject({
      accepted: true,
      context: { n: 2 },
      joins: [JOIN_B],
    });
  });

  it("replace the reads, null unless given", () => {
    const play = player();
    expect(play('{"transition":"Look"}')).toMatchObject({
      code: "guard_failed",
      guard: "there",
      reasons: ["not there"],
    });
    const other = '{"configuration":["ON"],"context":{},"hash":"sha256-1"}';
    expect(play(`{"reads":{"other":${other}}}`)).toMatchObject({ accepted: true, joins: [] });
    expect(play('{"transition":"Look"}')).toMatchObject({ accepted: true });
    play('{"reads":{}}');
    expect(play('{"transition":"Look"}')).toMatchObject({ code: "guard_failed" });
  });

  it("fire on a tick all that is due, and what that makes due at once; its joins are listed", () => {
    const play = player();
    expect(play('{"tick":9}')).toMatchObject({ configuration: ["A"] });
    expect(play('{"transition":"Make","at":20}')).toMatchObject({ configuration: ["A"] });
    expect(play('{"tick":0}')).toMatchObject({
      accepted: true,
      configuration: ["C"],
      joins: [{ inputs: { n: 1 }, instance: "box/c", transition: "Put" }],
    });
    expect(play('{"transition":"Finish"}')).toMatchObject({ ended: true });
    expect(play('{"tick":5}')).toMatchObject({ accepted: true, ended: true });
    expect(play('{"transition":"Finish"}')).toMatchObject({
      code: "ended",
      reasons: ["small/run has ended; nothing more is accepted"],
    });
  });

  it("fire on a beat what counts beats, from 0 while there was none", () => {
    const play = player();
    expect(play('{"beat":1}')).toMatchObject({ context: { n: 0 } });
    expect(play('{"beat":2}')).toMatchObject({ context: { n: 100 } });
    expect(play('{"beat":9}')).toMatchObject({ context: { n: 100 } });
  });

  it("give effects as documents keep them, and whoever answers is their owner", () => {
    const play = player(loadChart(CLINIC));
    const admitted = play('{"transition":"Ward_Admit","inputs":{"name":"ann"},"at":50}');
    expect(admitted["effects"]).toEqual([
      {
        answer: ["Ward_Cared"],
        due: { at: 1050 },
        effect: "Care",
        fence: 1,
        id: "clinic/run#1.0",
        name: "care",
        owner: "nurse",
        state: "Ward.BUSY",
        with: { name: 2 },
      },
    ]);
    expect(play('{"transition":"Ward_Cared"}')).toMatchObject({
      accepted: true,
      closed: ["clinic/run#1.0"],
    });
  });
});

describe("natives and timers that fail", () => {
  it("know no identities here: nobody holds a key, nobody is an operator", () => {
    const play = player(identityChart());
    const key = keyOf("ann");
    const roles = '[{"role":"operator","scope":"*"}]';
    expect(
      play(
        `{"transition":"Identity_Register","inputs":{"key":"${key}","kind":"human","roles":${roles}}}`,
      ),
    ).toMatchObject({ accepted: true, configuration: ["ACTIVE"] });
    expect(play('{"transition":"Identity_Revoke","inputs":{"reason":"x"}}')).toMatchObject({
      code: "guard_failed",
      guard: "operatorRemainsRevoked",
    });
    const signature = "s".repeat(86);
    expect(
      play(
        `{"transition":"Identity_Rotate","inputs":{"key":"${keyOf("bob")}","signature":"${signature}"}}`,
      ),
    ).toMatchObject({ code: "guard_failed", guard: "keySigned" });
  });

  it("leave the step out and go to onFailure", () => {
    const play = player(
      loadChart(`
chart: failing
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, maximum: 1 } } }
initialContext: { n: 0 }
initial: A
onFailure: B
states:
  A: { after: [ { id: t, ms: "1", raise: Ring } ], on: { Ring: { actions: [ { assign: { n: "context.n * 0 + 2" } } ] } } }
  B: {}
transitions: { Ring: { by: [] } }
`),
    );
    expect(play('{"tick":1}')).toMatchObject({
      accepted: true,
      configuration: ["B"],
      context: { n: 0 },
    });
  });
});

describe("a chart that cannot be entered", () => {
  it("says so first, and to every line that would move it", () => {
    const broken = loadChart(`
chart: broken
version: 1
context: { type: object, required: [n], properties: { n: { type: integer } } }
initialContext: { n: 0 }
initial: A
states:
  A: { entry: [ { assign: { n: "1 / context.n" } } ], on: { Go: {} } }
transitions: { Go: { by: [client] } }
`);
    const run = createChartRun(createKernel(nodeHasher), broken);
    const line =
      '{"accepted":false,"code":"chart_failed","configuration":[],"guard":null,"reasons":["entry of A, assign n: error: division_by_zero"]}';
    expect(run.initialLine).toBe(line);
    expect(run.line('{"transition":"Go"}', 1)).toBe(line);
    expect(run.line('{"tick":5}', 2)).toBe(line);
    expect(run.line("{", 3)).toContain("malformed");
    expect(run.line('{"reads":{"x":null}}', 4)).toContain("the chart reads nothing");
  });

  it("a tick that would make the document too large is refused, and nothing changes", () => {
    const growing = loadChart(`
chart: growing
version: 1
context: { type: object, required: [a, b, c, d], properties: { a: { type: string, maxLength: 10000 }, b: { type: string, maxLength: 10000 }, c: { type: string, maxLength: 10000 }, d: { type: string, maxLength: 10000 } } }
initialContext: { a: "", b: "", c: "", d: "" }
initial: A
states:
  A:
    after: [ { id: t, ms: "1", raise: Grow } ]
    on:
      Set: { actions: [ { assign: { a: inputs.text } } ] }
      Grow: { actions: [ { assign: { b: context.a, c: context.a, d: context.a } } ] }
transitions:
  Set: { by: [client], inputs: { type: object, required: [text], properties: { text: { type: string, maxLength: 10000 } } } }
  Grow: { by: [] }
`);
    const play = player(growing);
    play(`{"transition":"Set","inputs":{"text":"${"x".repeat(9000)}"}}`);
    expect(play('{"tick":1}')).toMatchObject({ accepted: false, code: "document_too_large" });
  });
});
