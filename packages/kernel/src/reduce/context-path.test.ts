import { describe, expect, it } from "vitest";
import { valueProblem, withPath } from "./context-path.ts";

describe("withPath", () => {
  it("changes nothing in place and shares what did not change", () => {
    const before = { a: { x: 1, y: { z: 1 } }, b: [1] };
    const after = withPath(before, ["a", "x"], 2);
    expect(after).toEqual({ a: { x: 2, y: { z: 1 } }, b: [1] });
    expect(before.a.x).toBe(1);
    expect(after?.["b"]).toBe(before.b);
  });

  it("puts a new key in canonical order, by UTF-16 units", () => {
    const object = withPath({ a: 1, "\u{1F600}": 1, "\uFB33": 2 }, ["b"], 3);
    expect(Object.keys(object ?? {})).toEqual(["a", "b", "\u{1F600}", "\uFB33"]);
    expect(Object.keys(withPath({ b: 1 }, ["B"], 3) ?? {})).toEqual(["B", "b"]);
  });

  it("says no where nothing can hold it", () => {
    expect(withPath({ a: 1 }, ["a", "b"], 1)).toBeUndefined();
    expect(withPath({ a: [] }, ["a", "b"], 1)).toBeUndefined();
    expect(withPath({}, ["a", "b"], 1)).toBeUndefined();
    expect(withPath({ a: { b: 1 } }, ["a", "b", "c"], 1)).toBeUndefined();
    expect(withPath({}, [], 1)).toBeUndefined();
    expect(withPath({}, ["12"], 1)).toBeUndefined();
    expect(withPath({}, ["__proto__"], 1)).toBeUndefined();
    expect(withPath({}, ["constructor", "prototype"], 1)).toBeUndefined();
    expect(withPath({}, ["toString"], 1)).toEqual({ toString: 1 });
    expect(Object.prototype).not.toHaveProperty("prototype");
  });
});

describe("valueProblem", () => {
  it.each([[null], [true], ["x"], [0], [-5], [[]], [{}], [{ a: [{ b: 1 }] }]])(
    "finds none in %j",
    (value) => {
      expect(valueProblem(value, 3)).toBeUndefined();
    },
  );

  it.each<[unknown, string]>([
    [1.5, "not a safe integer"],
    [2 ** 53, "not a safe integer"],
    [Number.NaN, "not a safe integer"],
    [[1, [0.5]], "not a safe integer"],
    [{ a: { b: 0.5 } }, "not a safe integer"],
    [{ 7: 1 }, "looks like an array index"],
    [JSON.parse('{"__proto__":1}'), "__proto__"],
    [[[[[]]]], "too deep"],
    [{ a: { b: { c: {} } } }, "too deep"],
  ])("finds what is wrong with %j", (value, problem) => {
    expect(valueProblem(value as never, 3)).toContain(problem);
  });
});
