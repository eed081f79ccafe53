import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import type { Check } from "./check.ts";
import { showValue } from "./describe-value.ts";
import type { Schema } from "./schema.ts";

/** `typed`, and equal to one of the values that `const` or `enum` list, where either is there. */
export function compileEnum(schema: Schema, typed: Check): Check {
  const allowed = schema.const === undefined ? schema.enum : [schema.const];
  if (allowed === undefined) return typed;
  const isAllowed = membershipOf(allowed);
  return {
    fits: (value) => isAllowed(value) && typed.fits(value),
    explain: (value, place, findings) => {
      if (typed.fits(value)) findings.add(place, `${showValue(value)} is not ${listOf(allowed)}`);
      else typed.explain(value, place, findings);
    },
  };
}

/** Equal means: the same canonical text. Scalars need none: a `Set` compares them so. */
function membershipOf(allowed: readonly Json[]): (value: Json) => boolean {
  const scalars = new Set<Json>(allowed.filter(isScalar));
  const texts = new Set(allowed.filter((value) => !isScalar(value)).map(canonicalize));
  return (value) => (isScalar(value) ? scalars.has(value) : texts.has(canonicalize(value)));
}

function isScalar(value: Json): boolean {
  return typeof value !== "object" || value === null;
}

function listOf(allowed: readonly Json[]): string {
  const texts = allowed.map(showValue);
  return texts.length === 1 ? texts.join("") : `one of ${texts.join(", ")}`;
}
