import { describe, expect, it } from "vitest";
import { evaluated, problemsOf } from "./test/given.ts";
import { given } from "./test/order.ts";

const STOCK = "reads.stock";
const TILL = "reads.till";

describe("a guard makes an optional field certain", () => {
  it.each([
    "has(context.note) && context.note != ''",
    "!has(context.note) || context.note != ''",
    "has(context.note) ? context.note != '' : false",
    "!has(context.note) ? false : context.note != ''",
    "true && has(context.note) && context.note != '' && context.note != 'x'",
    "has(context.note) && (context.retries > 1 || context.note == '')",
    "context.retries > 1 && has(context.note) && context.note == ''",
    "!(has(context.note) && context.retries > 1) || context.note == ''",
    "!(!has(context.note) || context.retries > 1) && context.note == ''",
    "(has(context.note) || has(context.note)) && context.note == ''",
    "'note' in context && context.note == ''",
    "!('note' in context) || context.note == ''",
    "has(context.note) && context['note'] == ''",
    "has(context.meta.k) && context.meta.k > 1",
    "'k' in context.meta && context.meta['k'] > 1",
    "has(context.owner) && context.owner.name == 'a'",
    "has(context.owner) && has(context.owner.mail) && context.owner.mail == 'a'",
    "context.items.all(i, has(context.note) && context.note == i)",
    "has(context.note) && context.items.all(i, context.note == i)",
    "context.items.map(i, has(context.note), context.note + i).size() > 0",
    "context.items.filter(i, has(context.note) && context.note == i).size() > 0",
    "[{'m': context.meta}].all(r, has(r.m.k) && r.m.k > 0)",
    "has(context.note) && {'n': context.note}.n == ''",
    "[has(context.note) ? context.note : ''].size() > 0",
  ])("%s", (source) => {
    expect(problemsOf(source, given)).toEqual([]);
  });

  it.each([
    ["has(context.note) || context.note != ''", 29],
    ["!has(context.note) && context.note != ''", 30],
    ["has(context.note) ? false : context.note != ''", 36],
    ["context.note != '' && has(context.note)", 8],
    ["(has(context.note) || context.retries > 1) && context.note == ''", 54],
    ["(has(context.note) && context.note != '') || context.note == ''", 53],
    ["!(has(context.note) && context.retries > 1) && context.note == ''", 55],
    ["has(context.meta.k) && context.meta.j > 1", 36],
    ["has(context.owner) && context.owner.mail == 'a'", 36],
    ["has(context.owner.mail)", 12],
    ["context.items.exists(i, has(context.note)) && context.note == ''", 54],
    ["[context.meta, {'k': 1}].all(m, has(m.k)) && [context.meta].all(m, m.k > 0)", 69],
    ["'note' + '' in context && context.note == ''", 34],
    ["(has(context.note) ? true : true) && context.note == ''", 45],
    ["has(context.note) == true && context.note == ''", 37],
  ])("%s is not guarded at %i", (source, offset) => {
    expect(problemsOf(source, given).map((problem) => problem.offset)).toEqual([offset]);
  });
});

describe("a test for null makes the rest certain", () => {
  it.each([
    `${STOCK} == null || 'OPEN' in ${STOCK}.configuration`,
    `${STOCK} != null && 'OPEN' in ${STOCK}.configuration`,
    `null == ${STOCK} || 'OPEN' in ${STOCK}.configuration`,
    `null != ${STOCK} && 'OPEN' in ${STOCK}.configuration`,
    `${STOCK} == null ? true : 'OPEN' in ${STOCK}.configuration`,
    `${STOCK} != null ? 'OPEN' in ${STOCK}.configuration : false`,
    `!(${STOCK} == null) && ${STOCK}.hash != ''`,
    `${STOCK} != null && ${TILL} != null && ${STOCK}.hash == ${TILL}.hash`,
    `${STOCK} == null || ${TILL} == null || ${STOCK}.hash == ${TILL}.hash`,
    `!(${STOCK} == null || ${TILL} == null) && ${STOCK}.hash == ${TILL}.hash`,
    `${TILL} != null && ${TILL}.context.sum > 3`,
    `${TILL} != null && has(${TILL}.context.last) && ${TILL}.context.last > 3`,
    `${STOCK} != null && has(${STOCK}.context.x) && ${STOCK}.context.x > 3`,
    `${STOCK} == ${STOCK} || true`,
    "beat != null && beat > 3",
    "beat == null || beat % 2 == 0",
    "beat == 3 && beat + 1 == 4",
    "3 == beat && beat + 1 == 4",
    "beat == at && beat + 1 == 4",
    `${STOCK} != null && ${STOCK} != ${TILL} && ${STOCK}.hash == ''`,
    "[beat].all(b, b != null && b > 3)",
    "(beat == null && at > 3) || (beat != null && beat > 3)",
  ])("%s", (source) => {
    expect(problemsOf(source, given)).toEqual([]);
  });

  it.each([
    [`${STOCK} != null || 'OPEN' in ${STOCK}.configuration`, 33],
    [`${STOCK} == null && 'OPEN' in ${STOCK}.configuration`, 33],
    [`${STOCK} != null && ${TILL}.hash == ''`, 23],
    ["beat != 3 && beat > 3", 13],
    ["beat > 3 && beat != null", 0],
    ["(beat != null || at > 3) && beat > 3", 28],
    ["[beat].all(b, b > 3)", 14],
    ["[beat].all(b, b != null) && [beat].all(b, b > 3)", 42],
    [`${TILL} != null && ${TILL}.context.last > 3`, 41],
    [`${STOCK} != null && ${STOCK}.context.x > 3`, 43],
  ])("%s is not guarded at %i", (source, offset) => {
    expect(problemsOf(source, given).map((problem) => problem.offset)).toEqual([offset]);
  });
});

describe("an error absorbed on the way past a guard is still an error", () => {
  const context = { items: [], meta: {}, retries: 0 };
  it.each([
    ["(1 / context.retries > 1 && has(context.note)) && context.note != ''", false],
    ["(1 / context.retries > 1 || reads.stock == null) || reads.stock.hash == ''", true],
    [
      "((1 / context.retries > 1) || has(context.note)) || has(context.note) && context.note == ''",
      "error: division_by_zero",
    ],
  ])("%s → %j", (source, expected) => {
    expect(evaluated(source, given, { context, reads: { stock: null, till: null } })).toBe(
      expected,
    );
  });
});

describe("inputs that belong to no one event have no certain field", () => {
  it("asks for has()", () => {
    const loose = {
      ...given,
      inputs: { type: "object", properties: { item: { type: "string" } } },
    } as const;
    expect(problemsOf("inputs.item == 'a'", loose).map((problem) => problem.offset)).toEqual([7]);
    expect(problemsOf("has(inputs.item) && inputs.item == 'a'", loose)).toEqual([]);
  });
});
