import { assert } from "../invariant.ts";
import { quote } from "../json/quote.ts";
import { countCodePoints } from "../json/text.ts";
import { LENGTH_MAX_DEFAULT } from "../limits.ts";
import type { Check } from "./check.ts";
import { compilePattern } from "./pattern.ts";
import type { Schema } from "./schema.ts";

/** Bounds without a keyword are those of the safe integers. */
export function compileInteger(schema: Schema): Check {
  const minimum = schema.minimum ?? Number.MIN_SAFE_INTEGER;
  const maximum = schema.maximum ?? Number.MAX_SAFE_INTEGER;
  return {
    fits: (value) => typeof value === "number" && value >= minimum && value <= maximum,
    explain: (value, place, findings) => {
      if (typeof value !== "number") return;
      if (value < minimum) findings.add(place, `${value} is too small; at least ${minimum}`);
      if (value > maximum) findings.add(place, `${value} is too large; at most ${maximum}`);
    },
  };
}

/** Lengths are in code points (JSON Schema Validation §6.3.1), counted only where the UTF-16 length cannot tell. */
export function compileString(schema: Schema): Check {
  const minLength = schema.minLength ?? 0;
  const maxLength = schema.maxLength ?? LENGTH_MAX_DEFAULT;
  const matches = matcherOf(schema.pattern);
  const isLong = (text: string): boolean =>
    text.length >= 2 * minLength ||
    (text.length >= minLength && countCodePoints(text) >= minLength);
  const isShort = (text: string): boolean =>
    text.length <= maxLength ||
    (text.length <= 2 * maxLength && countCodePoints(text) <= maxLength);
  return {
    fits: (value) =>
      typeof value === "string" &&
      isShort(value) &&
      isLong(value) &&
      (matches === undefined || matches(value)),
    explain: (value, place, findings) => {
      if (typeof value !== "string") return;
      if (!isLong(value)) findings.add(place, `${lengthOf(value)}; at least ${minLength}`);
      else if (!isShort(value)) findings.add(place, `${lengthOf(value)}; at most ${maxLength}`);
      else if (matches?.(value) === false) {
        findings.add(place, `${quote(value)} does not match ${schema.pattern}`);
      }
    },
  };
}

function matcherOf(source: string | undefined): ((text: string) => boolean) | undefined {
  if (source === undefined) return undefined;
  const compiled = compilePattern(source);
  assert(compiled.ok, "a checked schema's pattern compiles");
  return compiled.pattern.matches;
}

function lengthOf(text: string): string {
  const count = countCodePoints(text);
  return `${quote(text)} has ${count} ${count === 1 ? "character" : "characters"}`;
}
