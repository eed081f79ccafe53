import { describe, expect, it } from "vitest";
import { assert } from "../invariant.ts";
import { compileCel } from "./compile-cel.ts";
import { environmentOf, evaluated, programOf, scopeOf, shown } from "./test/given.ts";

const MAX = 9_007_199_254_740_991;

/** Errors of a given name, made from a value that no fold can see. */
const given = {
  context: {
    type: "object",
    required: ["n", "zero", "max", "xs", "s", "yes", "no", "tags"],
    properties: {
      n: { type: "integer" },
      zero: { type: "integer" },
      max: { type: "integer" },
      xs: { type: "array", items: { type: "integer" }, maxItems: 10 },
      s: { type: "string", maxLength: 10 },
      yes: { type: "boolean" },
      no: { type: "boolean" },
      tags: { type: "object", additionalProperties: { type: "integer" } },
    },
  },
  reads: { x: undefined },
  states: ["A", "A.B"],
} as const;
const values = {
  context: {
    max: MAX,
    n: 7,
    no: false,
    s: "a😀b",
    tags: { a: 1, b: 2 },
    xs: [1, 2, 3],
    yes: true,
    zero: 0,
  },
  reads: {
    x: {
      configuration: [],
      context: { f: 1, list: [1, "a", null], m: { k: 1 }, t: "x" },
      hash: "",
    },
  },
  isActive: (state: number) => state === 1,
};

function check(table: readonly (readonly [source: string, expected: unknown])[]): void {
  it.each(table)("%s → %j", (source, expected) => {
    expect(evaluated(source, given, values)).toEqual(expected);
  });
}

const ERR = "context.n / context.zero > 0";
const OTHER = "context.xs[9] > 0";
const UNKNOWN = "reads.x != null && has(reads.x.context.f)";
const NOT_BOOL = `(${UNKNOWN} ? reads.x.context.f : true)`;

describe("&& and || absorb errors on either side", () => {
  const zero = "error: division_by_zero";
  const missing = "error: no_such_key";
  check([
    ["context.yes && context.yes", true],
    ["context.yes && context.no", false],
    ["context.no && context.yes", false],
    ["context.no && context.no", false],
    [`context.yes && ${ERR}`, zero],
    [`context.no && ${ERR}`, false],
    [`${ERR} && context.yes`, zero],
    [`${ERR} && context.no`, false],
    [`${ERR} && ${OTHER}`, zero],
    [`${OTHER} && ${ERR}`, missing],
    ["context.yes || context.yes", true],
    ["context.yes || context.no", true],
    ["context.no || context.yes", true],
    ["context.no || context.no", false],
    [`context.yes || ${ERR}`, true],
    [`context.no || ${ERR}`, zero],
    [`${ERR} || context.yes`, true],
    [`${ERR} || context.no`, zero],
    [`${ERR} || ${OTHER}`, zero],
    [`${OTHER} || ${ERR}`, missing],
    [`${NOT_BOOL} && context.yes`, "error: type"],
    [`${NOT_BOOL} && context.no`, false],
    [`context.yes && ${NOT_BOOL}`, "error: type"],
    [`context.no && ${NOT_BOOL}`, false],
    [`${NOT_BOOL} || context.yes`, true],
    [`${NOT_BOOL} || context.no`, "error: type"],
    [`context.no || ${NOT_BOOL}`, "error: type"],
    [`${ERR} && ${NOT_BOOL}`, zero],
    [`${NOT_BOOL} && ${ERR}`, "error: type"],
  ]);
});

describe("! and ? :", () => {
  check([
    ["!context.yes", false],
    ["!context.no", true],
    [`!(${ERR})`, "error: division_by_zero"],
    [`!${NOT_BOOL}`, "error: type"],
    ["context.yes ? 1 : 2", 1],
    ["context.no ? 1 : 2", 2],
    [`${ERR} ? 1 : 2`, "error: division_by_zero"],
    [`${NOT_BOOL} ? 1 : 2`, "error: type"],
    ["context.yes ? 'a' : null", "a"],
    ["context.no ? context.n / context.zero : 4", 4],
  ]);
});

describe("integers stay in the safe range at every step", () => {
  check([
    ["context.n + 3", 10],
    ["context.n - 10", -3],
    ["context.n * -3", -21],
    ["context.n / 2", 3],
    ["-context.n / 2", -3],
    ["context.n / -2", -3],
    ["-context.n / -2", 3],
    ["context.n % 4", 3],
    ["-context.n % 4", -3],
    ["context.n % -4", 3],
    ["-context.n % -4", -3],
    ["context.n / 0", "error: division_by_zero"],
    ["context.n % 0", "error: division_by_zero"],
    ["context.max + 0", MAX],
    ["context.max + 1", "error: overflow"],
    ["-context.max - 1", "error: overflow"],
    ["-context.max - 0", -MAX],
    ["context.max * 1", MAX],
    ["context.max * -1", -MAX],
    ["context.max * 2", "error: overflow"],
    ["context.max * -2", "error: overflow"],
    ["context.max + 1 - 1", "error: overflow"],
    ["context.max * 2 / 2", "error: overflow"],
    ["context.max / -1", -MAX],
    ["context.max / context.max", 1],
    ["(context.max - 1) / context.max", 0],
    ["context.max / 2", 4_503_599_627_370_495],
    ["context.max % 2", 1],
    ["-context.max", -MAX],
    ["9007199254740991", MAX],
    ["-9007199254740991", -MAX],
    ["0x10", 16],
    ["- -context.n", 7],
    ["context.n / context.zero + context.xs[9]", "error: division_by_zero"],
    ["context.xs[9] + context.n / context.zero", "error: no_such_key"],
    ["(context.no ? reads.x : null) == null", true],
  ]);

  it.each(["0 * -1", "context.zero * -1", "-context.zero", "0 / -3", "-7 % 7", "-(0)", "-0"])(
    "%s is 0, never −0",
    (source) => {
      expect(Object.is(evaluated(source, given, values), 0)).toBe(true);
    },
  );
});

describe("order", () => {
  check([
    ["1 < 2", true],
    ["context.n < 7", false],
    ["context.n <= 7", true],
    ["context.n <= 6", false],
    ["context.n > 6", true],
    ["context.n > 7", false],
    ["context.n >= 7", true],
    ["context.n >= 8", false],
    ["'a' < context.s", true],
    ["context.s < 'a'", false],
    ["context.s <= context.s", true],
    ["context.s <= 'a'", false],
    ["context.s > 'a'", true],
    ["context.s > context.s", false],
    ["context.s >= context.s", true],
    ["'a' >= context.s", false],
    ["context.no < context.yes", true],
    ["context.yes < context.no", false],
    ["context.yes <= context.yes", true],
    ["context.yes > context.no", true],
    ["context.no >= context.yes", false],
    [`${ERR.replace(" > 0", "")} < 1`, "error: division_by_zero"],
    ["1 < context.xs[9]", "error: no_such_key"],
    [`${UNKNOWN} && reads.x.context.f < 'a'`, "error: type"],
    [`${UNKNOWN} && reads.x.context.f < true`, "error: type"],
  ]);

  it("goes by UTF-16 units, where an astral character stands before U+FFFD", () => {
    expect(evaluated("'😀' < '\\ufffd'")).toBe(true);
    expect(evaluated("'z' < '😀'")).toBe(true);
  });
});

describe("== and != look into lists and maps", () => {
  check([
    ["context.n == 7", true],
    ["context.n != 7", false],
    ["context.s == 'a😀b'", true],
    ["context.s != 'x'", true],
    ["context.xs == [1, 2, 3]", true],
    ["context.xs == [1, 2]", false],
    ["context.xs == [1, 2, 4]", false],
    ["context.xs != []", true],
    ["context.tags == {'b': 2, 'a': 1}", true],
    ["context.tags == {'a': 1}", false],
    ["context.tags == {'a': 1, 'b': 3}", false],
    ["context.tags == {'a': 1, 'c': 2}", false],
    ["context.tags != {'a': 1}", true],
    ["[[1], [2]] == [[1], [2]]", true],
    ["null == null", true],
    ["null != null", false],
    ["beat == null", true],
    ["beat != null", false],
    ["context.yes == true", true],
    ["context.n / context.zero == 1", "error: division_by_zero"],
    ["1 == context.xs[9]", "error: no_such_key"],
    [`${UNKNOWN} && reads.x.context.f == 'a'`, false],
    [`${UNKNOWN} && reads.x.context.f == [1]`, false],
    [`${UNKNOWN} && [1] == reads.x.context.f`, false],
    [`${UNKNOWN} && {'a': 1} == reads.x.context.f`, false],
    [`${UNKNOWN} && reads.x.context.f == 1`, true],
    ["reads.x != null && has(reads.x.context.m) && reads.x.context.m == ['k']", false],
    ["reads.x != null && has(reads.x.context.m) && ['k'] == reads.x.context.m", false],
    ["reads.x != null && has(reads.x.context.m) && reads.x.context.m == {'k': 1}", true],
  ]);
});

describe("in", () => {
  check([
    ["2 in context.xs", true],
    ["4 in context.xs", false],
    ["[1] in [[1], [2]]", true],
    ["[3] in [[1], [2]]", false],
    ["null in [null]", true],
    ["null in []", false],
    ["'a' in context.tags", true],
    ["'z' in context.tags", false],
    ["context.s in context.tags", false],
    ["'n' in context", true],
    ["context.n / context.zero in context.xs", "error: division_by_zero"],
    ["1 in [context.xs[9]]", "error: no_such_key"],
    ["reads.x != null && has(reads.x.context.list) && 'a' in reads.x.context.list", true],
    ["reads.x != null && has(reads.x.context.list) && 'b' in reads.x.context.list", false],
    ["reads.x != null && has(reads.x.context.m) && 'k' in reads.x.context.m", true],
    ["reads.x != null && has(reads.x.context.m) && 1 in reads.x.context.m", false],
    ["reads.x != null && has(reads.x.context.m) && true in reads.x.context.m", false],
    ["reads.x != null && has(reads.x.context.m) && null in reads.x.context.m", "error: type"],
    ["reads.x != null && has(reads.x.context.m) && [1] in reads.x.context.m", "error: type"],
    [`${UNKNOWN} && 1 in reads.x.context.f`, "error: type"],
  ]);
});

describe("indexes and fields", () => {
  check([
    ["context.xs[0]", 1],
    ["context.xs[2]", 3],
    ["context.xs[3]", "error: no_such_key"],
    ["context.xs[-1]", "error: no_such_key"],
    ["context.tags[string(context.n)]", "error: no_such_key"],
    ["context.tags['a' + '']", 1],
    ["context['n']", 7],
    ["context['n' + '']", 7],
    ["context[context.s]", "error: no_such_key"],
    ["context.xs[context.n / context.zero]", "error: division_by_zero"],
    ["[context.xs[9]][0]", "error: no_such_key"],
    ["{'a': {'b': 3}}.a.b", 3],
    ["[null][0]", null],
    [`${UNKNOWN} && reads.x.context.f[0] == 1`, "error: type"],
    ["reads.x != null && has(reads.x.context.list) && reads.x.context.list[2] == null", true],
    [
      "reads.x != null && has(reads.x.context.list) && reads.x.context.list['a' + ''] == 1",
      "error: type",
    ],
    ["reads.x != null && has(reads.x.context.m) && reads.x.context.m[0] == 1", "error: type"],
  ]);
});

describe("+ joins strings and lists", () => {
  check([
    ["context.s + 'c'", "a😀bc"],
    ["context.xs + [4]", [1, 2, 3, 4]],
    ["[] + []", []],
    [
      "context.xs + context.xs + context.xs + context.xs + context.xs + context.xs",
      [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
    ],
    ["context.xs + [context.xs[9]]", "error: no_such_key"],
    ["[context.xs[9]] + context.xs", "error: no_such_key"],
    [`(${UNKNOWN}) ? reads.x.context.f + [1] : []`, "error: type"],
    [`(${UNKNOWN}) ? [1] + reads.x.context.f : []`, "error: type"],
    [`(${UNKNOWN}) ? reads.x.context.f + 'a' : 'b'`, "error: type"],
    [`(${UNKNOWN}) ? reads.x.context.f + reads.x.context.f : 0`, 2],
  ]);
});

describe("functions and methods", () => {
  check([
    ["size(context.s)", 3],
    ["context.s.size()", 3],
    ["size(context.xs)", 3],
    ["context.tags.size()", 2],
    ["context.size()", 8],
    ["size('')", 0],
    ["size([])", 0],
    ["size({})", 0],
    ["size([context.xs[9]])", "error: no_such_key"],
    [`${UNKNOWN} && size(reads.x.context.f) > 0`, "error: type"],
    ["reads.x != null && has(reads.x.context.list) && size(reads.x.context.list) == 3", true],
    ["reads.x != null && has(reads.x.context.m) && size(reads.x.context.m) == 1", true],
    ["reads.x != null && has(reads.x.context.t) && size(reads.x.context.t) == 1", true],
    ["string(context.n)", "7"],
    ["string(-context.max)", "-9007199254740991"],
    ["string(context.n / context.zero)", "error: division_by_zero"],
    [
      "reads.x != null && has(reads.x.context.t) && string(reads.x.context.t) == 'x'",
      "error: type",
    ],
    ["context.s.startsWith('a')", true],
    ["context.s.startsWith('b')", false],
    ["context.s.endsWith('b')", true],
    ["context.s.endsWith('a')", false],
    ["context.s.contains('😀')", true],
    ["context.s.contains('c')", false],
    ["context.s.contains('')", true],
    ["string(context.xs[9]).contains('a')", "error: no_such_key"],
    [`${UNKNOWN} && reads.x.context.f.contains('a')`, "error: type"],
    [`${UNKNOWN} && 'a'.startsWith(reads.x.context.f)`, "error: type"],
    ["['a', 'b', 'c'].join()", "abc"],
    ["['a', 'b', 'c'].join(', ')", "a, b, c"],
    ["['a'].join(', ')", "a"],
    ["[].join(', ')", ""],
    ["[string(context.xs[9])].join()", "error: no_such_key"],
    ["['a'].join(string(context.xs[9]))", "error: no_such_key"],
    [
      "reads.x != null && has(reads.x.context.list) && reads.x.context.list.join() == ''",
      "error: type",
    ],
    [`${UNKNOWN} && reads.x.context.f.join() == ''`, "error: type"],
    [`${UNKNOWN} && ['a', 'b'].join(reads.x.context.f) == ''`, "error: type"],
    ["has(context.tags.a)", true],
    ["has(context.tags.z)", false],
    ["has(context.n)", true],
    [`${UNKNOWN} && has(reads.x.context.f.g)`, "error: type"],
    ["In('A')", false],
    ["In('A.B')", true],
  ]);
});

describe("loops", () => {
  const zero = "error: division_by_zero";
  check([
    ["context.xs.all(i, i > 0)", true],
    ["context.xs.all(i, i > 1)", false],
    ["[].all(i, i > 1)", true],
    ["[0, 1].all(i, 1 / i > 5)", false],
    ["[1, 0].all(i, 1 / i > 0)", zero],
    ["[0, 1].all(i, 1 / i > 0)", zero],
    ["context.xs.exists(i, i > 2)", true],
    ["context.xs.exists(i, i > 3)", false],
    ["[].exists(i, i > 3)", false],
    ["[0, 1].exists(i, 1 / i > 0)", true],
    ["[0, 1].exists(i, 1 / i > 5)", zero],
    ["[1, 0].exists(i, 1 / i > 5)", zero],
    ["context.xs.exists_one(i, i > 2)", true],
    ["context.xs.exists_one(i, i > 1)", false],
    ["context.xs.exists_one(i, i > 5)", false],
    ["[0, 1].exists_one(i, 1 / i > 0)", zero],
    ["[1, 0].exists_one(i, 1 / i > 0)", zero],
    ["context.xs.map(i, i * i)", [1, 4, 9]],
    ["context.xs.map(i, i > 1, i * i)", [4, 9]],
    ["[1, 0].map(i, 1 / i)", zero],
    ["[1, 0].map(i, 1 / i > 0, i)", zero],
    ["[0, 1].map(i, i > 0, 1 / i)", [1]],
    ["context.xs.filter(i, i != 2)", [1, 3]],
    ["[0].filter(i, 1 / i > 0)", zero],
    ["context.tags.map(k, k) == ['a', 'b']", true],
    ["context.tags.all(k, context.tags[k] > 0)", true],
    ["{'b': 1, 'a': 2}.map(k, k)", ["a", "b"]],
    [
      "context.xs.map(i, context.xs.map(j, i * j))",
      [
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
      ],
    ],
    ["context.xs.map(i, context.xs.filter(j, j > i).size())", [2, 1, 0]],
    ["context.xs.map(i, [10].map(i, i)[0] + i)", [11, 12, 13]],
    ["context.xs.filter(i, [10].exists(j, j > i)).map(i, i)", [1, 2, 3]],
    ["[context.xs[9]].all(i, true)", "error: no_such_key"],
    [`${UNKNOWN} && reads.x.context.f.all(i, true)`, "error: type"],
    [
      "reads.x != null && has(reads.x.context.list) && reads.x.context.list.all(i, i)",
      "error: type",
    ],
    [
      "reads.x != null && has(reads.x.context.list) && reads.x.context.list.exists_one(i, i)",
      "error: type",
    ],
    [
      "reads.x != null && has(reads.x.context.list) ? reads.x.context.list.filter(i, i) : []",
      "error: type",
    ],
    ["reads.x != null && has(reads.x.context.m) && reads.x.context.m.exists(k, k == 'k')", true],
  ]);
});

describe("literals", () => {
  check([
    ["[1, 'a', null, true, [], {}]", [1, "a", null, true, [], {}]],
    ["[1, context.xs[9]]", "error: no_such_key"],
    ["{'a': context.xs[9]}", "error: no_such_key"],
    ["{'b': 1, 'a': context.xs[9]}", "error: no_such_key"],
    ["{context.s: 1}", { "a😀b": 1 }],
    ["{context.s: 1, context.s: 2}", "error: type"],
    ["{string(context.n): 1}", "error: type"],
    ["{'__proto' + '__': 1}", "error: type"],
    ["{'__proto' + ['_', '_'].join(): 1}", "error: type"],
    ["{context.s + '': context.xs[9]}", "error: no_such_key"],
    ["{string(context.xs[9]): 1}", "error: no_such_key"],
    ["'\\u00e9\\x41\\101\\n'", "éAA\n"],
    ["r'a\\n'", "a\\n"],
    ["'''it's'''", "it's"],
    ["// why\n 1 // because", 1],
  ]);

  it.each([
    ["{'b': 1, 'a': 2, '\\U0001F600': 3, 'B': 4, '\\ufffd': 5}", ["B", "a", "b", "😀", "\ufffd"]],
    ["{context.s + 'b': 1, context.s + 'a': 2, 'z': 3, 'B': 4}", ["B", "a😀ba", "a😀bb", "z"]],
    ["{'a': {'d': 1, 'c': 2}}.a", ["c", "d"]],
  ])("%s has its keys in UTF-16 order", (source, keys) => {
    const value = programOf(source, given).evaluate(scopeOf(values));
    expect(Object.keys(shown(value) as object)).toEqual(keys);
  });
});

describe("variables", () => {
  it("reads each from the scope", () => {
    const scope = { ...values, at: 5, beat: 3, verdict: [true, false], inputs: { q: 1 } };
    const inputs = {
      type: "object",
      required: ["q"],
      properties: { q: { type: "integer" } },
    } as const;
    const all = { ...given, inputs, config: { limit: 3 } };
    expect(evaluated("[at, beat, verdict, inputs.q, config.limit]", all, scope)).toEqual([
      5,
      3,
      [true, false],
      1,
      3,
    ]);
    expect(evaluated("beat", all, values)).toBe(null);
    expect(evaluated("verdict.all(v, v)", all, scope)).toBe(false);
    expect(evaluated("inputs", all, scope)).toEqual({ q: 1 });
  });

  it("takes config from the scope where its value is not known at load", () => {
    const { configValue: _, ...environment } = environmentOf({ config: { limit: 3 } });
    const compilation = compileCel("config.limit + 1", environment);
    assert(compilation.ok, "it compiles");
    expect(compilation.program.constant).toBeUndefined();
    expect(compilation.program.evaluate(scopeOf({ config: { limit: 9 } }))).toBe(10);
  });
});
