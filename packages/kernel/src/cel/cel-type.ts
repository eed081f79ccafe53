import { isJsonArray } from "../json/json.ts";
import type { Json } from "../json/json.ts";
import { countCodePoints } from "../json/text.ts";
import {
  CHART_NAME_LENGTH_MAX,
  DOCUMENT_BYTES_MAX,
  INSTANCE_ID_LENGTH_MAX,
  ITEMS_MAX_DEFAULT,
  LENGTH_MAX_DEFAULT,
  MAP_ENTRIES_MAX,
  ORIGIN_LENGTH_MAX,
  SIGNER_LENGTH_MAX,
  WINDOW_ID_LENGTH_MAX,
} from "../limits.ts";
import { keyLengthMaxOf, keysMaxOf } from "../schema/map-bounds.ts";
import { maxCanonicalBytes } from "../schema/max-canonical-bytes.ts";
import type { Schema, SchemaType } from "../schema/schema.ts";
import { unreachable } from "../unreachable.ts";
import type { CelField, CelType } from "./cel.ts";
import { ANY_INT, BOOL, DYN, NULL, membersOf, unionOf } from "./type-union.ts";

/** No fields: `inputs` of a transition that declares none. */
export const EMPTY_RECORD: CelType = { kind: "record", fields: new Map() };

/** `sha256-` and 64 hex digits. */
const HASH: CelType = { kind: "string", lengthMax: 71 };
const PATHS: CelType = {
  kind: "list",
  item: { kind: "string", lengthMax: LENGTH_MAX_DEFAULT },
  itemsMax: ITEMS_MAX_DEFAULT,
};

/**
 * The type of the values that fit a schema. Bounds left out have the defaults of `limits.ts`; `enum` and `const`
 * give exact bounds; a schema without a type gives `dyn`.
 */
export function celTypeOfSchema(schema: Schema): CelType {
  if (schema.const !== undefined) return celTypeOfJson(schema.const);
  if (schema.enum !== undefined) return unionOf(schema.enum.map(celTypeOfJson));
  if (schema.type === undefined) return DYN;
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  return unionOf(types.map((type) => typeOfKind(schema, type)));
}

function typeOfKind(schema: Schema, type: SchemaType): CelType {
  switch (type) {
    case "null":
      return NULL;
    case "boolean":
      return BOOL;
    case "integer":
      return {
        kind: "int",
        min: schema.minimum ?? Number.MIN_SAFE_INTEGER,
        max: schema.maximum ?? Number.MAX_SAFE_INTEGER,
      };
    case "string":
      return { kind: "string", lengthMax: schema.maxLength ?? LENGTH_MAX_DEFAULT };
    case "array": {
      const item = schema.items === undefined ? DYN : celTypeOfSchema(schema.items);
      return { kind: "list", item, itemsMax: schema.maxItems ?? ITEMS_MAX_DEFAULT };
    }
    case "object":
      return typeOfObject(schema);
    default:
      return unreachable(type);
  }
}

/** With `additionalProperties` an object is a map, and its named properties are entries like all others. */
function typeOfObject(schema: Schema): CelType {
  const properties = Object.entries(schema.properties ?? {});
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false) {
    const values = properties.map(([, property]) => celTypeOfSchema(property));
    const value = unionOf([celTypeOfSchema(schema.additionalProperties), ...values]);
    const bytesMax = Math.min(DOCUMENT_BYTES_MAX, maxCanonicalBytes({ ...schema, type: "object" }));
    const map = { kind: "map", value, entriesMax: keysMaxOf(schema), bytesMax } as const;
    if (schema.propertyNames === undefined) return map;
    // Names in `properties` are held against `propertyNames` too.
    return { ...map, keyLengthMax: keyLengthMaxOf(schema) };
  }
  const required = new Set(schema.required);
  const fields = new Map<string, CelField>();
  for (const [name, property] of properties) {
    fields.set(name, { type: celTypeOfSchema(property), optional: !required.has(name) });
  }
  return { kind: "record", fields };
}

/** The narrowest type of one value: how `config` and literals are typed. */
export function celTypeOfJson(value: Json): CelType {
  if (value === null) return NULL;
  if (typeof value === "boolean") return BOOL;
  if (typeof value === "number") return { kind: "int", min: value, max: value };
  if (typeof value === "string") return { kind: "string", lengthMax: countCodePoints(value) };
  if (isJsonArray(value)) {
    return { kind: "list", item: unionOf(value.map(celTypeOfJson)), itemsMax: value.length };
  }
  const fields = new Map<string, CelField>();
  for (const [name, member] of Object.entries(value)) {
    fields.set(name, { type: celTypeOfJson(member), optional: false });
  }
  return { kind: "record", fields };
}

/** `reads.<name>`: null or the other instance. Without its context's schema (chart not installed) that is `dyn`. */
export function readType(contextSchema: Schema | undefined): CelType {
  const context = contextSchema === undefined ? DYN : celTypeOfSchema(contextSchema);
  return unionOf([NULL, recordOf({ hash: HASH, configuration: PATHS, context })]);
}

/** `reads.<name>` of an expression that gives a list of instances: a map by instance, null where absent. */
export function readListType(contextSchema: Schema | undefined): CelType {
  const value = readType(contextSchema);
  return {
    kind: "map",
    value,
    entriesMax: MAP_ENTRIES_MAX,
    bytesMax: MAP_ENTRIES_MAX * DOCUMENT_BYTES_MAX,
  };
}

/** A record with all these fields. */
export function recordOf(fields: { readonly [name: string]: CelType }): CelType {
  const entries = Object.entries(fields).map(([name, type]): [string, CelField] => [
    name,
    { type, optional: false },
  ]);
  return { kind: "record", fields: new Map(entries) };
}

/** `inputs` where the event is not known: whatever any of these records may hold, nothing of it certain. */
export function unionRecords(types: readonly CelType[]): CelType {
  const fields = new Map<string, CelField>();
  for (const type of types) {
    if (type.kind !== "record") continue;
    for (const [name, field] of type.fields) {
      const before = fields.get(name);
      const merged = before === undefined ? field.type : unionOf([before.type, field.type]);
      fields.set(name, { type: merged, optional: true });
    }
  }
  return { kind: "record", fields };
}

/** `at`: milliseconds, never negative. */
export const AT: CelType = { kind: "int", min: 0, max: Number.MAX_SAFE_INTEGER };
export const BEAT: CelType = unionOf([NULL, ANY_INT]);
export const VERDICT: CelType = { kind: "list", item: BOOL, itemsMax: ITEMS_MAX_DEFAULT };
export const SIGNER: CelType = unionOf([NULL, { kind: "string", lengthMax: SIGNER_LENGTH_MAX }]);
/** What an instance is (kernel design §2): names are bounded where proposals and genesis are read. */
export const SELF: CelType = recordOf({
  chart_hash: HASH,
  id: { kind: "string", lengthMax: INSTANCE_ID_LENGTH_MAX },
  instance: { kind: "string", lengthMax: CHART_NAME_LENGTH_MAX + 1 + INSTANCE_ID_LENGTH_MAX },
  origin: { kind: "string", lengthMax: ORIGIN_LENGTH_MAX },
});
export const WINDOW: CelType = unionOf([NULL, { kind: "string", lengthMax: WINDOW_ID_LENGTH_MAX }]);

/** A type in words, for messages: `list of string`, `null or record {a, b?}`. */
export function describeType(type: CelType): string {
  switch (type.kind) {
    case "dyn":
      return "anything";
    case "bool":
    case "null":
    case "int":
    case "string":
      return type.kind;
    case "list":
      return membersOf(type.item).length === 0
        ? "empty list"
        : `list of ${describeItem(type.item)}`;
    case "map":
      return `map of ${describeItem(type.value)}`;
    case "record": {
      const names = [...type.fields].map(([name, field]) => (field.optional ? `${name}?` : name));
      return `record {${names.join(", ")}}`;
    }
    case "union":
      return type.members.length === 0 ? "nothing" : type.members.map(describeType).join(" or ");
    default:
      return unreachable(type);
  }
}

function describeItem(type: CelType): string {
  return membersOf(type).length === 1 ? describeType(type) : `(${describeType(type)})`;
}
