import { describe, expect, it } from "vitest";
import { findMutants } from "./find-mutants.ts";

const edits = (text: string): readonly string[] =>
  findMutants("a.ts", text).map(({ original, replacement }) => `${original} → ${replacement}`);

describe("findMutants", () => {
  it("swaps operators, conditions and numbers", () => {
    expect(edits("function f(a: number) { if (a < 2) return true; return !a; }")).toEqual([
      "a < 2 → true",
      "a < 2 → false",
      "a < 2 → a <= 2",
      "2 → (2 + 1)",
      "true → false",
      "!a → (a)",
    ]);
  });

  it("removes calls and assignments, steps the other way, and drops defaults", () => {
    expect(edits("f(x); y = z; i++; const d = a ?? b;")).toEqual([
      "f(x); → ;",
      "y = z; → ;",
      "i++ → i--",
      "a ?? b → (b)",
    ]);
  });

  it("leaves types, imports, joined texts and assertions alone", () => {
    const text = `import { a } from "./a.ts"; type T = 1 | 2; const t = "x" + a; assert(a < 1, "K1");`;
    expect(edits(text)).toEqual([]);
  });

  it("names mutants by function and ordinal, so that edits elsewhere keep their keys", () => {
    const text = "function f(a: number) { return a + 1 + 1; }";
    const keys = findMutants("a.ts", text).map(({ key }) => key);
    expect(
      findMutants("a.ts", `const before = 0;\n${text}`)
        .map(({ key }) => key)
        .slice(-4),
    ).toEqual(keys.slice(-4));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("gives positions that replace exactly the original", () => {
    const text = "const a = b === c ? 1 : 2;";
    for (const mutant of findMutants("a.ts", text)) {
      expect(text.slice(mutant.start, mutant.end)).toBe(mutant.original);
    }
  });
});
