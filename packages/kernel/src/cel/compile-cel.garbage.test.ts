import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { compileCel } from "./compile-cel.ts";
import { compileReason } from "./reason-template.ts";
import { environmentOf, scopeOf } from "./test/given.ts";
import { given } from "./test/order.ts";

const RUNS = 10_000 * Number(process.env["SWOOSH_SOAK"] ?? 1);
const environment = environmentOf(given);

const words = fc.constantFrom(
  ..."context inputs config reads at beat verdict In has size all exists map filter join string items retries note".split(
    " ",
  ),
  ..."meta stock true false null 0 1 9007199254740991 1.5 1u b'x' 'a' \"b\" r'c' ''' __proto__ constructor".split(
    " ",
  ),
  ..."( ) [ ] { } . , : ? ! - + * / % == != < <= > >= && || in = & | ; # @ \\ ` ' \" // \n .? [?".split(
    " ",
  ),
);
const sources = fc.oneof(
  fc.array(words, { maxLength: 24 }).map((parts) => parts.join("")),
  fc.array(words, { maxLength: 24 }).map((parts) => parts.join(" ")),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(fc.nat({ max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
  fc.tuple(words, fc.nat({ max: 3_000 })).map(([word, times]) => word.repeat(times)),
);

describe("garbage", () => {
  it(
    "is refused with a place, or runs; it never throws",
    () => {
      const scope = scopeOf({ context: { items: [], meta: {}, retries: 0 }, inputs: { item: "" } });
      fc.assert(
        fc.property(sources, (source) => {
          const compilation = compileCel(source, environment);
          if (compilation.ok) {
            compilation.program.evaluate(scope);
            return;
          }
          expect(compilation.problems.length).toBeGreaterThan(0);
          for (const { message, offset } of compilation.problems) {
            expect(message).not.toBe("");
            expect(Number.isInteger(offset) && offset >= 0 && offset <= source.length).toBe(true);
          }
          compileReason(source, environment);
        }),
        { numRuns: RUNS },
      );
    },
    120_000 * Number(process.env["SWOOSH_SOAK"] ?? 1),
  );
});
