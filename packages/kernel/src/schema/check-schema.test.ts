import { describe, expect, it } from "vitest";
import type { Json } from "../json/json.ts";
import { checkSchema, isSchema } from "./check-schema.ts";

const KEYWORDS =
  "type, properties, required, additionalProperties, maxProperties, propertyNames, items, enum, const, minimum, maximum, minLength, maxLength, pattern, minItems, maxItems";
const TYPES = "object, array, string, integer, boolean, null";

/** `path message`, the path below `s` where the schema stands. */
function problemsOf(schema: Json): readonly string[] {
  return checkSchema(schema, ["s"]).map(({ path, message }) => `${path.join(".")} ${message}`);
}

function nested(depth: number): Json {
  let schema: Json = { type: "null" };
  for (let level = 1; level < depth; level += 1) schema = { type: "array", items: schema };
  return schema;
}

describe("checkSchema refuses", () => {
  it.each<readonly [schema: Json, ...problems: string[]]>([
    ["string", 's "string" is no schema; an object like { type: string } is expected'],
    [
      [{ type: "null" }],
      "s an array of 1 is no schema; an object like { type: string } is expected",
    ],
    [true, "s true is no schema; an object like { type: string } is expected"],
    [{}, `s type is missing; one of ${TYPES}, or a list of them`],
    [{ properties: {} }, `s type is missing; one of ${TYPES}, or a list of them`],
    [
      { type: "number" },
      's.type the type "number" is refused: all numbers are integers; use integer, in a smaller unit where need be',
    ],
    [{ type: "text" }, `s.type unknown type "text"; one of ${TYPES}`],
    [{ type: 3 }, `s.type 3 is no name of a type; one of ${TYPES}`],
    [{ type: [] }, "s.type the list of types is empty; nothing would fit"],
    [{ type: ["string", "string"] }, "s.type.1 the type string is there twice"],
    [
      { type: ["null", "number"] },
      's.type.1 the type "number" is refused: all numbers are integers; use integer, in a smaller unit where need be',
    ],
    [
      { type: "string", format: "date" },
      `s.format unknown keyword "format"; known are ${KEYWORDS}`,
    ],
    [
      { type: "string", title: "x", default: "" },
      `s.title unknown keyword "title"; known are ${KEYWORDS}`,
      `s.default unknown keyword "default"; known are ${KEYWORDS}`,
    ],
    [
      { type: "string", minimum: 1 },
      "s.minimum minimum is for an integer; the type here is a string",
    ],
    [
      { type: ["string", "null"], items: { type: "null" } },
      "s.items items is for an array; the type here is a string or null",
    ],
    [
      { type: "integer", properties: {} },
      "s.properties properties is for an object; the type here is an integer",
    ],
    [
      { type: "null", enum: [null], const: null },
      "s.const const stands beside enum; one of the two says all",
    ],
    [
      { type: "integer", minimum: 2, maximum: 1 },
      "s.minimum minimum 2 is above maximum 1; nothing would fit",
    ],
    [
      { type: "string", minLength: 2, maxLength: 1 },
      "s.minLength minLength 2 is above maxLength 1; nothing would fit",
    ],
    [
      { type: "string", minLength: 5_000 },
      "s.minLength minLength 5000 is above maxLength 4096, the default; nothing would fit",
    ],
    [
      { type: "array", items: { type: "null" }, minItems: 2, maxItems: 1 },
      "s.minItems minItems 2 is above maxItems 1; nothing would fit",
    ],
    [
      { type: "array", items: { type: "null" }, minItems: 300 },
      "s.minItems minItems 300 is above maxItems 256, the default; nothing would fit",
    ],
    [{ type: "string", minLength: -1 }, "s.minLength -1 is too small; at least 0"],
    [
      { type: "array", items: { type: "null" }, maxItems: -1 },
      "s.maxItems -1 is too small; at least 0",
    ],
    [{ type: "integer", maximum: "9" }, 's.maximum "9" is no bound; an integer is expected'],
    [{ type: "string", maxLength: null }, "s.maxLength null is no bound; an integer is expected"],
    [{ type: "string", pattern: 1 }, "s.pattern 1 is no pattern; a string is expected"],
    [
      { type: "string", pattern: "(?=a)" },
      's.pattern of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?=a)"',
    ],
    [
      { type: "string", pattern: "a{1000}" },
      "s.pattern the pattern has 1001 steps a character, for up to 4096 characters; give a maxLength of at most 2095",
    ],
    [
      { type: "string", pattern: "a{1000}", maxLength: 2_096 },
      "s.pattern the pattern has 1001 steps a character, for up to 2096 characters; give a maxLength of at most 2095",
    ],
    [{ type: "object", properties: [] }, "s.properties an array of 0 is no object of name: schema"],
    [
      { type: "object", properties: { a: 1, b: { type: "x" } } },
      "s.properties.a 1 is no schema; an object like { type: string } is expected",
      `s.properties.b.type unknown type "x"; one of ${TYPES}`,
    ],
    [
      { type: "object", additionalProperties: true },
      "s.additionalProperties true would let in anything; give false or the schema of the entries",
    ],
    [
      { type: "object", additionalProperties: { type: "x" } },
      `s.additionalProperties.type unknown type "x"; one of ${TYPES}`,
    ],
    [
      { type: "object", additionalProperties: 0 },
      "s.additionalProperties 0 is no schema; an object like { type: string } is expected",
    ],
    [{ type: "object", required: "a" }, 's.required "a" is no list of names'],
    [{ type: "object", required: { a: true } }, "s.required an object of 1 is no list of names"],
    [{ type: "object", required: null }, "s.required null is no list of names"],
    [{ type: "object", required: ["a"] }, 's.required.0 "a" is required, but not in properties'],
    [
      { type: "object", required: ["toString"], properties: {} },
      's.required.0 "toString" is required, but not in properties',
    ],
    [
      { type: "object", required: ["a"], additionalProperties: false },
      's.required.0 "a" is required, but not in properties',
    ],
    [
      {
        type: "object",
        required: ["a", "b", "a"],
        properties: { a: { type: "null" }, b: { type: "null" } },
      },
      's.required.2 "a" is there twice',
    ],
    [
      { type: "object", required: [1], properties: {} },
      "s.required.0 1 is no name; a string is expected",
    ],
    [{ type: "array" }, "s items is missing; say what the array holds"],
    [{ type: ["null", "array"] }, "s items is missing; say what the array holds"],
    [
      { type: "array", items: [] },
      "s.items an array of 0 is no schema; an object like { type: string } is expected",
    ],
    [{ enum: [] }, "s.enum the list of values is empty; nothing would fit"],
    [{ enum: "a" }, 's.enum "a" is no list of values'],
    [{ enum: null }, "s.enum null is no list of values"],
    [{ enum: ["a", 1, "a"] }, 's.enum.2 "a" is there twice'],
    [
      {
        enum: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      's.enum.1 {"a":1,"b":2} is there twice',
    ],
    [{ type: "string", enum: ["a", 1] }, "s.enum.1 1 is a number; a string is expected"],
    [{ type: "string", maxLength: 1, enum: ["ab"] }, 's.enum.0 "ab" has 2 characters; at most 1'],
    [{ type: "integer", const: "a" }, 's.const "a" is a string; an integer is expected'],
    [
      { type: "object", properties: { a: { type: "null" } }, const: { a: 1 } },
      "s.const a: 1 is a number; null is expected",
    ],
    [nested(33), `s${".items".repeat(32)} schemas are more than 32 deep`],
    [
      {
        type: "object",
        required: ["x"],
        properties: { a: { type: "string", minimum: 0 }, b: {} },
        extra: 1,
      },
      `s.extra unknown keyword "extra"; known are ${KEYWORDS}`,
      "s.properties.a.minimum minimum is for an integer; the type here is a string",
      `s.properties.b type is missing; one of ${TYPES}, or a list of them`,
      's.required.0 "x" is required, but not in properties',
    ],
  ])("%j", (schema, ...problems) => {
    expect(problemsOf(schema)).toEqual(problems);
    expect(isSchema(schema)).toBe(false);
  });
});

describe("checkSchema of maps", () => {
  const MAP = { type: "object", additionalProperties: { type: "integer" } } as const;

  it.each<[Json, readonly string[]]>([
    [{ ...MAP, maxProperties: 0 }, []],
    [{ ...MAP, maxProperties: 32, propertyNames: { maxLength: 8, pattern: "^[a-z]+$" } }, []],
    [{ ...MAP, propertyNames: {} }, []],
    [{ ...MAP, propertyNames: { maxLength: 256 } }, []],
    [{ ...MAP, maxProperties: "many" }, ['"many" is no bound; an integer is expected']],
    [{ ...MAP, maxProperties: -1 }, ["-1 is too small; at least 0"]],
    [
      { ...MAP, maxProperties: 1, required: ["a", "b"] },
      ["1 is less than the 2 required keys; nothing would fit"],
    ],
    [
      { type: "object", maxProperties: 3 },
      ["maxProperties bounds a map; without additionalProperties the keys are those in properties"],
    ],
    [
      { type: "object", additionalProperties: false, propertyNames: {} },
      ["propertyNames bounds a map; without additionalProperties the keys are those in properties"],
    ],
    [
      { type: "string", maxProperties: 3 },
      [
        "maxProperties is for an object; the type here is a string",
        "maxProperties bounds a map; without additionalProperties the keys are those in properties",
      ],
    ],
    [{ ...MAP, propertyNames: "a" }, ['"a" is no object of maxLength and pattern']],
    [
      { ...MAP, propertyNames: { minLength: 1 } },
      ['unknown keyword "minLength"; names of properties have maxLength and pattern'],
    ],
    [
      { ...MAP, propertyNames: { maxLength: 0 } },
      ["0 is no length of keys; 1 to 256 are possible"],
    ],
    [
      { ...MAP, propertyNames: { maxLength: 257 } },
      ["257 is no length of keys; 1 to 256 are possible"],
    ],
    [{ ...MAP, propertyNames: { pattern: 1 } }, ["1 is no pattern; a string is expected"]],
    [
      {
        ...MAP,
        properties: { Ab: { type: "null" }, a: { type: "null" } },
        propertyNames: { pattern: "^[a-z]$" },
      },
      ['propertyNames: "Ab" does not match ^[a-z]$'],
    ],
  ])("%j", (schema, messages) => {
    expect(checkSchema(schema).map(({ message }) => message)).toEqual(messages);
  });
});

describe("checkSchema lets in", () => {
  it.each<Json>([
    { type: "object" },
    { type: "object", properties: {}, required: [] },
    { type: "object", required: ["a"], additionalProperties: { type: "null" } },
    { type: "object", additionalProperties: false },
    {
      type: ["object", "null"],
      properties: { a: { type: ["string", "integer"], minLength: 1, maximum: 4 } },
    },
    { type: "array", items: { type: "null" }, minItems: 0, maxItems: 0 },
    { type: "integer", minimum: -9_007_199_254_740_991, maximum: -1 },
    { type: "string", pattern: "^[A-Za-z0-9_-]{1,128}$" },
    { type: "string", pattern: "a{1000}", maxLength: 2_095 },
    { enum: ["a", 1, null, { a: [] }] },
    { const: false },
    { type: "string", enum: ["a"] },
    nested(32),
  ])("%j", (schema) => {
    expect(problemsOf(schema)).toEqual([]);
    expect(isSchema(schema)).toBe(true);
  });

  it("paths begin at the schema itself unless told", () => {
    expect(checkSchema({ type: "array" })).toEqual([
      { path: [], message: "items is missing; say what the array holds", spot: "value" },
    ]);
  });
});
