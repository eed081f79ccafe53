import { canonicalize } from "../json/canonical.ts";
import type { Json, JsonArray, JsonObject } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { quote } from "../json/quote.ts";
import {
  DEPTH_MAX,
  ITEMS_MAX_DEFAULT,
  LENGTH_MAX_DEFAULT,
  MAP_KEY_LENGTH_MAX,
  PATTERN_STEPS_MAX,
} from "../limits.ts";
import { compileSchema } from "./compile-schema.ts";
import { describeTypes, describeValue } from "./describe-value.ts";
import { compilePattern } from "./pattern.ts";
import type { Schema, SchemaType } from "./schema.ts";
import { SCHEMA_TYPES } from "./types-of-schema.ts";

/** What is wrong with a schema, and where in its file. */
export interface SchemaProblem {
  readonly path: SchemaPath;
  readonly message: string;
  /** What is wrong: the key that ends the path, or what stands there. */
  readonly spot: "key" | "value";
}

export type SchemaPath = readonly (string | number)[];

/**
 * Every problem of a schema; none means that it is one of the subset of `schema.ts`. `path` is where it stands.
 *
 * Stricter than JSON Schema, so that every schema has a type and a largest value: `type` may be left out only beside
 * `enum` or `const`; a keyword that does not concern the type is refused (JSON Schema would not look at it);
 * `items` must be given for arrays; `required` names must be in `properties`, unless the object is a map.
 */
export function checkSchema(schema: Json, path: SchemaPath = []): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  new SchemaChecker(problems).check(schema, path, 0);
  return problems;
}

/** A value as a schema, where `checkSchema` finds no problem with it. */
export function isSchema(value: Json): value is Json & Schema {
  return checkSchema(value).length === 0;
}

/** Keyword → the types that it concerns. */
const KEYWORDS: ReadonlyMap<string, readonly SchemaType[]> = new Map<string, readonly SchemaType[]>(
  [
    ["type", SCHEMA_TYPES],
    ["properties", ["object"]],
    ["required", ["object"]],
    ["additionalProperties", ["object"]],
    ["maxProperties", ["object"]],
    ["propertyNames", ["object"]],
    ["items", ["array"]],
    ["enum", SCHEMA_TYPES],
    ["const", SCHEMA_TYPES],
    ["minimum", ["integer"]],
    ["maximum", ["integer"]],
    ["minLength", ["string"]],
    ["maxLength", ["string"]],
    ["pattern", ["string"]],
    ["minItems", ["array"]],
    ["maxItems", ["array"]],
  ],
);

/** Two keywords that bound the same thing, and what they are where they are not given. */
interface Bounds {
  readonly low: string;
  readonly high: string;
  readonly least: number;
  readonly most: number;
}

const BOUNDS: readonly Bounds[] = [
  {
    low: "minimum",
    high: "maximum",
    least: Number.MIN_SAFE_INTEGER,
    most: Number.MAX_SAFE_INTEGER,
  },
  { low: "minLength", high: "maxLength", least: 0, most: LENGTH_MAX_DEFAULT },
  { low: "minItems", high: "maxItems", least: 0, most: ITEMS_MAX_DEFAULT },
];

class SchemaChecker {
  readonly #problems: SchemaProblem[];

  constructor(problems: SchemaProblem[]) {
    this.#problems = problems;
  }

  check(schema: Json, path: SchemaPath, depth: number): void {
    if (!isJsonObject(schema)) {
      this.#add(
        path,
        `${describeValue(schema)} is no schema; an object like { type: string } is expected`,
      );
      return;
    }
    if (depth >= DEPTH_MAX) {
      this.#add(path, `schemas are more than ${DEPTH_MAX} deep`);
      return;
    }
    const before = this.#problems.length;
    const types = this.#types(schema, path);
    this.#keywords(schema, types, path);
    for (const bounds of BOUNDS) this.#bounds(schema, bounds, path);
    this.#pattern(schema, path);
    this.#members(schema, path, depth);
    this.#map(schema, path);
    this.#items(schema, types, path, depth);
    if (this.#problems.length === before) this.#allowed(schema, path);
  }

  #add(path: SchemaPath, message: string, spot: "key" | "value" = "value"): void {
    this.#problems.push({ path, message, spot });
  }

  /** undefined: not known, because `type` is wrong or left out. */
  #types(schema: JsonObject, path: SchemaPath): readonly SchemaType[] | undefined {
    const { type } = schema;
    if (type === undefined) {
      if (schema["enum"] === undefined && schema["const"] === undefined) {
        this.#add(path, `type is missing; one of ${SCHEMA_TYPES.join(", ")}, or a list of them`);
      }
      return undefined;
    }
    const listed: JsonArray =
      typeof type === "object" && type !== null && isJsonArray(type) ? type : [type];
    const types: SchemaType[] = [];
    for (const [index, name] of listed.entries()) {
      const at = listed === type ? [...path, "type", index] : [...path, "type"];
      const known = SCHEMA_TYPES.find((candidate) => candidate === name);
      if (known === undefined) this.#add(at, unknownType(name));
      else if (types.includes(known)) this.#add(at, `the type ${known} is there twice`);
      else types.push(known);
    }
    if (listed.length === 0)
      this.#add([...path, "type"], "the list of types is empty; nothing would fit");
    return types.length === listed.length && types.length > 0 ? types : undefined;
  }

  #keywords(schema: JsonObject, types: readonly SchemaType[] | undefined, path: SchemaPath): void {
    for (const keyword of Object.keys(schema)) {
      const concerned = KEYWORDS.get(keyword);
      if (concerned === undefined) {
        this.#add(
          [...path, keyword],
          `unknown keyword ${quote(keyword)}; known are ${[...KEYWORDS.keys()].join(", ")}`,
          "key",
        );
      } else if (types !== undefined && !types.some((type) => concerned.includes(type))) {
        this.#add(
          [...path, keyword],
          `${keyword} is for ${describeTypes(concerned)}; the type here is ${describeTypes(types)}`,
          "key",
        );
      }
    }
    if (schema["enum"] !== undefined && schema["const"] !== undefined) {
      this.#add([...path, "const"], "const stands beside enum; one of the two says all");
    }
  }

  #bounds(schema: JsonObject, { low, high, least, most }: Bounds, path: SchemaPath): void {
    for (const keyword of [low, high]) {
      const bound = schema[keyword];
      if (bound === undefined) continue;
      const at = [...path, keyword];
      if (typeof bound !== "number") {
        this.#add(at, `${describeValue(bound)} is no bound; an integer is expected`);
      } else if (bound < least) this.#add(at, `${bound} is too small; at least ${least}`);
    }
    const minimum = schema[low];
    const maximum = schema[high] ?? most;
    if (typeof minimum === "number" && typeof maximum === "number" && minimum > maximum) {
      const source = schema[high] === undefined ? ", the default" : "";
      this.#add(
        [...path, low],
        `${low} ${minimum} is above ${high} ${maximum}${source}; nothing would fit`,
      );
    }
  }

  /** `maxProperties` and `propertyNames`: what bounds a map. */
  #map(schema: JsonObject, path: SchemaPath): void {
    const { additionalProperties, maxProperties, propertyNames, required } = schema;
    const isMap = additionalProperties !== undefined && additionalProperties !== false;
    for (const keyword of ["maxProperties", "propertyNames"]) {
      if (schema[keyword] === undefined || isMap) continue;
      const message = `${keyword} bounds a map; without additionalProperties the keys are those in properties`;
      this.#add([...path, keyword], message, "key");
    }
    if (maxProperties !== undefined) {
      const at = [...path, "maxProperties"];
      const needed = typeof required === "object" && required !== null && isJsonArray(required);
      if (typeof maxProperties !== "number") {
        this.#add(at, `${describeValue(maxProperties)} is no bound; an integer is expected`);
      } else if (maxProperties < 0) this.#add(at, `${maxProperties} is too small; at least 0`);
      else if (needed && required.length > maxProperties) {
        this.#add(
          at,
          `${maxProperties} is less than the ${required.length} required keys; nothing would fit`,
        );
      }
    }
    if (propertyNames !== undefined) this.#keys(schema, propertyNames, [...path, "propertyNames"]);
  }

  #keys(schema: JsonObject, names: Json, path: SchemaPath): void {
    if (!isJsonObject(names)) {
      this.#add(path, `${describeValue(names)} is no object of maxLength and pattern`);
      return;
    }
    const before = this.#problems.length;
    for (const keyword of Object.keys(names)) {
      if (keyword === "maxLength" || keyword === "pattern") continue;
      const message = `unknown keyword ${quote(keyword)}; names of properties have maxLength and pattern`;
      this.#add([...path, keyword], message, "key");
    }
    const { maxLength = MAP_KEY_LENGTH_MAX, pattern } = names;
    if (typeof maxLength !== "number" || maxLength < 1 || maxLength > MAP_KEY_LENGTH_MAX) {
      const message = `${describeValue(maxLength)} is no length of keys; 1 to ${MAP_KEY_LENGTH_MAX} are possible`;
      this.#add([...path, "maxLength"], message);
      return;
    }
    this.#pattern({ ...(pattern === undefined ? {} : { pattern }), maxLength }, path);
    const { properties } = schema;
    if (this.#problems.length > before || properties === undefined || !isJsonObject(properties))
      return;
    const fits = compileSchema({
      type: "string",
      maxLength,
      ...(typeof pattern === "string" ? { pattern } : {}),
    });
    for (const name of Object.keys(properties)) {
      for (const { problem } of fits(name, "")) {
        this.#add([...path.slice(0, -1), "properties", name], `propertyNames: ${problem}`, "key");
      }
    }
  }

  #pattern(schema: JsonObject, path: SchemaPath): void {
    const { pattern, maxLength } = schema;
    if (pattern === undefined) return;
    const at = [...path, "pattern"];
    if (typeof pattern !== "string") {
      this.#add(at, `${describeValue(pattern)} is no pattern; a string is expected`);
      return;
    }
    const compiled = compilePattern(pattern);
    if (!compiled.ok) {
      this.#add(at, compiled.problem);
      return;
    }
    const length = typeof maxLength === "number" ? maxLength : LENGTH_MAX_DEFAULT;
    const lengthMax = Math.floor(PATTERN_STEPS_MAX / compiled.pattern.size);
    if (length > lengthMax) {
      this.#add(
        at,
        `the pattern has ${compiled.pattern.size} steps a character, for up to ${length} characters; give a maxLength of at most ${lengthMax}`,
      );
    }
  }

  #members(schema: JsonObject, path: SchemaPath, depth: number): void {
    const { properties, additionalProperties } = schema;
    if (properties !== undefined) {
      const at = [...path, "properties"];
      if (!isJsonObject(properties))
        this.#add(at, `${describeValue(properties)} is no object of name: schema`);
      else
        for (const [name, property] of Object.entries(properties))
          this.check(property, [...at, name], depth + 1);
    }
    if (additionalProperties === true) {
      this.#add(
        [...path, "additionalProperties"],
        "true would let in anything; give false or the schema of the entries",
      );
    } else if (additionalProperties !== undefined && additionalProperties !== false) {
      this.check(additionalProperties, [...path, "additionalProperties"], depth + 1);
    }
    this.#required(schema, path);
  }

  #required(schema: JsonObject, path: SchemaPath): void {
    const { required, properties, additionalProperties } = schema;
    if (required === undefined) return;
    const at = [...path, "required"];
    if (typeof required !== "object" || required === null || !isJsonArray(required)) {
      this.#add(at, `${describeValue(required)} is no list of names`);
      return;
    }
    const isMap = additionalProperties !== undefined && additionalProperties !== false;
    const names = properties !== undefined && isJsonObject(properties) ? properties : {};
    for (const [index, name] of required.entries()) {
      if (typeof name !== "string")
        this.#add([...at, index], `${describeValue(name)} is no name; a string is expected`);
      else if (required.indexOf(name) < index)
        this.#add([...at, index], `${quote(name)} is there twice`);
      else if (!isMap && !Object.hasOwn(names, name)) {
        this.#add([...at, index], `${quote(name)} is required, but not in properties`);
      }
    }
  }

  #items(
    schema: JsonObject,
    types: readonly SchemaType[] | undefined,
    path: SchemaPath,
    depth: number,
  ): void {
    if (schema["items"] !== undefined) this.check(schema["items"], [...path, "items"], depth + 1);
    else if (types?.includes(`array`) === true)
      this.#add(path, "items is missing; say what the array holds");
  }

  /** The listed values must fit the rest, so that what is listed is what can be. */
  #allowed(schema: JsonObject, path: SchemaPath): void {
    const { enum: listed, const: only, ...rest } = schema;
    if (only !== undefined) this.#allowedValue(only, rest, [...path, "const"]);
    if (listed === undefined) return;
    const at = [...path, "enum"];
    if (typeof listed !== "object" || listed === null || !isJsonArray(listed)) {
      this.#add(at, `${describeValue(listed)} is no list of values`);
      return;
    }
    if (listed.length === 0) this.#add(at, "the list of values is empty; nothing would fit");
    const seen = new Set<string>();
    for (const [index, value] of listed.entries()) {
      const text = canonicalize(value);
      if (seen.has(text)) this.#add([...at, index], `${text} is there twice`);
      else this.#allowedValue(value, rest, [...at, index]);
      seen.add(text);
    }
  }

  #allowedValue(value: Json, rest: JsonObject, path: SchemaPath): void {
    if (rest["type"] === undefined) return;
    for (const { place, problem } of compileSchema(rest)(value, "")) {
      this.#add(path, place === "" ? problem : `${place}: ${problem}`);
    }
  }
}

function unknownType(name: Json): string {
  if (name === "number") {
    return 'the type "number" is refused: all numbers are integers; use integer, in a smaller unit where need be';
  }
  const given =
    typeof name === "string"
      ? `unknown type ${quote(name)}`
      : `${describeValue(name)} is no name of a type`;
  return `${given}; one of ${SCHEMA_TYPES.join(", ")}`;
}
