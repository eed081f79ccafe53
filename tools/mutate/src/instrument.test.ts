import { describe, expect, it } from "vitest";
import ts from "typescript";
import { findMutants } from "./find-mutants.ts";
import { instrument } from "./instrument.ts";
import { createSwitchboard } from "./switchboard.ts";

/** What `text` gives as it is, and with each of its mutants on. `text` is the body of a function. */
function resultsOf(text: string): {
  readonly unchanged: unknown;
  readonly mutated: Record<string, unknown>;
} {
  const mutants = findMutants("a.ts", text).map((mutant, number) => ({ ...mutant, number }));
  const board = createSwitchboard();
  const code = ts.transpile(instrument(text, mutants), { target: ts.ScriptTarget.ES2023 });
  const run = (): unknown => {
    globalThis.swooshMutants = board;
    // oxlint-disable-next-line typescript/no-implied-eval -- the code is the subject of the test
    return new Function(code)();
  };
  const mutated = mutants.map(({ original, replacement, number }): [string, unknown] => {
    board.switchOn(number, 1_000);
    try {
      return [`${original} → ${replacement}`, run()];
    } finally {
      board.switchOff();
    }
  });
  return { unchanged: run(), mutated: Object.fromEntries(mutated) };
}

describe("instrument", () => {
  it("keeps what the code does, and does with a mutant on what the mutant says", () => {
    expect(resultsOf("const a = 1; return a < 2 ? 'less' : 'more';")).toEqual({
      unchanged: "less",
      mutated: {
        "1 → (1 + 1)": "more",
        "a < 2 → true": "less",
        "a < 2 → false": "more",
        "a < 2 → a <= 2": "less",
        "2 → (2 + 1)": "less",
      },
    });
  });

  it("takes each operator with its operands, whatever stands around it", () => {
    const text = "const [a, b, c] = [false, true, false]; return a && b && c;";
    const { unchanged, mutated } = resultsOf(`${text}`);
    expect(unchanged).toBe(false);
    // (a || b) && c, where the bare text would be a || (b && c).
    expect(mutated["a && b → a || b"]).toBe(false);
    expect(resultsOf("const x = 2; return x * x * x;").mutated["x * x → x + x"]).toBe(8);
  });

  it("switches statements, and leaves an else with its if", () => {
    const text = "let x; if (Math) x = 'set'; else x = 'else'; return x;";
    expect(resultsOf(text)).toMatchObject({
      unchanged: "set",
      mutated: { "x = 'set'; → ;": undefined, "Math → false": "else" },
    });
    const loop = "let n = 0; for (const i of [1, 2]) { if (i === 1) continue; n += i; } return n;";
    expect(resultsOf(loop)).toMatchObject({ unchanged: 2, mutated: { "continue; → ;": 3 } });
  });

  it("switches keys of properties, steps and assignments that calculate", () => {
    expect(resultsOf("return { 7: 'a' };")).toEqual({
      unchanged: { 7: "a" },
      mutated: { "7 → (7 + 1)": { 8: "a" } },
    });
    expect(resultsOf("let i = Math.abs(-5); i++; i += Math.abs(-2); return i;")).toMatchObject({
      unchanged: 8,
      mutated: { "i++ → i--": 6, "i += Math.abs(-2) → i -= Math.abs(-2)": 4 },
    });
  });

  it("keeps every line where it was", () => {
    const text = "const a = 1;\n\nconst b =\n  a + 1;\nthrow new Error(`${b}`);";
    const mutants = findMutants("a.ts", text).map((mutant, number) => ({ ...mutant, number }));
    const lines = instrument(text, mutants).split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[4]).toContain("throw new Error");
  });
});

describe("the switchboard", () => {
  it("stops the mutant that is reached too often, and says so", () => {
    const board = createSwitchboard();
    board.switchOn(3, 2);
    expect([board.reached(3), board.reached(4), board.reached(3)]).toEqual([true, false, true]);
    expect(() => board.reached(3)).toThrow("mutant 3 runs too long");
    expect(board.switchOff()).toEqual({ hits: 3, isTooLong: true });
    expect(board.reached(3)).toBe(false);
    expect([...board.hits.subarray(3, 5)]).toEqual([4, 1]);
  });
});
