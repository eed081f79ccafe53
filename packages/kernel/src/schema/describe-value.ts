import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { isJsonArray } from "../json/json.ts";
import { QUOTE_LENGTH_MAX, quote } from "../json/quote.ts";
import { cutCodePoints } from "../json/text.ts";
import type { SchemaType } from "./schema.ts";

/** The type of a value in the words of the schema. */
export function typeOfJson(value: Json): SchemaType {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "integer";
    case "boolean":
      return "boolean";
    default:
      if (value === null) return "null";
      return isJsonArray(value) ? "array" : "object";
  }
}

/** A value in a message: scalars as they are written, containers by their size. */
export function describeValue(value: Json): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isJsonArray(value)) return `an array of ${value.length}`;
  return `an object of ${Object.keys(value).length}`;
}

/** A whole value in a message, as canonical JSON, cut where it is long. */
export function showValue(value: Json): string {
  if (typeof value === "string") return quote(value);
  const text = canonicalize(value);
  const cut = cutCodePoints(text, QUOTE_LENGTH_MAX);
  return cut === text ? text : `${cut}…`;
}

/** The types that were expected: `an integer`, `a string or null`. */
export function describeTypes(types: readonly SchemaType[]): string {
  const names = types.map((type) => WITH_ARTICLE[type]);
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

const WITH_ARTICLE: { readonly [type in SchemaType]: string } = {
  object: "an object",
  array: "an array",
  string: "a string",
  integer: "an integer",
  boolean: "a boolean",
  null: "null",
};
