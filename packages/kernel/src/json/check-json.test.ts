import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JSON_VALUES_MAX } from "../limits.ts";
import { kernelJson } from "../testing/kernel-json.ts";
import { canonicalize } from "./canonical.ts";
import { checkJson } from "./check-json.ts";

class Point {
  readonly x = 1;
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function withKey(key: string): object {
  return Object.fromEntries([[key, 1]]);
}

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const keyed: unknown[] = Object.assign([1], { extra: 2 });
const hidden = Object.defineProperty({}, "a", { value: 1, enumerable: false });

describe("checkJson refuses", () => {
  it.each<readonly [name: string, value: unknown, place: string, problem: string]>([
    ["a fraction", 1.5, "in", "1.5 is not an integer; write it in a smaller unit, or as text"],
    ["minus zero", { a: -0 }, "in.a", "-0 is refused; write 0"],
    [
      "2^53",
      [2 ** 53],
      "in[0]",
      "9007199254740992 is beyond the safe integers, ±9007199254740991; write it as text",
    ],
    [
      "-2^53",
      -(2 ** 53),
      "in",
      "-9007199254740992 is beyond the safe integers, ±9007199254740991; write it as text",
    ],
    ["NaN", Number.NaN, "in", "NaN is not a number of JSON"],
    ["infinity", { a: [Number.NEGATIVE_INFINITY] }, "in.a[0]", "-Infinity is not a number of JSON"],
    ["a lone surrogate", { a: "x\ud800" }, "in.a", '"x\\ud800" has a lone surrogate'],
    [
      "a lone surrogate in a key",
      withKey("\udc00"),
      "in",
      'the key "\\udc00" has a lone surrogate',
    ],
    [
      "__proto__",
      JSON.parse('{"a":{"__proto__":1}}'),
      "in.a",
      'the key "__proto__" is refused; choose another name',
    ],
    [
      "an array index as key",
      { "7": 1 },
      "in",
      'the key "7" looks like an array index; begin it with a letter, or use a list',
    ],
    [
      "the largest array index",
      { "4294967294": 1 },
      "in",
      'the key "4294967294" looks like an array index; begin it with a letter, or use a list',
    ],
    ["undefined", { a: undefined }, "in.a", "undefined is not JSON"],
    ["a function", { a: () => 1 }, "in.a", "a function is not JSON"],
    ["a symbol", Symbol("x"), "in", "a symbol is not JSON"],
    ["a bigint", 1n, "in", "a bigint is not JSON"],
    [
      "a Date",
      { when: new Date(0) },
      "in.when",
      "a Date is not JSON; only plain objects and arrays are",
    ],
    ["a Map", new Map(), "in", "a Map is not JSON; only plain objects and arrays are"],
    [
      "a typed array",
      new Uint8Array(1),
      "in",
      "a Uint8Array is not JSON; only plain objects and arrays are",
    ],
    ["a boxed number", Object(1), "in", "a Number is not JSON; only plain objects and arrays are"],
    [
      "a class instance",
      new Point(),
      "in",
      "an instance of a class is not JSON; only plain objects and arrays are",
    ],
    ["a hole", [1, , 2], "in[1]", "a hole in an array is not JSON"], // oxlint-disable-line no-sparse-arrays
    ["a key on an array", keyed, "in", 'an array with the key "extra" is not JSON'],
    ["a symbol as key", { [Symbol("s")]: 1 }, "in", "the key Symbol(s) is not JSON"],
    [
      "a getter",
      {
        get a() {
          return 1;
        },
      },
      "in.a",
      "an accessor or hidden property is not JSON",
    ],
    ["a hidden property", hidden, "in.a", "an accessor or hidden property is not JSON"],
    [
      "33 levels",
      nested(33),
      `in${"[0].a".repeat(16)}`,
      "objects and arrays are more than 32 deep",
    ],
    ["a cycle", cyclic, `in${".self".repeat(32)}`, "objects and arrays are more than 32 deep"],
    [
      "an odd key on the way",
      { "a b": [{ "": 1.5 }] },
      'in["a b"][0][""]',
      "1.5 is not an integer; write it in a smaller unit, or as text",
    ],
  ])("%s", (_, value, place, problem) => {
    expect(checkJson(value, { place: "in" })).toEqual({ ok: false, place, problem });
  });

  it("more values than any document has, also where they are shared", () => {
    let shared: unknown = [0, 0];
    for (let level = 0; level < 30; level += 1) shared = [shared, shared];
    const checked = checkJson(shared, { place: "in" });
    expect(checked).toMatchObject({
      ok: false,
      problem: "more than 65536 values, shared ones counted each time",
    });
    expect(
      checkJson(
        Array.from({ length: JSON_VALUES_MAX - 1 }, () => 0),
        { place: "" },
      ).ok,
    ).toBe(true);
    expect(
      checkJson(
        Array.from({ length: JSON_VALUES_MAX }, () => 0),
        { place: "" },
      ).ok,
    ).toBe(false);
  });
});

describe("checkJson lets in", () => {
  it("32 levels, and as many as it is told", () => {
    expect(checkJson(nested(32), { place: "" }).ok).toBe(true);
    expect(checkJson(nested(2), { place: "", depthMax: 1 }).ok).toBe(false);
    expect(checkJson(nested(40), { place: "", depthMax: 40 }).ok).toBe(true);
    expect(checkJson(0, { place: "", depthMax: 0 }).ok).toBe(true);
  });

  it("keys that only look dangerous, as own data of a plain object", () => {
    const value = JSON.parse(
      '{"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":2,"toString":3,"01":4,"4294967295":5,"-1":6}',
    );
    const checked = checkJson(value, { place: "" });
    expect(checked).toEqual({ ok: true, value });
    expect({}).not.toHaveProperty("polluted");
  });

  it("objects without a prototype, and gives plain ones in canonical order", () => {
    const bare: Record<string, unknown> = Object.assign(Object.create(null), {
      b: 1,
      a: [{ d: 1, c: 2 }],
    });
    const checked = checkJson(bare, { place: "" });
    expect(JSON.stringify(checked)).toBe('{"ok":true,"value":{"a":[{"c":2,"d":1}],"b":1}}');
    expect(checked.ok && Object.getPrototypeOf(checked.value)).toBe(Object.prototype);
  });

  it("safe integers up to the edge", () => {
    for (const value of [0, 2 ** 53 - 1, -(2 ** 53) + 1])
      expect(checkJson(value, { place: "" })).toEqual({ ok: true, value });
  });

  it("every kernel value, as a copy with the same canonical text", () => {
    fc.assert(
      fc.property(kernelJson(), (value) => {
        const checked = checkJson(value, { place: "" });
        expect(checked.ok).toBe(true);
        if (!checked.ok) return;
        expect(JSON.stringify(checked.value)).toBe(canonicalize(value));
        expect(Object(checked.value)).not.toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  it("nothing that changes later: a copy is the caller's value at one moment", () => {
    const value = { a: [1] };
    const checked = checkJson(value, { place: "" });
    value.a.push(2);
    expect(checked).toEqual({ ok: true, value: { a: [1] } });
  });
});
