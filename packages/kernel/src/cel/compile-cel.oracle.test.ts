import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { CelScope } from "./cel.ts";
import { compileCel } from "./compile-cel.ts";
import { environmentOf, scopeOf, shown } from "./test/given.ts";
import type { Kind } from "./test/grammar.ts";
import { Tape, Writer, WRITERS_GIVEN } from "./test/grammar.ts";
import { askOracle } from "./test/oracle.ts";

const SOAK = Number(process.env["SWOOSH_SOAK"] ?? 1);
const RUNS = 3_000 * SOAK;

const environment = environmentOf(WRITERS_GIVEN);

const ints = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.maxSafeInteger());
/** Below U+D800 alone UTF-16 units and code points sort alike; the oracle sorts as its engine does. */
const texts = fc.string({ unit: fc.constantFrom("a", "b", "k", "1", "é", "😀"), maxLength: 4 });
const keys = fc.constantFrom("a", "b", "k1", "constructor", "é");
/** No null: the oracle takes a key whose value is null for absent, against the specification ("Field Selection"). */
const anything = fc.oneof(
  fc.boolean(),
  ints,
  texts,
  fc.array(ints, { maxLength: 3 }),
  fc.array(texts, { maxLength: 3 }),
  fc.dictionary(keys, ints, { noNullPrototype: true }),
);
const read = fc.record({
  hash: fc.constant("sha256-"),
  configuration: fc.constantFrom(["OPEN"], ["CLOSED"], []),
  context: fc.record(
    { a: anything, b: anything, c: anything, d: anything },
    { requiredKeys: [], noNullPrototype: true },
  ),
});

const scopes: fc.Arbitrary<CelScope> = fc
  .record({
    context: fc.record(
      {
        n: ints,
        m: ints,
        s: texts,
        t: texts,
        flag: fc.boolean(),
        xs: fc.array(ints, { maxLength: 4 }),
        names: fc.array(texts, { maxLength: 4 }),
        tags: fc.dictionary(keys, ints, { noNullPrototype: true }),
        note: texts,
      },
      { requiredKeys: ["n", "m", "s", "t", "flag", "xs", "names", "tags"], noNullPrototype: true },
    ),
    inputs: fc.record({ n: ints, s: texts }),
    reads: fc.record({ x: fc.option(read) }),
    at: fc.nat(),
    beat: fc.option(fc.nat()),
    active: fc.boolean(),
  })
  .map(({ active, ...values }) =>
    scopeOf({ ...sorted(values), isActive: (state) => active === (state === 0) }),
  );

/** Kernel values are in canonical key order always. */
function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)])) as T;
}

const tapes = fc.array(fc.nat({ max: 10_000 }), { minLength: 4, maxLength: 60 });
const kinds = fc.constantFrom<Kind>("bool", "bool", "int", "text", "ints", "texts", "tags");

describe("compileCel beside @bufbuild/cel", () => {
  it(
    "agrees on generated expressions over generated scopes",
    () => {
      const seen = { compared: 0, overflow: 0, refused: 0, erred: 0 };
      fc.assert(
        fc.property(tapes, kinds, scopes, (tape, kind, scope) => {
          const source = new Writer(new Tape(tape), 4).write(kind);
          const compilation = compileCel(source, environment);
          if (!compilation.ok) {
            seen.refused += 1;
            return;
          }
          const ours = shown(compilation.program.evaluate(scope));
          // The oracle counts in 64 bits: what leaves the safe range is ours alone.
          if (ours === "error: overflow") {
            seen.overflow += 1;
            return;
          }
          seen.compared += 1;
          const theirs = askOracle(source, scope);
          if (typeof ours === "string" && ours.startsWith("error: ")) seen.erred += 1;
          const answer =
            typeof ours === "string" && ours.startsWith("error: ") ? "error" : JSON.stringify(ours);
          const expected = "error" in theirs ? "error" : JSON.stringify(sorted(theirs.value));
          expect(answer, `${source}\n${JSON.stringify(theirs)}`).toBe(expected);
        }),
        { numRuns: RUNS },
      );
      expect(seen.compared).toBeGreaterThan(RUNS / 2);
      expect(seen.erred).toBeGreaterThan(RUNS / 50);
      expect(seen.overflow).toBeLessThan(RUNS / 20);
    },
    60_000 * SOAK,
  );
});
