import { describe, expect, it } from "vitest";
import type { Schema } from "../schema/schema.ts";
import type { CelType } from "./cel.ts";
import {
  EMPTY_RECORD,
  celTypeOfJson,
  celTypeOfSchema,
  describeType,
  readListType,
  readType,
  recordOf,
  unionRecords,
} from "./cel-type.ts";
import { areComparable, asMap, isKeyed, unionOf, without } from "./type-union.ts";

const MAX = Number.MAX_SAFE_INTEGER;
const int = (min = -MAX, max = MAX): CelType => ({ kind: "int", min, max });
const text = (lengthMax = 4_096): CelType => ({ kind: "string", lengthMax });
const record = (fields: { readonly [name: string]: readonly [CelType, boolean] }): CelType => ({
  kind: "record",
  fields: new Map(
    Object.entries(fields).map(([name, [type, optional]]) => [name, { type, optional }]),
  ),
});
const BOOL: CelType = { kind: "bool" };
const NULL: CelType = { kind: "null" };
const DYN: CelType = { kind: "dyn" };
const union = (...members: CelType[]): CelType => ({ kind: "union", members });

describe("celTypeOfSchema", () => {
  it.each<[Schema, CelType]>([
    [{}, DYN],
    [{ type: "null" }, NULL],
    [{ type: "boolean" }, BOOL],
    [{ type: "integer" }, int()],
    [{ type: "integer", minimum: 2, maximum: 5 }, int(2, 5)],
    [{ type: "string" }, text()],
    [{ type: "string", maxLength: 3 }, text(3)],
    [{ type: "array" }, { kind: "list", item: DYN, itemsMax: 256 }],
    [
      { type: "array", maxItems: 2, items: { type: "boolean" } },
      { kind: "list", item: BOOL, itemsMax: 2 },
    ],
    [{ type: "object" }, EMPTY_RECORD],
    [
      {
        type: "object",
        required: ["b"],
        properties: { a: { type: "boolean" }, b: { type: "null" } },
      },
      record({ a: [BOOL, true], b: [NULL, false] }),
    ],
    [
      { type: "object", additionalProperties: false, properties: { a: {} } },
      record({ a: [DYN, true] }),
    ],
    [
      {
        type: "object",
        additionalProperties: { type: "boolean" },
        maxProperties: 4,
        propertyNames: { maxLength: 3 },
      },
      {
        kind: "map",
        value: { kind: "bool" },
        entriesMax: 4,
        keyLengthMax: 3,
        bytesMax: 2 + 4 * (2 + 6 * 3 + 2 + 5),
      },
    ],
    [
      { type: "object", additionalProperties: { type: "boolean" } },
      { kind: "map", value: BOOL, entriesMax: 256, bytesMax: 32_768 },
    ],
    [
      {
        type: "object",
        additionalProperties: { type: "boolean" },
        properties: { a: { type: "null" } },
      },
      { kind: "map", value: union(BOOL, NULL), entriesMax: 257, bytesMax: 32_768 },
    ],
    [{ type: ["string", "null"], maxLength: 2 }, union(text(2), NULL)],
    [{ enum: ["a", "bcd", null] }, union(text(3), NULL)],
    [{ type: "string", enum: ["a", "bcd"] }, text(3)],
    [{ enum: [1, 5, 3] }, int(1, 5)],
    [{ const: "😀" }, text(1)],
    [{ type: "string", const: "ab" }, text(2)],
  ])("%j", (schema, type) => {
    expect(celTypeOfSchema(schema)).toEqual(type);
  });
});

describe("celTypeOfJson", () => {
  it("is exact", () => {
    expect(celTypeOfJson({ a: 3, b: ["x", "yz"], c: [], d: null, e: true })).toEqual(
      record({
        a: [int(3, 3), false],
        b: [{ kind: "list", item: text(2), itemsMax: 2 }, false],
        c: [{ kind: "list", item: union(), itemsMax: 0 }, false],
        d: [NULL, false],
        e: [BOOL, false],
      }),
    );
  });
});

describe("types of reads", () => {
  it("are null or a record, with the context typed where its schema is known", () => {
    const type = readType({
      type: "object",
      required: ["n"],
      properties: { n: { type: "integer" } },
    });
    const shape = (context: CelType): CelType =>
      union(
        NULL,
        record({
          hash: [text(71), false],
          configuration: [{ kind: "list", item: text(), itemsMax: 256 }, false],
          context: [context, false],
        }),
      );
    expect(type).toEqual(shape(record({ n: [int(), false] })));
    expect(readType(undefined)).toEqual(shape(DYN));
    expect(readListType(undefined)).toEqual({
      kind: "map",
      value: shape(DYN),
      entriesMax: 256,
      bytesMax: 256 * 32_768,
    });
  });
});

describe("unionRecords", () => {
  it("makes every field optional and joins those of one name", () => {
    const types = [
      record({ a: [int(1, 2), false] }),
      record({ a: [text(3), false], b: [BOOL, true] }),
      DYN,
    ];
    expect(unionRecords(types)).toEqual(
      record({ a: [union(int(1, 2), text(3)), true], b: [BOOL, true] }),
    );
    expect(unionRecords([])).toEqual(EMPTY_RECORD);
  });
});

describe("unionOf", () => {
  const map = (value: CelType, entriesMax: number, bytesMax: number): CelType => ({
    kind: "map",
    value,
    entriesMax,
    bytesMax,
  });
  it.each<[CelType[], CelType]>([
    [[], union()],
    [[BOOL], BOOL],
    [[BOOL, BOOL], BOOL],
    [[NULL, BOOL, NULL], union(NULL, BOOL)],
    [[union(NULL, BOOL), int(1, 2), union(int(5, 6))], union(NULL, BOOL, int(1, 6))],
    [[int(3, 4), int(-1, 1)], int(-1, 4)],
    [[text(3), text(9)], text(9)],
    [[text(9), text(3)], text(9)],
    [[BOOL, DYN, NULL], DYN],
    [
      [
        { kind: "list", item: BOOL, itemsMax: 2 },
        { kind: "list", item: NULL, itemsMax: 1 },
      ],
      { kind: "list", item: union(BOOL, NULL), itemsMax: 2 },
    ],
    [
      [
        record({ a: [BOOL, false], b: [BOOL, true], c: [BOOL, false] }),
        record({ a: [NULL, false], b: [BOOL, false], d: [BOOL, false] }),
      ],
      record({ a: [union(BOOL, NULL), false], b: [BOOL, true], c: [BOOL, true], d: [BOOL, true] }),
    ],
    [[record({ a: [BOOL, true] }), record({ a: [BOOL, false] })], record({ a: [BOOL, true] })],
    [[record({ a: [BOOL, false] }), record({ a: [BOOL, true] })], record({ a: [BOOL, true] })],
    [[map(BOOL, 3, 10), map(NULL, 2, 20)], map(union(BOOL, NULL), 3, 20)],
    [
      [map(BOOL, 3, 9), record({ a: [NULL, false], b: [BOOL, false] })],
      map(union(BOOL, NULL), 3, 2 + 9 + 10),
    ],
    [[record({ a: [NULL, false] }), map(BOOL, 3, 99)], map(union(NULL, BOOL), 3, 99)],
  ])("%#", (types, expected) => {
    expect(unionOf(types)).toEqual(expected);
  });

  it("gives back what without() takes away", () => {
    expect(without(union(NULL, BOOL), "null")).toEqual(BOOL);
    expect(without(BOOL, "null")).toEqual(BOOL);
    expect(without(NULL, "null")).toEqual(union());
  });

  it("sees a record as a map of what it may hold", () => {
    const seen = asMap({
      kind: "record",
      fields: new Map([["a", { type: BOOL, optional: true }]]),
    });
    expect(seen).toEqual(map(BOOL, 1, 2 + 3 + 5 + 2));
    expect(asMap(seen)).toBe(seen);
    expect([isKeyed(seen), isKeyed(BOOL), isKeyed(EMPTY_RECORD)]).toEqual([true, false, true]);
  });
});

describe("areComparable", () => {
  const list = (item: CelType): CelType => ({ kind: "list", item, itemsMax: 3 });
  const map = (value: CelType): CelType => ({ kind: "map", value, entriesMax: 3, bytesMax: 30 });
  it.each<[CelType, CelType, boolean]>([
    [BOOL, BOOL, true],
    [int(1, 1), int(2, 2), true],
    [BOOL, NULL, false],
    [text(), int(), false],
    [DYN, BOOL, true],
    [BOOL, DYN, true],
    [union(NULL, BOOL), BOOL, true],
    [union(NULL, BOOL), text(), false],
    [list(BOOL), list(BOOL), true],
    [list(BOOL), list(NULL), false],
    [list(union()), list(NULL), true],
    [list(BOOL), list(union()), true],
    [list(BOOL), map(BOOL), false],
    [map(BOOL), map(BOOL), true],
    [map(BOOL), map(NULL), false],
    [map(BOOL), EMPTY_RECORD, true],
    [EMPTY_RECORD, map(BOOL), true],
    [record({ a: [NULL, false] }), map(BOOL), false],
    [record({ a: [NULL, false] }), map(NULL), true],
    [record({ a: [NULL, false] }), record({ a: [NULL, true] }), true],
    [record({ a: [NULL, false] }), record({ a: [BOOL, true] }), false],
    [record({ a: [NULL, true] }), EMPTY_RECORD, true],
    [EMPTY_RECORD, record({ a: [NULL, true] }), true],
    [record({ a: [NULL, false] }), EMPTY_RECORD, false],
    [EMPTY_RECORD, record({ a: [NULL, false] }), false],
    [
      record({ a: [NULL, false], b: [NULL, true] }),
      record({ a: [NULL, false], c: [NULL, true] }),
      true,
    ],
  ])("%#", (a, b, expected) => {
    expect(areComparable(a, b)).toBe(expected);
  });
});

describe("describeType", () => {
  it.each<[CelType, string]>([
    [DYN, "anything"],
    [BOOL, "bool"],
    [NULL, "null"],
    [int(), "int"],
    [text(), "string"],
    [{ kind: "list", item: BOOL, itemsMax: 1 }, "list of bool"],
    [{ kind: "list", item: union(BOOL, NULL), itemsMax: 1 }, "list of (bool or null)"],
    [celTypeOfJson([]), "empty list"],
    [{ kind: "list", item: union(), itemsMax: 0 }, "empty list"],
    [{ kind: "map", value: BOOL, entriesMax: 1, bytesMax: 1 }, "map of bool"],
    [record({ a: [BOOL, false], b: [BOOL, true] }), "record {a, b?}"],
    [recordOf({}), "record {}"],
    [union(BOOL, NULL), "bool or null"],
    [union(), "nothing"],
  ])("%#", (type, words) => {
    expect(describeType(type)).toBe(words);
  });
});
