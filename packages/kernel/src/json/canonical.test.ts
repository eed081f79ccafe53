import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../invariant.ts";
import { canonicalize, isCanonicalOrder, objectInOrder, toCanonical } from "./canonical.ts";
import type { Json } from "./json.ts";
import { kernelJson } from "../testing/kernel-json.ts";

/** RFC 8785 by its sentences: sort the members of each object, serialise the rest as ECMAScript does. */
function reference(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(reference).join(",")}]`;
  const pairs = Object.entries(value).map(([key, member]) => ({
    key,
    text: `${JSON.stringify(key)}:${reference(member)}`,
  }));
  pairs.sort((a, b) => (a.key < b.key ? -1 : 1));
  return `{${pairs.map(({ text }) => text).join(",")}}`;
}

describe("canonicalize", () => {
  it("is the reference's text, and JSON.stringify of the ordered value", () => {
    fc.assert(
      fc.property(kernelJson(), (value) => {
        const text = reference(value);
        expect(canonicalize(value)).toBe(text);
        expect(JSON.stringify(toCanonical(value))).toBe(text);
        expect(isCanonicalOrder(value)).toBe(JSON.stringify(value) === text);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [[{ b: 1, a: 2 }], '[{"a":2,"b":1}]'],
    [{ a: { c: 0, b: [{ y: 1, x: 2 }] } }, '{"a":{"b":[{"x":2,"y":1}],"c":0}}'],
    [{ a: [1, "x", null, true], b: {} }, '{"a":[1,"x",null,true],"b":{}}'],
    ["\u2028", '"\u2028"'],
  ])("%j", (value, text) => expect(canonicalize(value)).toBe(text));

  it("writes keys in order that no object can hold in order", () => {
    expect(canonicalize({ "10": 1, "9": 2, a: { "2": 1, "1": 0, "10": 3 } })).toBe(
      '{"10":1,"9":2,"a":{"1":0,"10":3,"2":1}}',
    );
  });
});

describe("toCanonical", () => {
  it("gives the same object where it is in order, and shares parts that are", () => {
    const ordered = { a: [{ x: 1, y: 2 }], b: { c: null } };
    expect(toCanonical(ordered)).toBe(ordered);
    const part = { x: 1, y: 2 };
    const turned = toCanonical({ b: part, a: [part, { z: 1, y: part }] });
    expect(JSON.stringify(turned)).toBe(
      '{"a":[{"x":1,"y":2},{"y":{"x":1,"y":2},"z":1}],"b":{"x":1,"y":2}}',
    );
    expect(turned).toHaveProperty("b", part);
    expect(Object.getOwnPropertyDescriptor(turned, "b")?.value).toBe(part);
  });

  it("copies an object whose order is right but whose part is not", () => {
    expect(JSON.stringify(toCanonical({ a: { c: 1, b: null }, d: 1 }))).toBe(
      '{"a":{"b":null,"c":1},"d":1}',
    );
    expect(JSON.stringify(toCanonical([1, { b: 1, a: 1 }, 2]))).toBe('[1,{"a":1,"b":1},2]');
  });

  it("asserts that the edge has refused what it cannot hold in order", () => {
    expect(() => toCanonical({ b: 1, "2": 0, a: 1 })).toThrow(InvariantViolation);
    expect(() => objectInOrder(["a", "__proto__"], () => 1)).toThrow(InvariantViolation);
    expect(() => objectInOrder(["0"], () => 1)).toThrow(InvariantViolation);
  });
});
