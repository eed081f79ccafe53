import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isArrayIndex, keyProblem } from "./key.ts";
import { placeOfItem, placeOfKey, placeOfPath } from "./place.ts";
import { quote } from "./quote.ts";

describe("isArrayIndex", () => {
  it.each(["0", "1", "9", "10", "4294967293", "4294967294", "1000000000"])("knows %s", (key) =>
    expect(isArrayIndex(key)).toBe(true),
  );

  it.each([
    "",
    "00",
    "01",
    "-1",
    "1a",
    "a1",
    "1.0",
    " 1",
    "1 ",
    "4294967295",
    "9999999999",
    "10000000000",
    "+1",
    "1e3",
    "/",
    ":",
    "1/",
    "1:",
    "١",
  ])("lets %j pass", (key) => expect(isArrayIndex(key)).toBe(false));

  it("is what the engine puts first", () => {
    const key = fc.oneof(
      fc.nat().map(String),
      fc.integer({ min: 4_294_967_290, max: 4_294_967_299 }).map(String),
      fc.string({ unit: fc.constantFrom("0", "1", "9", "-", "a") }),
    );
    fc.assert(
      fc.property(key, (name) => {
        const first = Object.keys(
          Object.fromEntries([
            ["zz", 0],
            [name, 0],
          ]),
        )[0];
        expect(isArrayIndex(name)).toBe(first === name);
      }),
    );
  });
});

describe("keyProblem", () => {
  it("refuses three kinds of keys and no other", () => {
    expect(keyProblem("__proto__")).toContain("__proto__");
    expect(keyProblem("3")).toContain("array index");
    expect(keyProblem("\ud800")).toContain("lone surrogate");
    for (const key of ["", "a", "constructor", "prototype", "__proto", "hasOwnProperty", "😀"])
      expect(keyProblem(key)).toBeUndefined();
  });
});

describe("places", () => {
  it("read like a program's", () => {
    expect(placeOfKey("inputs", "item")).toBe("inputs.item");
    expect(placeOfKey("", "item")).toBe("item");
    expect(placeOfKey("inputs", "odd key")).toBe('inputs["odd key"]');
    expect(placeOfKey("", "")).toBe('[""]');
    expect(placeOfKey("a", "x-y_1")).toBe("a.x-y_1");
    expect(placeOfKey("a", "1x")).toBe('a["1x"]');
    expect(placeOfKey("a", "b.c")).toBe('a["b.c"]');
    expect(placeOfItem("inputs.items", 3)).toBe("inputs.items[3]");
    expect(placeOfPath("inputs", ["items", 3, "id"])).toBe("inputs.items[3].id");
    expect(placeOfPath("", [])).toBe("");
  });
});

describe("quote", () => {
  it("shows 60 code points and says that there is more", () => {
    expect(quote('a\n"')).toBe('"a\\n\\""');
    expect(quote("😀".repeat(60))).toBe(`"${"😀".repeat(60)}"`);
    expect(quote("😀".repeat(61))).toBe(`"${"😀".repeat(60)}…"`);
  });
});
