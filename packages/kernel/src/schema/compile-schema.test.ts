import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../invariant.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { countCodePoints, utf8Length } from "../json/text.ts";
import { MAP_ENTRIES_MAX, MAP_KEY_LENGTH_MAX, VIOLATIONS_MAX } from "../limits.ts";
import { kernelJson } from "../testing/kernel-json.ts";
import { checkSchema } from "./check-schema.ts";
import { compileSchema } from "./compile-schema.ts";
import { maxCanonicalBytes } from "./max-canonical-bytes.ts";
import type { Schema } from "./schema.ts";
import { typesOfSchema } from "./types-of-schema.ts";

const ofNull: Schema = { type: "null" };
const ofIntegers: Schema = { type: "integer" };
const item: Schema = {
  type: "object",
  required: ["item"],
  properties: { item: { type: "string", minLength: 1, maxLength: 32 } },
};

function violations(schema: Schema, value: Json): readonly string[] {
  return compileSchema(schema)(value, "inputs").map(({ place, problem }) => `${place}: ${problem}`);
}

describe("compileSchema says what does not fit", () => {
  it("in the words of the example's transcript", () => {
    expect(violations(item, {})).toEqual(["inputs.item: required, but missing"]);
    expect(violations(item, { item: "" })).toEqual([
      'inputs.item: "" has 0 characters; at least 1',
    ]);
  });

  const REFUSED: readonly (readonly [
    name: string,
    schema: Schema,
    value: Json,
    problems: readonly string[],
  ])[] = [
    [
      "a string's length",
      item,
      { item: "x".repeat(33) },
      [`inputs.item: "${"x".repeat(33)}" has 33 characters; at most 32`],
    ],
    [
      "one character",
      { type: "string", minLength: 2 },
      "a",
      ['inputs: "a" has 1 character; at least 2'],
    ],
    [
      "code points, too few",
      { type: "string", minLength: 2 },
      "😀",
      ['inputs: "😀" has 1 character; at least 2'],
    ],
    [
      "code points, too many",
      { type: "string", maxLength: 1 },
      "😀😀",
      ['inputs: "😀😀" has 2 characters; at most 1'],
    ],
    [
      "the default length",
      { type: "string" },
      "x".repeat(4_097),
      [`inputs: "${"x".repeat(60)}…" has 4097 characters; at most 4096`],
    ],
    [
      "a pattern",
      { type: "string", pattern: "^[a-z]+$" },
      "a1",
      ['inputs: "a1" does not match ^[a-z]+$'],
    ],
    ["an unknown key", item, { item: "a", other: 1 }, ["inputs.other: unknown; known here: item"]],
    [
      "any key of an empty object",
      { type: "object" },
      { "a b": 1 },
      ['inputs["a b"]: unknown; no key is allowed here'],
    ],
    ["a wrong type", { type: "integer" }, "1", ['inputs: "1" is a string; an integer is expected']],
    [
      "a number for a string",
      { type: "string" },
      1,
      ["inputs: 1 is a number; a string is expected"],
    ],
    ["a boolean for null", { type: "null" }, true, ["inputs: true is a boolean; null is expected"]],
    ["null for an object", item, null, ["inputs: null; an object is expected"]],
    ["an array for an object", item, [1, 2], ["inputs: an array of 2; an object is expected"]],
    [
      "an object for an array",
      { type: "array", items: item },
      { a: 1 },
      ["inputs: an object of 1; an array is expected"],
    ],
    [
      "none of several types",
      { type: ["string", "integer", "null"] },
      false,
      ["inputs: false is a boolean; a string, an integer or null is expected"],
    ],
    [
      "one of several types, not its bounds",
      { type: ["string", "null"], maxLength: 1 },
      "ab",
      ['inputs: "ab" has 2 characters; at most 1'],
    ],
    ["a minimum", { type: "integer", minimum: 0 }, -1, ["inputs: -1 is too small; at least 0"]],
    ["a maximum", { type: "integer", maximum: 5 }, 6, ["inputs: 6 is too large; at most 5"]],
    [
      "too few items",
      { type: "array", minItems: 2, items: { type: "null" } },
      [null],
      ["inputs: 1 item; at least 2"],
    ],
    [
      "too many items",
      { type: "array", maxItems: 1, items: { type: "null" } },
      [null, null],
      ["inputs: 2 items; at most 1"],
    ],
    [
      "the default number of items",
      { type: "array", items: { type: "null" } },
      Array.from({ length: 257 }, () => null),
      ["inputs: 257 items; at most 256"],
    ],
    [
      "an item",
      { type: "array", items: item },
      [{ item: "a" }, { item: 3 }],
      ["inputs[1].item: 3 is a number; a string is expected"],
    ],
    ["an array of nothing", { type: "array" }, [1], ["inputs: 1 item; at most 0"]],
    ["an enum", { enum: ["a", "b", 3] }, "c", ['inputs: "c" is not one of "a", "b", 3']],
    [
      "an enum of objects",
      { type: "object", properties: { a: { type: "integer" } }, enum: [{ a: 1 }] },
      { a: 2 },
      ['inputs: {"a":2} is not {"a":1}'],
    ],
    [
      "an enum's type",
      { type: "string", enum: ["a"] },
      1,
      ["inputs: 1 is a number; a string is expected"],
    ],
    ["a const", { const: 2 }, 3, ["inputs: 3 is not 2"]],
    [
      "a long value that is not in an enum",
      { type: "string", enum: ["a"] },
      "x".repeat(500),
      [`inputs: "${"x".repeat(60)}…" is not "a"`],
    ],
    [
      "a map's entry",
      { type: "object", additionalProperties: { type: "integer" } },
      { a: 1, b: "x" },
      ['inputs.b: "x" is a string; an integer is expected'],
    ],
    [
      "a map's key",
      { type: "object", additionalProperties: { type: "null" } },
      { ["k".repeat(257)]: null },
      [`inputs: the key "${"k".repeat(60)}…" has 257 characters; at most 256`],
    ],
    [
      "a map's key of its own length",
      {
        type: "object",
        additionalProperties: { type: "null" },
        propertyNames: { maxLength: 2 },
      },
      { ab: null, abc: null },
      ['inputs: the key "abc" has 3 characters; at most 2'],
    ],
    [
      "a map's key of its own form",
      {
        type: "object",
        properties: { a: { type: "null" } },
        additionalProperties: { type: "null" },
        propertyNames: { pattern: "^[a-z]+$" },
      },
      { a: null, b: null, "b-": null },
      ['inputs: the key "b-" does not match ^[a-z]+$'],
    ],
    [
      "a map's size of its own",
      {
        type: "object",
        properties: { a: { type: "null" } },
        additionalProperties: { type: "null" },
        maxProperties: 2,
      },
      { a: null, b: null, c: null },
      ["inputs: 3 entries; at most 2"],
    ],
    [
      "a map's size",
      { type: "object", additionalProperties: { type: "null" } },
      Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, null])),
      ["inputs: 257 entries; at most 256"],
    ],
    [
      "a required entry",
      { type: "object", required: ["a"], additionalProperties: { type: "null" } },
      { b: null },
      ["inputs.a: required, but missing"],
    ],
    [
      "all at once, what is missing first",
      {
        type: "object",
        required: ["a", "b"],
        properties: { a: { type: "null" }, b: { type: "null" }, c: { type: "null" } },
      },
      { c: 1, d: 1 },
      [
        "inputs.a: required, but missing",
        "inputs.b: required, but missing",
        "inputs.c: 1 is a number; null is expected",
        "inputs.d: unknown; known here: a, b, c",
      ],
    ],
    [
      "an inherited name",
      { type: "object", required: ["constructor"], properties: { constructor: ofNull } },
      {},
      ["inputs.constructor: required, but missing"],
    ],
    [
      "an inherited name as unknown key",
      { type: "object", properties: {} },
      JSON.parse('{"toString":1}'),
      ["inputs.toString: unknown; no key is allowed here"],
    ],
  ];
  it.each(REFUSED)("%s", (_, schema, value, problems) =>
    expect(violations(schema, value)).toEqual(problems),
  );

  it("8 violations at most", () => {
    expect(
      violations(
        { type: "array", items: { type: "null" } },
        Array.from({ length: 20 }, () => 1),
      ),
    ).toHaveLength(VIOLATIONS_MAX);
    expect(
      violations(
        { type: "object" },
        Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 1])),
      ),
    ).toHaveLength(8);
    expect(
      violations(
        {
          type: "object",
          required: Array.from({ length: 9 }, (_, index) => `k${index}`),
          additionalProperties: item,
        },
        {},
      ),
    ).toHaveLength(8);
  });

  it("below the empty place the key alone", () => {
    expect(compileSchema(item)({ x: 1 }, "")).toEqual([
      { place: "item", problem: "required, but missing" },
      { place: "x", problem: "unknown; known here: item" },
    ]);
  });

  it("asserts that its schema was checked", () => {
    expect(() => compileSchema({ type: "string", pattern: "(" })).toThrow(InvariantViolation);
  });
});

describe("compileSchema lets in", () => {
  const FITTING: readonly (readonly [schema: Schema, value: Json])[] = [
    [item, { item: "a" }],
    [item, { item: "😀".repeat(32) }],
    [{ type: "string", minLength: 2, maxLength: 2 }, "😀a"],
    [{ type: "string", minLength: 1, maxLength: 1 }, "😀"],
    [{ type: "integer" }, -9_007_199_254_740_991],
    [{ type: "integer", minimum: 1, maximum: 1 }, 1],
    [{ type: "array", items: item, minItems: 1, maxItems: 1 }, [{ item: "a" }]],
    [{ type: "array" }, []],
    [{ type: "object" }, {}],
    [{ type: ["object", "null"], properties: { a: { type: "boolean" } } }, null],
    [{ type: ["object", "null"], properties: { a: { type: "boolean" } } }, { a: false }],
    [{ enum: [{ b: 1, a: [2] }, null] }, { a: [2], b: 1 }],
    [{ enum: [{ b: 1 }, null] }, null],
    [{ const: "x" }, "x"],
    [{ const: null }, null],
    [
      {
        type: "object",
        properties: { a: { type: "null" } },
        additionalProperties: { type: "integer" },
      },
      { a: null, b: 1 },
    ],
    [{ type: "object", properties: { constructor: ofIntegers } }, JSON.parse('{"constructor":1}')],
    [
      { type: "object", additionalProperties: { type: "null" } },
      { ["😀".repeat(MAP_KEY_LENGTH_MAX)]: null },
    ],
    [
      { type: "object", additionalProperties: { type: "null" } },
      Object.fromEntries(
        Array.from({ length: MAP_ENTRIES_MAX }, (_, index) => [`k${index}`, null]),
      ),
    ],
    [
      {
        type: "object",
        properties: Object.fromEntries(
          Array.from({ length: 300 }, (_, index) => [`k${index}`, { type: "null" as const }]),
        ),
        additionalProperties: { type: "null" },
      },
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, null])),
    ],
  ];
  it.each(FITTING)("%j", (schema, value) => expect(violations(schema, value)).toEqual([]));
});

/** Legal schemas, small enough that random values sometimes fit. */
const schemas: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Schema>(
      { type: "null" },
      { type: "boolean" },
      { type: "integer" },
      { type: "string" },
      { type: ["string", "null"], maxLength: 2 },
      { enum: [1, "a", null] },
      { const: true },
    ),
    fc.record({
      type: fc.constant("integer" as const),
      minimum: fc.integer({ min: -3, max: 0 }),
      maximum: fc.integer({ min: 0, max: 300 }),
    }),
    fc.record({
      type: fc.constant("string" as const),
      minLength: fc.nat(2),
      maxLength: fc.integer({ min: 2, max: 4 }),
    }),
    fc.record({
      type: fc.constant("string" as const),
      pattern: fc.constantFrom("^a*$", "b", "^[^\\n]*$"),
      maxLength: fc.constant(9),
    }),
    fc.record({
      type: fc.constant("array" as const),
      items: tie("schema"),
      minItems: fc.nat(1),
      maxItems: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({
      type: fc.constant("object" as const),
      properties: fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("schema"), {
        noNullPrototype: true,
      }),
    }),
    fc.record({ type: fc.constant("object" as const), additionalProperties: tie("schema") }),
    fc.tuple(fc.constantFrom("a", "b"), tie("schema")).map(([name, schema]): Schema => ({
      type: "object",
      properties: { [name]: schema },
      required: [name],
      additionalProperties: false,
    })),
  ),
})).schema;

/** JSON Schema by its sentences, one keyword after the other, with our three defaults. */
function fitsReference(schema: Schema, value: Json): boolean {
  const types = typesOfSchema(schema);
  const type =
    value === null
      ? "null"
      : Array.isArray(value)
        ? "array"
        : typeof value === "number"
          ? "integer"
          : typeof value;
  if (!types.some((name) => name === type)) return false;
  if (
    schema.enum !== undefined &&
    !schema.enum.some((allowed) => canonicalize(allowed) === canonicalize(value))
  )
    return false;
  if (schema.const !== undefined && canonicalize(schema.const) !== canonicalize(value))
    return false;
  if (typeof value === "number")
    return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  if (typeof value === "string") {
    const length = [...value].length;
    return (
      length >= (schema.minLength ?? 0) &&
      length <= (schema.maxLength ?? 4_096) &&
      new RegExp(schema.pattern ?? "", "u").test(value)
    );
  }
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) {
    const { items } = schema;
    return (
      value.length >= (schema.minItems ?? 0) &&
      value.length <= (schema.maxItems ?? 256) &&
      value.every((each: Json) => items !== undefined && fitsReference(items, each))
    );
  }
  if ((schema.required ?? []).some((name) => !Object.keys(value).includes(name))) return false;
  return Object.entries(value).every(([key, member]) => {
    const own = Object.entries(schema.properties ?? {}).find(([name]) => name === key)?.[1];
    if (own !== undefined) return fitsReference(own, member);
    return schema.additionalProperties
      ? countCodePoints(key) <= 256 && fitsReference(schema.additionalProperties, member)
      : false;
  });
}

/** A value that is likely to fit: the schema's own shape with values from a stream. */
function shaped(schema: Schema, value: Json): Json {
  if (schema.properties !== undefined)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, each]) => [name, shaped(each, value)]),
    );
  if (schema.additionalProperties) return { k: shaped(schema.additionalProperties, value) };
  if (schema.items !== undefined) return [shaped(schema.items, value)];
  return value;
}

describe("compileSchema and the reference", () => {
  it("agree on what fits; what fits is within the size; every schema of the generator is legal", () => {
    let fitting = 0;
    fc.assert(
      fc.property(schemas, kernelJson(), fc.boolean(), (schema, random, isShaped) => {
        const value = isShaped ? shaped(schema, random) : random;
        expect(checkSchema(JSON.parse(JSON.stringify(schema)))).toEqual([]);
        const found = compileSchema(schema)(value, "v");
        expect([schema, value, found.length === 0]).toEqual([
          schema,
          value,
          fitsReference(schema, value),
        ]);
        if (found.length > 0) return;
        fitting += 1;
        expect(utf8Length(canonicalize(value))).toBeLessThanOrEqual(maxCanonicalBytes(schema));
      }),
      { numRuns: 1_500 * (Number(process.env["SWOOSH_SOAK"] ?? 0) * 50 + 1) },
    );
    expect(fitting).toBeGreaterThan(50);
  });
});
