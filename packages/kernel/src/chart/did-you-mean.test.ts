import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest, suggestion } from "./did-you-mean.ts";

describe("edit distance", () => {
  it.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "", 3],
    ["", "ab", 2],
    ["abc", "abd", 1],
    ["abc", "ab", 1],
    ["abc", "xabc", 1],
    ["abc", "acb", 1],
    ["notEmpty", "notEmtpy", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("of %j and %j is %i", (one, other, distance) => {
    expect(editDistance(one, other)).toBe(distance);
  });

  it("is symmetric, at most the longer length, and zero for equals alone", () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });
    fc.assert(
      fc.property(word, word, (one, other) => {
        const distance = editDistance(one, other);
        expect(editDistance(other, one)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(one.length, other.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(one.length - other.length));
        expect(distance === 0).toBe(one === other);
      }),
    );
  });
});

describe("the nearest name", () => {
  it("is near: two letters off, or a third of the word", () => {
    expect(nearest("abc", ["abcde"])).toBe("abcde");
    expect(nearest("abc", ["abcdef"])).toBeUndefined();
    expect(nearest("abcdefghijkl", ["abcdefgh"])).toBe("abcdefgh");
    expect(nearest("abcdefghijkl", ["abcdefg"])).toBeUndefined();
  });

  it("is the first of equally near ones, whatever the case of its letters", () => {
    expect(nearest("abx", ["abc", "abd"])).toBe("abc");
    expect(nearest("ABC", ["abd", "abc"])).toBe("abc");
  });

  it("is looked for among the first 256", () => {
    const names = Array.from({ length: 255 }, (_, index) => `other${index}`);
    expect(nearest("xyzzy", [...names, "xyzzx"])).toBe("xyzzx");
    expect(nearest("xyzzy", [...names, "other", "xyzzx"])).toBeUndefined();
  });
});

describe("a suggestion", () => {
  it("names the nearest, else what there is", () => {
    expect(suggestion("abx", ["abc"])).toBe('; did you mean "abc"?');
    expect(suggestion("xyz", ["first"])).toBe("; there is first");
    expect(suggestion("xyz", ["first", "second"])).toBe("; there are first, second");
    expect(suggestion("xyz", [])).toBe("");
    const many = ["one", "two", "three", "four", "five", "sixth"];
    expect(suggestion("abcdefgh", many)).toBe("; there are one, two, three, four, five, sixth");
    expect(suggestion("abcdefgh", [...many, "seven"])).toBe(
      "; there are one, two, three, four, five, sixth, …",
    );
  });
});
