import { afterEach, describe, expect, it } from "vitest";
import { evaluated, problemsOf } from "./test/given.ts";

const NAMES = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "isPrototypeOf",
  "prototype",
];

const map = {
  context: {
    type: "object",
    required: ["m", "list"],
    properties: {
      m: { type: "object", additionalProperties: { type: "integer" } },
      list: { type: "array", items: { type: "integer" }, maxItems: 3 },
    },
  },
  reads: { x: undefined },
} as const;
const x = { configuration: [], context: {}, hash: "" };
const values = { context: { list: [1], m: {} }, reads: { x } };

describe("what a prototype has is not there", () => {
  it.each(NAMES)("%s", (name) => {
    expect(evaluated(`has(context.m.${name})`, map, values)).toBe(false);
    expect(evaluated(`'${name}' in context.m`, map, values)).toBe(false);
    expect(evaluated(`context.m['${name}' + '']`, map, values)).toBe("error: no_such_key");
    expect(evaluated(`reads.x != null && has(reads.x.context.${name})`, map, values)).toBe(false);
    expect(evaluated(`reads.x != null && '${name}' in reads.x.context`, map, values)).toBe(false);
    expect(
      evaluated(`context.m == {'${name}': 1}`, map, {
        ...values,
        context: { list: [], m: { a: 1 } },
      }),
    ).toBe(false);
    expect(problemsOf(`context.${name}`, map)).toHaveLength(1);
    expect(problemsOf(`has(context.${name})`, map)).toHaveLength(1);
    expect(problemsOf(`'${name}' in context`, map)).toHaveLength(1);
    expect(problemsOf(name, map)).toHaveLength(1);
    expect(problemsOf(`${name}(1)`, map)).toHaveLength(1);
    expect(problemsOf(`context.list.${name}()`, map)).toHaveLength(1);
  });

  it("__proto__ cannot even be written", () => {
    expect(problemsOf("context.__proto__", map)).toHaveLength(1);
    expect(problemsOf("__proto__", map)).toHaveLength(1);
    expect(problemsOf("{'__proto__': 1}", map)).toHaveLength(1);
    expect(evaluated("'__proto__' in context.m", map, values)).toBe(false);
    expect(evaluated("{'__proto' + '__': 1}", map, values)).toBe("error: type");
  });

  it("length of a list is no field of it", () => {
    expect(problemsOf("context.list.length", map)).toHaveLength(1);
    const read = { ...x, context: { l: [1, 2], s: "ab" } };
    const scope = { ...values, reads: { x: read } };
    for (const name of ["l", "s"]) {
      const source = `reads.x != null && has(reads.x.context.${name}) && has(reads.x.context.${name}.length)`;
      expect(evaluated(source, map, scope)).toBe("error: type");
      expect(evaluated(`${source} && reads.x.context.${name}.length == 2`, map, scope)).toBe(
        "error: type",
      );
      expect(
        evaluated(`${source} && reads.x.context.${name}['length' + ''] == 2`, map, scope),
      ).toBe("error: type");
    }
  });

  it.each(NAMES)("a declared field may be called %s", (name) => {
    const given = {
      context: {
        type: "object",
        required: [name],
        properties: { [name]: { type: "integer" } },
      },
      inputs: { type: "object", properties: { [name]: { type: "integer" } } },
    } as const;
    const scope = { context: { [name]: 3 } };
    expect(evaluated(`context.${name} + 1`, given, scope)).toBe(4);
    expect(evaluated(`has(inputs.${name}) ? inputs.${name} : 0`, given, scope)).toBe(0);
    expect(evaluated(`{'${name}': 1}.${name}`, given, scope)).toBe(1);
    expect(evaluated(`context.${name}`, given, { context: {} })).toBe("error: no_such_key");
  });
});

describe("with a polluted prototype", () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "polluted");
    Reflect.deleteProperty(Object.prototype, "note");
  });

  it("own fields alone count", () => {
    Object.assign(Object.prototype, { polluted: 1, note: "x" });
    const given = {
      context: { type: "object", properties: { note: { type: "string", maxLength: 9 } } },
      reads: { x: undefined },
    } as const;
    const scope = { context: {}, reads: { x } };
    expect(evaluated("has(context.note)", given, scope)).toBe(false);
    expect(evaluated("has(context.note) ? context.note : 'none'", given, scope)).toBe("none");
    expect(evaluated("reads.x != null && has(reads.x.context.polluted)", given, scope)).toBe(false);
    expect(evaluated("context.size()", given, scope)).toBe(0);
    expect(problemsOf("context.polluted", given)).toHaveLength(1);
  });
});

describe("values that are not what their type says", () => {
  const given = {
    context: {
      type: "object",
      required: ["n", "s", "list", "rec"],
      properties: {
        n: { type: "integer" },
        s: { type: "string", maxLength: 9 },
        list: { type: "array", items: { type: "integer" }, maxItems: 9 },
        rec: { type: "object", required: ["a"], properties: { a: { type: "integer" } } },
      },
    },
    inputs: { type: "object", required: ["n"], properties: { n: { type: "integer" } } },
  } as const;
  it.each([
    ["context.n + 1", { n: "a" }, "error: type"],
    ["context.n + 1", {}, "error: no_such_key"],
    ["inputs.n + 1", {}, "error: no_such_key"],
    ["context.rec.a", { rec: null }, "error: type"],
    ["context.rec.a", { rec: [1] }, "error: type"],
    ["context.rec.a", { rec: {} }, "error: no_such_key"],
    ["has(context.rec.a)", { rec: 3 }, "error: type"],
    ["context.rec.a", { rec: { a: null } }, null],
    ["[context.n]", { n: null }, [null]],
    ["context.list.size()", { list: null }, "error: type"],
    ["context.list.size()", { list: "ab" }, 2],
    ["context.list.all(i, i > 0)", { list: ["a"] }, "error: type"],
    ["context.s.contains('a')", { s: 1 }, "error: type"],
    ["context.list[0]", { list: 1 }, "error: type"],
    ["1 in context.list", { list: 1 }, "error: type"],
    ["context.list.map(i, i).size()", { list: 1 }, "error: type"],
  ])("%s with %j → %j", (source, context, expected) => {
    expect(evaluated(source, given, { context, inputs: {} })).toEqual(expected);
  });
});
