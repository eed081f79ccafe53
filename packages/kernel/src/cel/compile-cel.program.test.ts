import { describe, expect, it } from "vitest";
import { describeType } from "./cel-type.ts";
import { programOf, scopeOf } from "./test/given.ts";
import { given } from "./test/order.ts";

describe("a program says what it looks at", () => {
  it.each([
    ["1", [], [], []],
    ["config.limit > 3", ["config"], [], []],
    ["context.retries < config.limit", ["config", "context"], [], []],
    ["reads.till != null && at > 1", ["at", "reads"], ["till"], []],
    ["reads.till != null || reads.stock != null", ["reads"], ["stock", "till"], []],
    ["reads['till'] != null", ["reads"], ["till"], []],
    ["has(reads.till)", ["reads"], ["till"], []],
    ["reads.size() > 1", ["reads"], ["stock", "till"], []],
    ["reads.all(r, r != '')", ["reads"], ["stock", "till"], []],
    ["[1].all(i, reads.till != null && i > 0)", ["reads"], ["till"], []],
    ["In('Flow.DRAFT') || !In('Flow') || In('Flow')", [], [], [0, 1]],
    [
      "verdict.all(v, v) && beat == null && has(inputs.item)",
      ["beat", "inputs", "verdict"],
      [],
      [],
    ],
    [
      "{'a': reads.stock, 'b': [reads.till]}.size() > 0 ? 'x'.contains('y') : true",
      ["reads"],
      ["stock", "till"],
      [],
    ],
    ["['a'].join(string(at)).size() > at", ["at"], [], []],
    ["context.items[at % 2] == '' && !(-at in [at])", ["at", "context"], [], []],
  ])("%s", (source, variables, reads, states) => {
    const program = programOf(source, given);
    expect(program.source).toBe(source);
    expect([program.variables, program.reads, program.states]).toEqual([variables, reads, states]);
  });
});

describe("a program without variables is constant", () => {
  it.each([
    ["1 + 2", 3],
    ["true || false", true],
    ["null", null],
    ["config.limit", 10],
    ["config.limit > 3 && config.warehouse == 'main'", true],
    ["config", { limit: 10, warehouse: "main" }],
    ["[1, 2].map(i, i + config.limit)", [11, 12]],
    ["[1].map(i, [2].map(j, i + j))", [[3]]],
    ["{'b': 1, 'a': 2}", { a: 2, b: 1 }],
    ["'a'.contains('a')", true],
  ])("%s", (source, value) => {
    const program = programOf(source, given);
    expect(program.constant).toEqual(value);
    expect(program.evaluate(scopeOf())).toEqual(value);
  });

  it.each([
    "1 / 0",
    "at",
    "In('Flow')",
    "context.retries > 1",
    "true || at > 1",
    "[at].map(i, 1)",
    "[1].map(i, at)",
    "beat == null",
    "verdict == []",
    "has(context.note)",
  ])("%s is not", (source) => {
    expect(programOf(source, given).constant).toBeUndefined();
  });

  it("is evaluated once: the same object each time", () => {
    const program = programOf("[[1, 2], [3]]", given);
    expect(program.evaluate(scopeOf())).toBe(program.evaluate(scopeOf()));
    const part = programOf("at > 0 ? [[1], [2]] : [[3]]", given);
    expect(part.evaluate(scopeOf({ at: 1 }))).toBe(part.evaluate(scopeOf({ at: 1 })));
  });

  it("does not mistake loop variables for constants", () => {
    expect(programOf("[1, 2].map(i, [10, 20].map(j, j + i))", given).constant).toEqual([
      [11, 21],
      [12, 22],
    ]);
    const program = programOf("[at, 2].map(i, [10].map(j, j).size() + i)", given);
    expect(program.evaluate(scopeOf({ at: 5 }))).toEqual([6, 3]);
  });
});

describe("a program has a type", () => {
  it.each([
    ["1", "int"],
    ["'a' + 'b'", "string"],
    ["1 == 2", "bool"],
    ["null", "null"],
    ["beat", "null or int"],
    ["[]", "empty list"],
    ["[1, 'a']", "list of (int or string)"],
    ["[[1], []]", "list of list of int"],
    ["context.items", "list of string"],
    ["context.meta", "map of int"],
    ["context", "record {items, retries, note?, meta, owner?}"],
    ["true ? 1 : 'a'", "int or string"],
    ["true ? {'a': 1} : {'b': 1}", "record {a?, b?}"],
    ["true ? {'a': 1} : context.meta", "map of int"],
    ["{context.items[0]: 1}", "map of int"],
    ["reads.stock != null ? reads.stock.context : 1", "anything"],
    ["reads.till != null ? reads.till.context : null", "record {sum, last?} or null"],
    ["context.meta.map(k, 1)", "list of int"],
    ["context.items.filter(i, true)", "list of string"],
    ["context.items.map(i, i.size())", "list of int"],
    ["context.items + [1]", "list of (string or int)"],
    ["context.items[0]", "string"],
    ["verdict", "list of bool"],
  ])("%s: %s", (source, type) => {
    expect(describeType(programOf(source, { ...given, states: [] }).type)).toBe(type);
  });
});
