import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { includesText } from "./includes-text.ts";

const texts = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom("a", "b", "😀"), maxLength });

describe("includesText", () => {
  it("answers like String.prototype.includes", () => {
    fc.assert(
      fc.property(texts(60), texts(14), fc.nat({ max: 60 }), (text, part, cut) => {
        expect(includesText(text, part)).toBe(text.includes(part));
        const inside = text.slice(cut, cut + 12);
        expect(includesText(text, inside)).toBe(true);
        expect(includesText(text, text)).toBe(true);
        expect(includesText(text, `${text}a`)).toBe(false);
        expect(includesText(`${part}a`, part)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ["aabaabaaab", "aabaaab"],
    ["aaaaaaaaaaaaaaaaaaab", "aaaaaaaaaab"],
    ["abababababacababababab", "ababababab"],
    ["abcabcabcabdabcabcabd", "abcabcabd"],
  ])("finds %s's periodic part %s", (text, part) => {
    expect(includesText(text, part)).toBe(true);
    expect(includesText(text, `${part}x`)).toBe(false);
    expect(includesText(text, `x${part}`)).toBe(false);
  });

  it("is linear where every position nearly matches", () => {
    const text = "a".repeat(400_000);
    expect(includesText(text, `b${"a".repeat(199_999)}`)).toBe(false);
    expect(includesText(text, `${"a".repeat(199_999)}b`)).toBe(false);
  });
});
