import { isJsonArray, type Json, type JsonObject } from "../json/json.ts";

/** The widest schema of the subset that says what kind of value this is: what an import knows of a context. */
export function schemaOfValue(value: Json): JsonObject {
  if (value === null) return { type: ["null", "string"] };
  if (typeof value === "string") return { type: "string" };
  if (typeof value === "boolean") return { type: "boolean" };
  if (typeof value === "number") return { type: "integer" };
  if (isJsonArray(value)) {
    const [first] = value;
    return {
      type: "array",
      items: first === undefined ? { type: "string" } : schemaOfValue(first),
    };
  }
  const members = Object.entries(value);
  return {
    type: "object",
    required: members.map(([name]) => name),
    properties: Object.fromEntries(members.map(([name, member]) => [name, schemaOfValue(member)])),
  };
}
