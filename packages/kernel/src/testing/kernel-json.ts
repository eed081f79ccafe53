import fc from "fast-check";
import type { Json } from "../json/json.ts";
import { keyProblem } from "../json/key.ts";

/** Values that pass the edge, keys in any order; for properties. */
export function kernelJson(): fc.Arbitrary<Json> {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom("a", "b", "é", "€", "😀", '"', "\\", "\n", "\u0000", "\u2028"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    maxLength: 6,
  });
  const key = fc
    .oneof(
      fc.constantFrom(
        "a",
        "b",
        "c",
        "aa",
        "constructor",
        "toString",
        "length",
        "A",
        "\ufb33",
        "😀",
      ),
      text,
    )
    .filter((name) => keyProblem(name) === undefined);
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, false),
      fc.maxSafeInteger().map((number) => number + 0),
      fc.integer({ min: -3, max: 300 }).map((number) => number + 0),
      text,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));
  return value;
}
