import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareUtf16, countCodePoints, cutCodePoints, isWellFormed, utf8Length } from "./text.ts";

const units = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
const mixed = fc.oneof(
  units,
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud83d", "\ude00", "a", "é", "€") }),
);

describe("isWellFormed", () => {
  it("agrees with the engine's own", () => {
    fc.assert(
      fc.property(mixed, (text) => {
        expect(isWellFormed(text)).toBe(text.isWellFormed());
      }),
      { numRuns: 500 },
    );
  });

  it.each(["\ud800", "\udc00", "a\udfffb", "\ude00\ud83d", "\ud83d\ud83d\ude00"])(
    "sees %j",
    (text) => {
      expect(isWellFormed(text)).toBe(false);
    },
  );
});

describe("utf8Length", () => {
  it("agrees with the encoder", () => {
    fc.assert(
      fc.property(mixed, (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["\u007f", 1],
    ["\u0080", 2],
    ["\u07ff", 2],
    ["\u0800", 3],
    ["\uffff", 3],
    ["😀", 4],
    ["\ud83d", 3],
    ["\ud83da", 4],
  ])("counts %j as %i", (text, bytes) => expect(utf8Length(text)).toBe(bytes));
});

describe("code points", () => {
  it("are counted and cut as the engine's iterator sees them", () => {
    fc.assert(
      fc.property(mixed, fc.nat(12), (text, count) => {
        const points = [...text];
        expect(countCodePoints(text)).toBe(points.length);
        expect(cutCodePoints(text, count)).toBe(points.slice(0, count).join(""));
      }),
      { numRuns: 500 },
    );
  });

  it("gives the text itself where nothing is cut", () => {
    expect(cutCodePoints("😀😀", 2)).toBe("😀😀");
    expect(cutCodePoints("😀😀", 1)).toBe("😀");
    expect(cutCodePoints("😀", 0)).toBe("");
  });
});

describe("compareUtf16", () => {
  it("orders by units, not by code points (RFC 8785 §3.2.3)", () => {
    expect(["\ufb33", "😀", "\u20ac", "1", "\r", "\u0080", "ö"].sort(compareUtf16)).toEqual([
      "\r",
      "1",
      "\u0080",
      "ö",
      "\u20ac",
      "😀",
      "\ufb33",
    ]);
    expect(compareUtf16("a", "a")).toBe(0);
    expect(compareUtf16("a", "b")).toBe(-1);
    expect(compareUtf16("b", "a")).toBe(1);
  });
});
