import type { Json } from "../json/json.ts";

/**
 * The JSON Schema subset of charts (context, inputs, native arguments).
 * `additionalProperties` is false unless given; a schema there makes the object a map: `maxProperties` bounds its keys
 * (default `MAP_ENTRIES_MAX` beside `properties`), `propertyNames` their form. Every bound that is absent has the default of `limits.ts`.
 */
export interface Schema {
  readonly type?: SchemaType | readonly SchemaType[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly maxProperties?: number;
  readonly propertyNames?: { readonly maxLength?: number; readonly pattern?: string };
  readonly items?: Schema;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export type SchemaType = "object" | "array" | "string" | "integer" | "boolean" | "null";

/** What is wrong with a value, where: `place` reads like `inputs.items[3].id`. */
export interface SchemaViolation {
  readonly place: string;
  readonly problem: string;
}

/** A schema made ready: a total function; no violation means that the value fits. Stops at 8 violations. */
export type Validator = (value: Json, place: string) => readonly SchemaViolation[];
