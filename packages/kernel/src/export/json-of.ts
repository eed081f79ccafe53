import type { JsonObject } from "../json/json.ts";

/** The same value as plain JSON: interfaces of the normal form have no index signature, their JSON has. */
export function jsonOf(value: object): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(value));
  return copy;
}
