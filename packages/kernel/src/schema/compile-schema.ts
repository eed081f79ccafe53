import { assert } from "../invariant.ts";
import type { Json } from "../json/json.ts";
import { compileObject } from "./compile-object.ts";
import { compileArray } from "./compile-array.ts";
import { compileEnum } from "./compile-enum.ts";
import { compileInteger, compileString } from "./compile-scalar.ts";
import type { Check } from "./check.ts";
import { describeTypes, describeValue, typeOfJson } from "./describe-value.ts";
import { Findings } from "./check.ts";
import type { Schema, SchemaType, SchemaViolation, Validator } from "./schema.ts";
import { typesOfSchema } from "./types-of-schema.ts";
import { unreachable } from "../unreachable.ts";

/** Beside `enum` or `const`, which say all: `checkSchema` wants one of them where there is no type. */
const ANYTHING: Check = { fits: () => true, explain: () => {} };
const NONE: readonly SchemaViolation[] = [];

/**
 * A schema that `checkSchema` found no problem with, made ready: closures that first only say whether the value fits,
 * and look for what to say where it does not. Strings are counted in code points, keys are an object's own.
 */
export function compileSchema(schema: Schema): Validator {
  const check = compileCheck(schema);
  return (value, place) => {
    if (check.fits(value)) return NONE;
    const findings = new Findings();
    check.explain(value, place, findings);
    assert(findings.all.length > 0, "a value that does not fit has a violation");
    return findings.all;
  };
}

function compileCheck(schema: Schema): Check {
  if (schema.type === undefined) return compileEnum(schema, ANYTHING);
  const types = typesOfSchema(schema);
  const [only, ...others] = types;
  const typed =
    only !== undefined && others.length === 0
      ? compileType(schema, only)
      : compileUnion(schema, types);
  return compileEnum(schema, typed);
}

function compileUnion(schema: Schema, types: readonly SchemaType[]): Check {
  const checks = new Map(types.map((type) => [type, compileType(schema, type)]));
  return {
    fits: (value) => checks.get(typeOfJson(value))?.fits(value) === true,
    explain: (value, place, findings) => {
      const check = checks.get(typeOfJson(value));
      if (check === undefined) explainType(types, value, place, findings);
      else check.explain(value, place, findings);
    },
  };
}

function compileType(schema: Schema, type: SchemaType): Check {
  const check = compileKeywords(schema, type);
  return {
    fits: check.fits,
    explain: (value, place, findings) => {
      if (typeOfJson(value) === type) check.explain(value, place, findings);
      else explainType([type], value, place, findings);
    },
  };
}

/** `explain` of what this gives is asked only about values of the type; `fits` about any. */
function compileKeywords(schema: Schema, type: SchemaType): Check {
  switch (type) {
    case "object":
      return compileObject(schema, compileCheck);
    case "array":
      return compileArray(schema, compileCheck);
    case "string":
      return compileString(schema);
    case "integer":
      return compileInteger(schema);
    case "boolean":
      return { fits: (value) => typeof value === "boolean", explain: () => {} };
    case "null":
      return { fits: (value) => value === null, explain: () => {} };
    default:
      return unreachable(type);
  }
}

function explainType(
  types: readonly SchemaType[],
  value: Json,
  place: string,
  findings: Findings,
): void {
  const given =
    typeof value === "object" ? "" : ` is a ${typeof value === "number" ? "number" : typeof value}`;
  findings.add(place, `${describeValue(value)}${given}; ${describeTypes(types)} is expected`);
}
