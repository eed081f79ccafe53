import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { CelScope } from "./cel.ts";
import { compileCel } from "./compile-cel.ts";
import { UNKNOWN_RESULT } from "./known-result.ts";
import { isUnknown } from "./mentions.ts";
import { environmentOf, programOf, scopeOf, shown } from "./test/given.ts";
import { Tape, Writer, WRITERS_GIVEN } from "./test/grammar.ts";

const RUNS = 3_000 * Number(process.env["SWOOSH_SOAK"] ?? 1);
const INPUTS = new Set(["inputs"]);

const context = {
  n: 2,
  m: 0,
  s: "a",
  t: "ab",
  flag: true,
  xs: [1, 2],
  names: ["a"],
  tags: { a: 1 },
};

function known(source: string, unknown = INPUTS, values: Partial<CelScope> = {}): unknown {
  const result = programOf(source, WRITERS_GIVEN).known(scopeOf({ context, ...values }), unknown);
  return result === UNKNOWN_RESULT ? "unknown" : shown(result);
}

describe("what is known of an expression without the inputs", () => {
  it.each([
    ["context.n == 2", true],
    ["inputs.n == 2", "unknown"],
    ["context.n == 3 && inputs.n == 2", false],
    ["inputs.n == 2 && context.n == 3", false],
    ["context.n == 2 && inputs.n == 2", "unknown"],
    ["context.n == 2 || inputs.n == 2", true],
    ["inputs.n == 2 || context.n == 3", "unknown"],
    ["!(context.n == 3 && inputs.n == 2)", true],
    ["!(inputs.n == 2)", "unknown"],
    ["context.flag ? context.n == 2 : inputs.n == 1", true],
    // What is unknown may be an error, and then so is the whole, though both ways agree.
    ["inputs.n == 1 ? context.n == 2 : context.m == 0", "unknown"],
    ["!(context.xs[inputs.n] == 1 ? true : true)", "unknown"],
    ["inputs.n == 1 ? context.n == 2 : context.m == 1", "unknown"],
    // An error on the known side: the unknown side may still decide, or not.
    ["context.n / context.m == 1 || inputs.n == 1", "unknown"],
    ["context.n / context.m == 1 && (inputs.n == 1 || context.n == 2)", "error: division_by_zero"],
  ])("%s is %s", (source, expected) => {
    expect(known(source)).toBe(expected);
  });

  it("takes an unknown field for what makes its record unknown, and the other way round", () => {
    expect(known("reads.x == null", new Set(["reads.x"]))).toBe("unknown");
    expect(known("reads.x == null", INPUTS, { reads: { x: null } })).toBe(true);
    expect(isUnknown("reads", new Set(["reads.x"]))).toBe(true);
    expect(isUnknown("reads.y", new Set(["reads.x"]))).toBe(false);
    expect(isUnknown("inputs.n", INPUTS)).toBe(true);
    expect(isUnknown("at", new Set(["at"]))).toBe(true);
  });

  it("never says what some inputs would belie", () => {
    const environment = environmentOf(WRITERS_GIVEN);
    const seen = { known: 0, mixed: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { maxLength: 60 }),
        fc.record({ n: fc.integer({ min: -3, max: 9 }), s: fc.constantFrom("", "a", "ab") }),
        (tape, inputs) => {
          // Mixed on purpose: parts that hang on the inputs beside parts that do not.
          const writer = new Writer(new Tape(tape), 3);
          const bool = (): string => writer.write("bool");
          const open = `inputs.n ${writer.pick("<", "==", ">")} context.n`;
          const [one, other] = [writer.pick("&&", "||"), writer.pick("&&", "||")];
          const source = `!((${bool()}) ${one} ${open}) ${other} (${bool()} ? ${bool()} : ${open})`;
          const compiled = compileCel(source, environment);
          if (!compiled.ok) return;
          const { program } = compiled;
          const scope = scopeOf({ context, inputs, reads: { x: null }, at: 7 });
          const result = program.known(scopeOf({ context, reads: { x: null }, at: 7 }), INPUTS);
          if (result === UNKNOWN_RESULT) return;
          seen.known += 1;
          if (program.mentions().some((mention) => isUnknown(mention, INPUTS))) seen.mixed += 1;
          const full = program.evaluate(scope);
          // Of two errors either may be named; a guard is false with both.
          if (typeof result === "symbol") expect(typeof full, source).toBe("symbol");
          else expect(full, source).toBe(result);
        },
      ),
      { numRuns: RUNS },
    );
    expect(seen.mixed).toBeGreaterThan(RUNS / 10);
    expect(seen.known).toBeGreaterThanOrEqual(seen.mixed);
  });
});
