import type { JsonSchema } from "./json-schema.ts";

/** Schemas that references name, by the last word of `#/components/schemas/<name>`. */
export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

/**
 * What is wrong with a value by a schema, or undefined: `place: problem`, the first one found. It knows the keywords that
 * this package uses (`$ref, anyOf, oneOf, type, const, enum, pattern, minLength, maxLength, minimum, maximum, items,
 * maxItems, properties, required, additionalProperties`); properties in the tests hold it to a full validator. Total; as
 * deep as the schema, not as the value.
 */
export function shapeProblem(
  schema: JsonSchema,
  value: unknown,
  place: string,
  named: NamedSchemas = {},
): string | undefined {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const target = named[reference.slice(reference.lastIndexOf("/") + 1)];
    if (target === undefined) return `${place} refers to ${reference}, which is not there`;
    const problem = shapeProblem(target, value, place, named);
    if (problem !== undefined) return problem;
  }
  return (
    choiceProblem(schema, value, place, named) ??
    typeProblem(schema, value, place) ??
    innerProblem(schema, value, place, named)
  );
}

function choiceProblem(
  schema: JsonSchema,
  value: unknown,
  place: string,
  named: NamedSchemas,
): string | undefined {
  for (const keyword of ["anyOf", "oneOf"] as const) {
    const choices = schema[keyword];
    if (!Array.isArray(choices)) continue;
    const problems = choices.map((choice) =>
      isSchema(choice) ? shapeProblem(choice, value, place, named) : undefined,
    );
    const fits = problems.filter((problem) => problem === undefined).length;
    if (fits === 0) return problems[0] ?? `${place} fits none of its forms`;
    if (keyword === "oneOf" && fits > 1) return `${place} fits ${fits} forms, not one`;
  }
  return undefined;
}

function typeProblem(schema: JsonSchema, value: unknown, place: string): string | undefined {
  if (schema["const"] !== undefined && value !== schema["const"])
    return `${place} must be ${JSON.stringify(schema["const"])}, not ${shown(value)}`;
  const words = schema["enum"];
  if (Array.isArray(words) && !words.includes(value))
    return `${place} must be one of ${words.join(", ")}, not ${shown(value)}`;
  const { type } = schema;
  if (type === undefined) return undefined;
  const fits = Array.isArray(type) ? type.some((one) => isOf(one, value)) : isOf(type, value);
  return fits ? undefined : `${place} must be ${[type].flat().join(" or ")}, not ${shown(value)}`;
}

function isOf(type: unknown, value: unknown): boolean {
  return type === "integer" ? Number.isInteger(value) : type === kindOf(value);
}

function innerProblem(
  schema: JsonSchema,
  value: unknown,
  place: string,
  named: NamedSchemas,
): string | undefined {
  if (typeof value === "string") return textProblem(schema, value, place);
  if (typeof value === "number") return numberProblem(schema, value, place);
  if (Array.isArray(value)) return listProblem(schema, value, place, named);
  return isObject(value) ? objectProblem(schema, value, place, named) : undefined;
}

function textProblem(schema: JsonSchema, value: string, place: string): string | undefined {
  const { minLength, maxLength, pattern } = schema;
  // JSON Schema counts code points; frames are bounded in bytes anyway, and units are never fewer.
  const length =
    typeof maxLength === "number" || typeof minLength === "number" ? [...value].length : 0;
  if (typeof minLength === "number" && length < minLength)
    return `${place} has ${length} characters; at least ${minLength}`;
  if (typeof maxLength === "number" && length > maxLength)
    return `${place} has ${length} characters; at most ${maxLength}`;
  if (typeof pattern === "string" && !regExpOf(pattern).test(value))
    return `${place} is ${shown(value)}, which does not match ${pattern}`;
  return undefined;
}

function numberProblem(schema: JsonSchema, value: number, place: string): string | undefined {
  const { minimum, maximum } = schema;
  if (typeof minimum === "number" && value < minimum)
    return `${place} is ${value}; at least ${minimum}`;
  if (typeof maximum === "number" && value > maximum)
    return `${place} is ${value}; at most ${maximum}`;
  return undefined;
}

function listProblem(
  schema: JsonSchema,
  value: readonly unknown[],
  place: string,
  named: NamedSchemas,
): string | undefined {
  const { maxItems, items } = schema;
  if (typeof maxItems === "number" && value.length > maxItems)
    return `${place} has ${value.length} items; at most ${maxItems}`;
  if (!isSchema(items)) return undefined;
  for (const [at, item] of value.entries()) {
    const problem = shapeProblem(items, item, `${place}[${at}]`, named);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function objectProblem(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  place: string,
  named: NamedSchemas,
): string | undefined {
  const members = isSchema(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  for (const name of required) {
    if (!Object.hasOwn(value, String(name))) return `${place} has no ${String(name)}`;
  }
  const rest = schema["additionalProperties"];
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(members, name) ? members[name] : rest;
    if (isSchema(known)) {
      const problem = shapeProblem(known, member, `${place}.${name}`, named);
      if (problem !== undefined) return problem;
    } else if (known === false) {
      return `${place} has an unknown member ${shown(name)}`;
    }
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();

function regExpOf(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, known);
  return known;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSchema(value: unknown): value is JsonSchema {
  return isObject(value);
}

const SHOWN_LENGTH_MAX = 64;

/** A value in a message, cut: it comes from outside. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "a list" : "an object";
  const text = JSON.stringify(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
