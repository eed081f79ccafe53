import type { Json } from "@swoosh/kernel";

/** A JSON Schema of draft 2020-12, the dialect of OpenAPI 3.1. Plain JSON. */
export interface JsonSchema {
  readonly [keyword: string]: Json;
}

/** Another schema of `SCHEMAS`, as OpenAPI names it. */
export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

export function listOf(items: JsonSchema, bounds: JsonSchema = {}): JsonSchema {
  return { type: "array", items, ...bounds };
}

/** An object of exactly these members; those whose name ends in `?` may be absent. */
export function closedObject(
  members: Readonly<Record<string, JsonSchema>>,
  more: JsonSchema = {},
): JsonSchema {
  return { ...objectOf(members), additionalProperties: false, ...more };
}

/** As `closedObject`, but readers must bear members that they do not know. */
export function openObject(
  members: Readonly<Record<string, JsonSchema>>,
  more: JsonSchema = {},
): JsonSchema {
  return { ...objectOf(members), ...more };
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

function objectOf(members: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const names = Object.keys(members);
  return {
    type: "object",
    required: names.filter((name) => !name.endsWith("?")),
    properties: Object.fromEntries(
      Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ""), schema]),
    ),
  };
}
