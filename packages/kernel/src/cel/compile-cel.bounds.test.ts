import { describe, expect, it } from "vitest";
import { CEL_BYTES_MAX, CEL_COST_MAX, CEL_DEPTH_MAX, CEL_SOURCE_MAX } from "../limits.ts";
import type { Json } from "../json/json.ts";
import { evaluated, problemsOf, programOf } from "./test/given.ts";

const text = (maxLength: number) => ({ type: "string", maxLength }) as const;
const given = {
  context: {
    type: "object",
    required: [
      "ints",
      "few",
      "big",
      "long",
      "short",
      "texts",
      "map",
      "rec",
      "flag",
      "names",
      "other",
    ],
    properties: {
      ints: { type: "array", items: { type: "integer", minimum: -9, maximum: 99 } },
      few: { type: "array", items: { type: "integer" }, maxItems: 4 },
      big: { type: "integer" },
      long: { type: "string" },
      short: text(64),
      texts: { type: "array", items: { type: "string" } },
      names: { type: "array", items: text(16), maxItems: 8 },
      map: { type: "object", additionalProperties: { type: "integer" } },
      other: { type: "object", additionalProperties: { type: "integer" } },
      rec: {
        type: "object",
        required: ["a"],
        properties: { a: { type: "boolean" }, b: text(10) },
      },
      flag: { type: "boolean" },
    },
  },
  config: { limit: 3 },
  reads: { x: undefined, y: undefined },
  states: ["S"],
} as const;

const READ = "reads.x != null && has(reads.x.context.v) && has(reads.x.context.w)";
/** Steps of READ itself, and of the `&&` behind it. */
const READ_STEPS = 4 + 5 + 1 + 5;

describe("static steps", () => {
  it.each([
    ["1", 1],
    ["context.flag", 2],
    ["at", 1],
    ["beat == null", 3],
    ["In('S')", 1],
    ["config.limit", 1],
    ["!context.flag", 3],
    ["-context.big", 3],
    ["context.flag && context.flag", 5],
    ["context.flag || context.flag", 5],
    ["context.flag ? 1 : context.big", 5],
    ["context.flag ? context.big : 1", 5],
    ["has(context.rec)", 2],
    ["context.few[0]", 4],
    ["context.big + 1", 4],
    ["context.big == 1", 4],
    ["context.big < 1", 4],
    ["string(context.big)", 4],
    ["context.ints.size()", 3],
    ["context.rec.size()", 3 + 1],
    ["context.map.size()", 3 + 128],
    ["context.short.size()", 3 + 2],
    ["context.long.size()", 3 + 128],
    ["context.short + context.short", 5 + 2],
    ["context.long + context.short", 5 + 65],
    ["context.ints + context.few", 5 + 33],
    ["context.short == context.long", 5 + 1],
    ["context.long == context.long", 5 + 64],
    ["context.long < context.long", 5 + 64],
    ["context.few == context.few", 5 + 4],
    ["context.few == context.ints", 5 + 4],
    ["context.names == context.names", 5 + 8 * 2],
    ["context.rec == context.rec", 5 + 2 + 1 + 1 + 1],
    ["context.map == context.other", 5 + 256 + 256],
    ["context.map == {'a': 1}", 9 + 129 + 1],
    ["context.flag == true", 4],
    ["context.big in context.few", 5 + 4],
    ["context.short in context.names", 5 + 8 * 2],
    ["context.short in context.map", 5 + 1],
    ["context.map[context.short]", 5 + 1],
    ["context.rec[context.long]", 5 + 64],
    ["{context.short: 1}", 1 + 3 + 2 + 1 + 2 * 1 * 1 * 1],
    ["{context.long: 1, context.short: 2, 'a': 3}", 1 + 9 + 2 + 1 + 2 + 1 + 1 + 1 + 2 * 3 * 64 * 3],
    ["'a' in context.rec", 4],
    ["context.short.contains(context.short)", 5 + 16],
    ["context.long.startsWith('a')", 4 + 513],
    ["context.names.join()", 3 + 8 + 2],
    ["context.names.join(context.short)", 5 + 8 + 9],
    ["[1, 2, 3]", 1 + 1 + 3],
    ["[]", 1],
    ["{'a': 1, 'b': 2}", 1 + 6 + 4],
    ["context.few.all(i, i > 0)", 3 + 4 * 4],
    ["context.few.exists(i, i > 0)", 3 + 4 * 4],
    ["context.few.exists_one(i, i > 0)", 3 + 4 * 4],
    ["context.few.filter(i, i > 0)", 3 + 4 * 4],
    ["context.few.map(i, i)", 3 + 4 * 2],
    ["context.few.map(i, i > 0, i)", 3 + 4 * 5],
    ["context.map.all(k, k == '')", 3 + 256 * 4],
    ["context.rec.all(k, k == '')", 3 + 2 * 4],
    ["context.few.map(i, context.few.map(j, i + j))", 3 + 4 * (1 + 3 + 4 * 4)],
  ])("%s: %i", (source, steps) => {
    expect(programOf(source, given).costMax).toBe(steps);
  });

  it("takes values of unknown size to be as large as the defaults", () => {
    expect(programOf(READ, given).costMax).toBe(READ_STEPS - 1);
    const loop = programOf(`${READ} && reads.x.context.v.all(i, i == 1)`, given);
    expect(loop.costMax).toBe(READ_STEPS + 5 + 256 * 4);
    const within = programOf(`${READ} && 1 in reads.x.context.v`, given);
    expect(within.costMax).toBe(READ_STEPS + 6 + 256);
    const size = programOf(`${READ} && size(reads.x.context.v) > 0`, given);
    expect(size.costMax).toBe(READ_STEPS + 7 + 128);
  });

  it("accepts the last step and refuses the next, naming both numbers", () => {
    const at = (itemsMax: number, more: string) => {
      const list = { type: "array", items: { type: "integer" }, maxItems: itemsMax } as const;
      const context = { type: "object", required: ["l"], properties: { l: list } } as const;
      return [`context.l.all(i, i > 0)${more}`, { context }] as const;
    };
    expect(programOf(...at(4_999, "")).costMax).toBe(CEL_COST_MAX - 1);
    expect(programOf(...at(4_998, " || at == 1")).costMax).toBe(CEL_COST_MAX - 1);
    expect(programOf(...at(4_998, " || !(at == 1)")).costMax).toBe(CEL_COST_MAX);
    expect(problemsOf(...at(4_998, " || !!(at == 1)"))).toHaveLength(1);
    expect(problemsOf(...at(5_000, ""))).toEqual([
      {
        message:
          "may take 20003 steps; 20000 are allowed: bound it by maxItems and maxLength in the schema, or split the expression",
        offset: 0,
      },
    ]);
  });
});

describe("static bytes", () => {
  it.each([
    ["null", 4],
    ["beat", 17],
    ["true", 4],
    ["context.flag", 5],
    ["12", 2],
    ["context.big", 17],
    ["context.ints[0]", 2],
    ["at", 16],
    ["'é\\n'", 6],
    ["context.short", 386],
    ["context.few", 2 + 4 * 18],
    ["context.rec", 2 + (3 + 5 + 2) + (3 + 62 + 2)],
    ["context.map", 32_768],
    ["[context.flag, 1]", 2 + 6 + 2],
    ["{'a': context.flag, 'é': 1}", 2 + (3 + 5 + 2) + (4 + 1 + 2)],
    ["{context.short: context.flag}", 2 + 386 + 5 + 2],
    ["context.flag ? context.short : 'a'", 386],
    ["context.flag ? 'a' : context.short", 386],
    ["context.few.map(i, context.short)", 2 + 4 * 387],
    ["context.few.filter(i, i > 0)", 2 + 4 * 18],
    ["context.short + 'ab'", 2 + 6 * 66],
    ["string(context.big)", 2 + 6 * 17],
    ["[context.map][0]", 32_768],
    ["[{context.long: context.long}][0]", 2 + 24_578 + 24_578 + 2],
    ["context.few.size()", 16],
    ["context.ints[0] + 1", 3],
    ["context.ints[0] - 1", 3],
    ["context.ints[0] * 2", 3],
    ["context.ints[0] * context.ints[1]", 4],
    ["context.ints[0] / 2", 3],
    ["context.ints[0] % 7", 2],
    ["-context.ints[0]", 3],
  ])("%s: %i", (source, bytes) => {
    expect(programOf(source, given).bytesMax).toBe(bytes);
  });

  it("refuses a result that may pass 64 KiB, naming both numbers", () => {
    expect(programOf("[context.long, context.long]", given).bytesMax).toBe(2 + 2 * 24_579);
    const message = (bytes: number) =>
      `its value may have ${bytes} bytes; ${CEL_BYTES_MAX} are allowed: bound it by maxItems and maxLength in the schema, or split the expression`;
    expect(problemsOf("[context.long, context.long, context.long]", given)).toEqual([
      { message: message(2 + 3 * 24_579), offset: 0 },
    ]);
    expect(problemsOf("context.texts", given)).toEqual([
      { message: message(6_292_226), offset: 0 },
    ]);
    expect(problemsOf("context.texts.size() > 0", given)).toEqual([]);
    const exactly = {
      context: { type: "object", required: ["s"], properties: { s: text(10_922) } },
    } as const;
    expect(programOf("context.s", exactly).bytesMax).toBe(65_534);
    expect(problemsOf("[context.s]", exactly)[0]?.message).toBe(message(CEL_BYTES_MAX + 1));
  });
});

describe("sources", () => {
  const chain = (parts: number) => Array.from({ length: parts }, () => "1").join("+");
  it("have at most CEL_SOURCE_MAX units", () => {
    const source = `1${" ".repeat(CEL_SOURCE_MAX - 1)}`;
    expect(problemsOf(source)).toEqual([]);
    expect(problemsOf(`${source} `)).toEqual([
      { message: "4097 characters of expression; 4096 are allowed", offset: CEL_SOURCE_MAX },
    ]);
  });

  it.each([
    ["(".repeat(CEL_DEPTH_MAX) + "1" + ")".repeat(CEL_DEPTH_MAX), []],
    ["(".repeat(CEL_DEPTH_MAX + 1) + "1" + ")".repeat(CEL_DEPTH_MAX + 1), [CEL_DEPTH_MAX]],
    ["!".repeat(CEL_DEPTH_MAX - 1) + "true", []],
    ["!".repeat(CEL_DEPTH_MAX) + "true", [CEL_DEPTH_MAX]],
    ["! ".repeat(CEL_DEPTH_MAX + 1) + "true", [2 * CEL_DEPTH_MAX]],
    ["-!".repeat(2_000), [CEL_DEPTH_MAX]],
    ["true ? 1 : ".repeat(CEL_DEPTH_MAX - 1) + "1", []],
    ["true ? 1 : ".repeat(CEL_DEPTH_MAX + 1) + "1", [CEL_DEPTH_MAX * 11 + 5]],
    [chain(CEL_DEPTH_MAX), []],
    [chain(CEL_DEPTH_MAX + 1), [0]],
    [chain(2_000), [0]],
    [`[${"(true ? 1 : 2), ".repeat(CEL_DEPTH_MAX + 1)}]`, []],
    [`'${"(".repeat(999)}'`, []],
    [`"${"(".repeat(999)}'" == '${"(".repeat(999)}'`, []],
    [`'''${"(".repeat(999)}' '' '''`, []],
    [`r'${"-".repeat(999)}'`, []],
    [`'\\'${"(".repeat(999)}'`, []],
    [`1 // ${"(".repeat(999)}`, []],
    [`1 // ${"(".repeat(9)}\n${"(".repeat(999)}`, [15 + CEL_DEPTH_MAX]],
    ["1 // '\n + 1", []],
    ["''".concat(" + ''".repeat(20)), []],
    [`size(${"[".repeat(CEL_DEPTH_MAX)}`, [5 + CEL_DEPTH_MAX - 1]],
    [`${"{".repeat(CEL_DEPTH_MAX + 1)}`, [CEL_DEPTH_MAX]],
    ["context" + ".a".repeat(2_000), [0]],
    ["context" + "[0]".repeat(1_000), [0]],
    [")".repeat(300), [0]],
  ])("nest at most CEL_DEPTH_MAX deep: %#", (source, offsets) => {
    expect(problemsOf(source).map(({ offset }) => offset)).toEqual(offsets);
  });

  it("say so", () => {
    expect(problemsOf("(".repeat(CEL_DEPTH_MAX + 1))[0]?.message).toBe(
      "nested deeper than 128; split the expression",
    );
    expect(problemsOf(chain(CEL_DEPTH_MAX + 1))[0]?.message).toBe(
      "nested deeper than 128; split the expression",
    );
  });
});

describe("values of unknown size are counted while they are looked at", () => {
  const list = (length: number, item: (index: number) => Json = (index) => index): Json[] =>
    Array.from({ length }, (_, index) => item(index));
  const map = (size: number): Json =>
    Object.fromEntries(list(size).map((index) => [`k${String(index).padStart(5, "0")}`, 1]));
  const run = (source: string, v: Json, w: Json = structuredClone(v)): unknown => {
    const x = { configuration: [], context: { v, w }, hash: "" };
    return evaluated(source, given, { context: {}, reads: { x, y: null } });
  };
  const V = "reads.x.context.v";
  const W = "reads.x.context.w";

  // The numbers are part of what a log says (`error: cost`), so they may not drift.
  it.each<[source: string, make: (size: number) => Json, most: number]>([
    [`${READ} && ${V}.all(i, i >= 0)`, list, 4_994],
    [`${READ} && !${V}.exists(i, i < 0)`, list, 4_994],
    [`${READ} && !${V}.exists_one(i, i < 0)`, list, 4_994],
    [`${READ} && ${V}.filter(i, i < 0) == []`, list, 4_994],
    [`${READ} && ${V}.map(i, i < 0, i) == []`, list, 3_995],
    [`${READ} && ${V}.all(i, ${V}[0] == 0)`, list, 1_997],
    [`${READ} && ${V}.all(i, [i, i].all(j, j >= 0))`, list, 1_427],
    [`${READ} && !(-1 in ${V})`, list, 19_977],
    [`${READ} && ${V} == ${W}`, (n) => list(n), 19_974],
    [`${READ} && ${V} == ${W}`, map, 9_987],
    [`${READ} && ${V} == ${W}`, (n) => "a".repeat(n), 1_278_336],
    [`${READ} && ${V} <= ${W}`, (n) => "a".repeat(n), 1_278_400],
    [`${READ} && ${V} + ${V} != []`, list, 79_888],
    [`${READ} && ${V} + ${V} != ''`, (n) => "a".repeat(n), 639_104],
    [`${READ} && ${V}.size() > 0`, (n) => "a".repeat(n), 639_264],
    [`${READ} && ${V}.size() > 0`, map, 39_954],
    [`${READ} && ${V}.all(k, k != '')`, map, 3_632],
    [`${READ} && ${V}.contains('b') == false`, (n) => "a".repeat(n), 159_807],
    [`${READ} && ${V}.startsWith('a')`, (n) => "a".repeat(n), 159_823],
    [`${READ} && ${V}.join('') != '!'`, (n) => list(n, () => "ab"), 9_987],
  ])("%s", (source, make, most) => {
    expect(run(source, make(most))).toBe(true);
    expect(run(source, make(most + 1))).toBe("error: cost");
  });

  it("counts one object as much as two equal ones, since replayed documents share less", () => {
    const v = list(19_975);
    expect(run(`${READ} && ${V} == ${W}`, v, v)).toBe("error: cost");
  });

  it("stops inside values that expressions multiplied", () => {
    const many = Array.from({ length: 60 }, () => V).join(", ");
    expect(run(`${READ} && [${many}] == [${many.replaceAll(V, W)}]`, list(5_000))).toBe(
      "error: cost",
    );
    const loop = `${READ} && context.few.all(f, ${V} == ${W} || true)`;
    expect(
      evaluated(loop, given, {
        context: { few: [1, 2, 3, 4] },
        reads: { x: { context: { v: list(9_000), w: list(9_000) } } },
      }),
    ).toBe(true);
  });

  it("a spent evaluation stays spent, but what decides without it still counts", () => {
    expect(run(`${READ} && (${V}.all(i, i >= 0) || ${V}.exists(i, i < 0))`, list(9_000))).toBe(
      "error: cost",
    );
    expect(run(`${READ} && (${V}.all(i, i >= 0) || true)`, list(9_000))).toBe(true);
    expect(run(`${READ} && (${V}.all(k, k != '') || ${V}.all(k, k != ''))`, map(9_000))).toBe(
      "error: cost",
    );
  });
});

describe("results of unknown shape are measured", () => {
  const run = (source: string, v: Json): unknown =>
    evaluated(`reads.x != null && has(reads.x.context.v) ? ${source} : null`, given, {
      reads: { x: { configuration: [], context: { v }, hash: "" }, y: null },
    });
  const V = "reads.x.context.v";

  it.each<[source: string, v: Json, expected: unknown]>([
    [V, 1, 1],
    [V, null, null],
    [V, { a: [true, "x", null, {}] }, { a: [true, "x", null, {}] }],
    [V, "a".repeat(65_534), "a".repeat(65_534)],
    [V, "a".repeat(65_535), "error: cost"],
    [V, "é".repeat(32_767), "é".repeat(32_767)],
    [V, "é".repeat(32_768), "error: cost"],
    [V, "\u0001".repeat(10_922), "\u0001".repeat(10_922)],
    [V, "\u0001".repeat(10_923), "error: cost"],
    [V, Array.from({ length: 32_767 }, () => 1), Array.from({ length: 32_767 }, () => 1)],
    [V, Array.from({ length: 32_768 }, () => 1), "error: cost"],
    [V, { a: "a".repeat(65_528) }, { a: "a".repeat(65_528) }],
    [V, { a: "a".repeat(65_529) }, "error: cost"],
    [V, { ["a".repeat(65_530)]: 1 }, { ["a".repeat(65_530)]: 1 }],
    [V, { ["a".repeat(65_531)]: 1 }, "error: cost"],
    [`[${V}, ${V}]`, "a".repeat(32_764), ["a".repeat(32_764), "a".repeat(32_764)]],
    [`[${V}, ${V}]`, "a".repeat(32_765), "error: cost"],
    [`${V}.map(i, ${V})`, Array.from({ length: 200 }, () => 100), "error: cost"],
  ])("%s", (source, v, expected) => {
    const shown = run(source, v);
    expect(shown === expected || JSON.stringify(shown) === JSON.stringify(expected)).toBe(true);
  });

  const typed = {
    reads: {
      x: {
        type: "object",
        required: ["n", "l", "m", "r", "b", "s"],
        properties: {
          n: { type: "integer" },
          b: { type: "boolean" },
          s: { type: "string" },
          l: { type: "array", items: { type: "integer" }, maxItems: 9 },
          m: { type: "object", additionalProperties: { type: "integer" } },
          r: {
            type: "object",
            required: ["a"],
            properties: { a: { type: "integer" }, z: { type: ["string", "null"] } },
          },
        },
      },
    },
  } as const;
  it.each<[field: string, value: Json, expected: unknown]>([
    ["n", 1, 1],
    ["n", "1", "error: type"],
    ["b", true, true],
    ["b", 1, "error: type"],
    ["s", "a", "a"],
    ["s", ["a"], "error: type"],
    ["l", [1, 2], [1, 2]],
    ["l", [1, "2"], "error: type"],
    ["l", { a: 1 }, "error: type"],
    ["m", { a: 1 }, { a: 1 }],
    ["m", { a: "1" }, "error: type"],
    ["m", [1], "error: type"],
    ["r", { a: 1 }, { a: 1 }],
    ["r", { a: 1, z: null }, { a: 1, z: null }],
    ["r", { a: 1, z: "z" }, { a: 1, z: "z" }],
    ["r", { a: 1, z: 1 }, "error: type"],
    ["r", { a: 1, more: [1] }, { a: 1, more: [1] }],
    ["r", { z: "z" }, "error: type"],
    ["r", 1, "error: type"],
    ["q", 1, "error: no_such_key"],
  ])("a changed chart's %s %j → %j", (field, value, expected) => {
    const name = field === "q" ? "n" : field;
    const source = `reads.x != null ? reads.x.context.${name} : null`;
    const x = { configuration: [], context: { [field]: value }, hash: "" };
    expect(evaluated(source, typed, { reads: { x } })).toEqual(expected);
  });
});
