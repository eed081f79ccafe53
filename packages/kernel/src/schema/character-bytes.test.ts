import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalize } from "../json/canonical.ts";
import { utf8Length } from "../json/text.ts";
import { characterSizeMax } from "./character-bytes.ts";
import { compilePattern } from "./pattern.ts";

describe("characterSizeMax", () => {
  it.each<readonly [pattern: string | undefined, bytes: number]>([
    [undefined, 6],
    ["^[A-Za-z0-9_-]{43}$", 1],
    ["^sha256-[0-9a-f]{64}$", 1],
    ["^(a|b\\d)*$", 1],
    ["^[ -~]*$", 2],
    ['^["]$', 2],
    ["^[\\\\]$", 2],
    ["^[ !#-\\[\\]-~]*$", 1],
    ["^[a-é]*$", 2],
    ["^[a-中]*$", 3],
    ["^\\u{1F600}*$", 4],
    ["^.*$", 6],
    ["^\\t?$", 6],
    ["^[^a]*$", 6],
    ["[a-z]+", 6],
    ["^[a-z]+", 6],
    ["[a-z]+$", 6],
    ["^a$|^b$", 6],
    ["^(", 6],
    ["", 6],
  ])("%s", (pattern, bytes) => expect(characterSizeMax(pattern)).toBe(bytes));

  it("is never less than what a fitting text takes", () => {
    const patterns = ["^[ -~]*$", "^[a-é]*$", "^[\\x00-\\x1f]*$", "^(ab|中\\d)*$", "^.*$", "[a-z]"];
    for (const source of patterns) {
      const compiled = compilePattern(source);
      if (!compiled.ok) throw new Error(compiled.problem);
      const { pattern } = compiled;
      const units = ["ab", "中1", "é", "\\", '"', "\u0001", " ", "~", "😀", "z"];
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...units), { maxLength: 6 }), (parts) => {
          const text = parts.join("");
          fc.pre(pattern.matches(text));
          const bytes = utf8Length(canonicalize(text)) - 2;
          expect(bytes).toBeLessThanOrEqual(characterSizeMax(source) * [...text].length);
        }),
        { numRuns: 500 },
      );
    }
  });
});
