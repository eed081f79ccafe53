import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createNativeRegistry } from "./native-registry.ts";
import { loadChart } from "./load-chart.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";

const EXAMPLE = readFileSync(
  new URL("../../../../examples/order/example-chart.yaml", import.meta.url),
  "utf8",
);

/** The errors of the example with these words changed: `line:column message`. */
function errorsWith(...changes: readonly (readonly [from: string, to: string])[]): string[] {
  const text = changes.reduce((whole, [from, to]) => {
    expect(whole.split(from).length, `"${from}" is in the example`).toBeGreaterThan(1);
    return whole.replace(from, () => to);
  }, EXAMPLE);
  const { value, positions, problems } = parseYaml(text);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return loadChart(value, { natives: createNativeRegistry([]), positions })
    .problems.filter(({ severity }) => severity === "error")
    .map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`);
}

describe("one slip is told once, and nothing that comes of it", () => {
  it.each<[string, string, string]>([
    ["chart: order", "chrat: order", '2:1 a chart has no key "chrat"; did you mean "chart"?'],
    ["\nstates:", "\nstate:", '20:1 a chart has no key "state"; did you mean "states"?'],
    ["    states:", "    sates:", '23:5 state Flow has no key "sates"; did you mean "states"?'],
    ["\nguards:", "\nguard:", '87:1 a chart has no key "guard"; did you mean "guards"?'],
    [
      "\ntransitions:",
      "\ntransition:",
      '75:1 a chart has no key "transition"; did you mean "transitions"?',
    ],
    [
      "initialContext:",
      "initalContext:",
      '14:1 a chart has no key "initalContext"; did you mean "initialContext"?',
    ],
    [
      "\ntype: parallel",
      "\ntype: paralel",
      '18:7 there is no type "paralel" of states; did you mean "parallel"?',
    ],
    [
      "regions: [Flow, Control]",
      "regions: [Flow, Controll]",
      '19:17 region "Controll": there is no such state; did you mean "Control"?',
    ],
    [
      "leaveBy: [Order_Release]",
      "leaveBy: [Order_Relese]",
      '72:29 there is no transition "Order_Relese"; did you mean "Order_Release"?',
    ],
    [
      "type: integer, minimum: 0, maximum: 5",
      "type: int, minimum: 0, maximum: 5",
      '12:22 unknown type "int"; one of object, array, string, integer, boolean, null',
    ],
    [
      "[items, paid, retries]",
      "[items, payed, retries]",
      '8:21 "payed" is required, but not in properties',
    ],
    [
      "reads.stock == null || 'OPEN' in reads.stock",
      "reads.stok == null || 'OPEN' in reads.stok",
      "89:29 when of guard stockOpen: `reads` has no field `stok`; its fields are stock",
    ],
    ["id: nag, ", "", '57:26 after needs "id": a name for `cancel`, once in the chart'],
    [
      "on: { Order_Hold: { target: HELD } }",
      "on: [ Order_Hold ]",
      "69:13 on must be a map of names, not an array of 1",
    ],
    [
      "chart: order",
      "chart: Order",
      '2:8 "Order" cannot be the name of a chart: a small letter, then small letters, digits, _ and -, at most 32',
    ],
  ])("%j → %j", (from, to, told) => {
    expect(errorsWith([from, to])).toEqual([told]);
  });

  it.each(["transitions", "guards"])("%s that are no map", (key) => {
    const rest = EXAMPLE.slice(EXAMPLE.indexOf(`\n${key}:`) + 1);
    const block = rest.slice(0, rest.search(/\n(?=[a-z#])/) + 1);
    const told = errorsWith([block, `${key}: []\n`]);
    expect(told.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      `${key} must be a map of names, not an array of 0`,
    ]);
  });

  it("states that are not there", () => {
    const from = EXAMPLE.indexOf("\nstates:") + 1;
    const block = EXAMPLE.slice(from, EXAMPLE.indexOf("\ntransitions:") + 1);
    expect(errorsWith([block, "states:\n"])).toEqual([
      "20:8 states must be a map of names, but is empty (null)",
    ]);
  });

  it("a context that is no schema", () => {
    const from = EXAMPLE.indexOf("\ncontext:") + 1;
    const block = EXAMPLE.slice(from, EXAMPLE.indexOf("\ninitialContext:") + 1);
    expect(errorsWith([block, "context: 5\n"])).toEqual([
      "6:10 5 is no schema; an object like { type: string } is expected",
    ]);
  });

  it("a state whose name cannot be one: its targets have nowhere to go", () => {
    expect(errorsWith(["      DRAFT:", "      DRAFT-1:"])).toEqual([
      '22:14 "DRAFT": Flow has no state "DRAFT"; there are CHECKING, SHIPPED, CANCELLED',
      '24:7 "DRAFT-1" cannot be a name in states: letters, digits and _, not beginning with a digit, at most 64 (like Order_Add)',
    ]);
  });
});

describe("what is really unused is told beside other problems", () => {
  it.each([
    [
      "transitions",
      "  Order_Foo: { by: [client] }\n",
      "76:3 Order_Foo is declared under transitions",
    ],
    ["guards", '  spare: { when: "true", reason: "no" }\n', "88:3 spare is declared under guards"],
    ["reads", `  spare: "'stock/b'"\n`, "16:3 spare is declared under reads"],
  ])("%s", (key, line, told) => {
    const errors = errorsWith(
      ["version: 1", "version: one"],
      [`\n${key}:\n`, `\n${key}:\n${line}`],
    );
    expect(errors).toHaveLength(2);
    expect(errors[1]).toContain(told);
  });

  it("a misspelt name in a list is not its neighbour said twice", () => {
    expect(errorsWith(["[notEmpty, stockOpen]", "[notEmpty, notEmty, stockOpen]"])).toEqual([
      '28:64 there is no guard "notEmty"; did you mean "notEmpty"?',
    ]);
    expect(errorsWith(["[notEmpty, stockOpen]", "[notEmpty, notEmpty, stockOpen]"])).toEqual([
      '28:64 "notEmpty" stands twice in guards',
    ]);
  });

  it("values of a context whose schema is refused in one place are held against the rest", () => {
    const errors = errorsWith(["maximum: 5", "maximum: five"], ["paid: false", "paid: no"]);
    expect(errors).toEqual([
      '12:52 "five" is no bound; an integer is expected',
      '14:36 initialContext.paid: "no" is a string; a boolean is expected',
    ]);
  });
});

describe("values that an expression always gives", () => {
  it.each([
    [
      "\"'stock is late'\"",
      `"'${"x".repeat(201)}'"`,
      `60:61 context.note can never do: "${"x".repeat(60)}…" has 201 characters; at most 200`,
    ],
    [
      '"context.retries + 1"',
      '"6"',
      "46:47 context.retries can never do: 6 is too large; at most 5",
    ],
    [
      '"config.paymentDeadlineMs"',
      '"-5"',
      "40:136 deadlineMs of emit pay can never do: -5 is before its beginning; at least 0",
    ],
    [
      "paymentDeadlineMs: 60000",
      "paymentDeadlineMs: -1",
      "40:136 deadlineMs of emit pay can never do: -1 is before its beginning; at least 0",
    ],
    [
      'beats: "4"',
      'beats: "-4"',
      "57:44 beats of timer nag can never do: -4 is before its beginning; at least 0",
    ],
    [
      "\"'payments'\"",
      "\"''\"",
      "40:69 owner of emit pay can never do: the name of an identity has 1 to 128 characters, not 0",
    ],
    [
      "{ cancel: nag }",
      "{ cancel: nag }, { join: { instance: \"'stock'\", transition: Stock_Take } }",
      '59:99 instance of a join can never do: "stock" is no instance; chart/id is expected, the id of letters, digits, _ and -',
    ],
  ])("%j → %j", (from, to, told) => {
    expect(errorsWith([from, to])).toEqual([told]);
  });

  it("may be at the bounds", () => {
    expect(errorsWith(['"context.retries + 1"', '"5"'])).toEqual([]);
    expect(errorsWith(['beats: "4"', 'beats: "0"'])).toEqual([]);
    expect(errorsWith(["\"'payments'\"", `"'${"p".repeat(128)}'"`])).toEqual([]);
    expect(errorsWith(["\"'payments'\"", `"'${"p".repeat(129)}'"`])).toHaveLength(1);
  });
});

describe("a path in In()", () => {
  it.each([
    [
      "Control.HLED",
      '92:25 when of guard notHeld: no state has the path "Control.HLED"; did you mean "Control.HELD"?',
    ],
    [
      "HELD",
      '92:25 when of guard notHeld: no state has the path "HELD"; did you mean "Control.HELD"?',
    ],
    [
      "order.Control.HELD",
      `92:25 when of guard notHeld: no state has the path "order.Control.HELD"; leave the chart's name out`,
    ],
  ])("%s", (path, told) => {
    expect(errorsWith(["!In('Control.HELD')", `!In('${path}')`])).toEqual([told]);
  });
});

describe("absolute targets", () => {
  it("do not name the root", () => {
    expect(errorsWith(["{ target: HELD }", "{ target: '#order' }"])).toEqual([
      '69:37 "#order": the root is always active; name a state below it, as in #order.STATE',
    ]);
  });
});
