import { describe, expect, it } from "vitest";
import { DOCUMENT_BYTES_MAX, INPUTS_BYTES_MAX, RECORD_BYTES_MAX } from "../limits.ts";
import { parseHlc } from "./hlc.ts";
import { loadChart, mustBeAccepted, mustBeRefused, Rig } from "./test/rig.ts";

/** What is exactly at a bound passes, one more does not. */
const TEXTS = ["a", "b", "c", "d"];
const each = (write: (name: string) => string): string => TEXTS.map(write).join(", ");
const SHELF = loadChart(`
chart: shelf
version: 1
context: { type: object, required: [${TEXTS.join(", ")}], properties: { ${each((name) => `${name}: { type: string, maxLength: 10000 }`)} } }
initialContext: { ${each((name) => `${name}: ""`)} }
initial: A
states: { A: { on: { Fill: { actions: [ { assign: { ${each((name) => `${name}: inputs.${name}`)} } } ] } } } }
transitions:
  Fill: { by: [operator], inputs: { type: object, required: [${TEXTS.join(", ")}], properties: { ${each((name) => `${name}: { type: string, maxLength: 10000 }`)} } } }
`);

describe("a document", () => {
  const fill = (a: string, d: string) => ({
    instance: "shelf/a",
    transition: "Fill",
    inputs: { a, b: a, c: a, d },
  });
  const rig = new Rig(SHELF);
  const long = "x".repeat(9_000);
  const [head] = mustBeAccepted(rig.ask(fill(long, ""))).heads;
  const left = DOCUMENT_BYTES_MAX - JSON.stringify(head?.document).length;

  it("may have its bytes to the last one", () => {
    const [full] = mustBeAccepted(rig.ask(fill(long, "y".repeat(left)))).heads;
    expect(JSON.stringify(full?.document)).toHaveLength(DOCUMENT_BYTES_MAX);
  });

  it("is too large with one more, of whatever characters", () => {
    const words =
      "shelf/a would have 32769 bytes, at most 32768; keep what grows in instances of its own or as evidence";
    const refused = mustBeRefused(rig.ask(fill(long, "y".repeat(left + 1))));
    expect(refused).toMatchObject({ code: "document_too_large", reasons: [words] });
    const marked = mustBeRefused(rig.ask(fill(long, `${"y".repeat(left - 1)}é`)));
    expect(marked.reasons).toEqual([words]);
    const foreign = mustBeRefused(rig.ask(fill("漢".repeat(2_500), "字".repeat(3_500))));
    expect(foreign.code).toBe("document_too_large");
  });
});

const SENDER = loadChart(`
chart: sender
version: 1
context: { type: object }
initialContext: {}
initial: A
states: { A: { on: { Send: { actions: [ { join: { instance: "'nowhere/b'", transition: T, inputs: "{'t': inputs.t}" } } ] } } } }
transitions:
  Send: { by: [operator], inputs: { type: object, required: [t], properties: { t: { type: string, maxLength: 10000 } } } }
`);

describe("the inputs of a join", () => {
  it("may have their bytes to the last one", () => {
    const rig = new Rig(SENDER);
    const send = (t: string) => ({ instance: "sender/a", transition: "Send", inputs: { t } });
    const t = "😀".repeat((INPUTS_BYTES_MAX - `{"t":""}`.length) / 4);
    expect(rig.refused(send(t)).reasons[0]).toMatch(/^join nowhere\/b T unknown_chart/);
    expect(rig.refused(send(`${t}y`)).reasons).toEqual([
      "Send of A, join T: inputs of 32769 bytes; at most 32768",
    ]);
  });
});

const ASKER = loadChart(`
chart: asker
version: 1
context: { type: object }
initialContext: {}
initial: A
states:
  A:
    on:
      Ask: { actions: [ { join: { instance: "'told/a'", transition: Hear, inputs: "{}" } } ] }
transitions:
  Ask: { by: [operator] }
`);
const TOLD = loadChart(`
chart: told
version: 1
context: { type: object }
initialContext: {}
initial: A
states: { A: { on: { Hear: { actions: [ { raise: Echo } ] }, Echo: {}, Touch: {} } } }
transitions: { Hear: { by: [], joinedBy: [asker.Ask] }, Echo: { by: [] }, Touch: { by: [operator] } }
`);

describe("an instance that is joined", () => {
  it("has what it raised in the record", () => {
    const { record } = new Rig(ASKER, TOLD).must({ instance: "asker/a", transition: "Ask" });
    expect(record.parts).toHaveLength(1);
    expect(record.raised).toEqual([{ event: "Echo", taken: true }]);
  });

  it("keeps an hlc_last that is later than the record's by one", () => {
    const rig = new Rig(ASKER, TOLD);
    const later = "2023-11-14T22:13:20.000+00:00#7";
    rig.must({ instance: "told/a", transition: "Touch", hlc: later });
    const { record } = rig.must({
      instance: "asker/a",
      transition: "Ask",
      hlc: "2023-11-14T22:13:20.000+00:00#6",
    });
    expect(record.parts[0]?.instance).toBe("told/a");
    expect(parseHlc(rig.document("told/a").hlc_last)).toEqual(parseHlc(later));
  });
});

const LISTER = loadChart(`
chart: lister
version: 1
context: { type: object }
initialContext: {}
initial: A
states: { A: { on: { List: {} } } }
transitions:
  List: { by: [operator], inputs: { type: object, required: [pad], properties: { pad: { type: array, maxItems: 32, items: { type: string, maxLength: 4096 } } } } }
`);

describe("a record", () => {
  it("may have its bytes to the last one", () => {
    const rig = new Rig(LISTER);
    const list = (last: string) => ({
      instance: "lister/a",
      transition: "List",
      inputs: { pad: [...Array.from({ length: 15 }, () => "x".repeat(4_090)), last] },
      idemKey: "always/the/same",
    });
    const left = RECORD_BYTES_MAX - mustBeAccepted(rig.ask(list(""))).text.length;
    expect(mustBeRefused(rig.ask(list("y".repeat(left + 1))))).toMatchObject({
      code: "record_too_large",
      reasons: [expect.stringMatching(/^the record would have 65536 bytes, at most 65535; /)],
    });
    expect(rig.must(list("y".repeat(left))).text).toHaveLength(RECORD_BYTES_MAX);
  });
});

/** What comes through a read of a chart that is not installed has no type at load. */
const loose = (name: string, otherwise: string): string =>
  `(reads.any != null && has(reads.any.context.${name}) ? reads.any.context.${name} : ${otherwise})`;
const BLAMED = loadChart(`
chart: blamed
version: 1
context: { type: object, required: [list, n], properties: { list: { type: array, maxItems: 3, items: { type: integer } }, n: { type: integer } } }
initialContext: { list: [], n: 1 }
reads: { any: "'any/' + 'a'" }
initial: A
states:
  A:
    on:
      Inside: { actions: [ { assign: { n: "2" } }, { assign: { list: "[1, ${loose("v", "1")}]" } }, { assign: { n: "3" } } ] }
      Shape: { target: B }
  B: { after: [ { id: u, ms: "${loose("w", "1")}", raise: Late } ], on: { Late: {} } }
transitions:
  Inside: { by: [operator] }
  Shape: { by: [operator] }
  Late: { by: [] }
`);
const ANY = loadChart(`
chart: any
version: 1
context: { type: object, required: [v, w], properties: { v: { type: string, maxLength: 9 }, w: { type: array, items: { type: integer } } } }
initialContext: { v: "text", w: [] }
initial: A
states: { A: { on: { Begin: {} } } }
transitions: { Begin: { by: [operator] } }
`);

describe("a value that was not typed at load", () => {
  it("is blamed on the assign that brought it, however deep it stands, and on its timer", () => {
    const rig = new Rig(BLAMED, ANY);
    rig.must({ instance: "blamed/b", transition: "Inside" });
    rig.must({ instance: "any/a", transition: "Begin" });
    const reason = (transition: string): string | undefined =>
      rig.refused({ instance: "blamed/a", transition }).reasons[0];
    expect(reason("Inside")).toMatch(/^Inside of A, assign list: context\.list\[1\]: /);
    expect(reason("Shape")).toBe("timer of B, u: objects and arrays are too deep");
  });
});
