import type { Json } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { CEL_BYTES_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult, CelType } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import { resultBytes } from "./result-bytes.ts";
import { DYN } from "./type-union.ts";

/**
 * Last look at a result that came from values of unknown shape (charts not installed, or changed since):
 * longer than CEL_BYTES_MAX as canonical JSON → `cost`, of another type than the expression's → `type`.
 */
export function conformed(value: Json, type: CelType): CelResult {
  if (resultBytes(value, CEL_BYTES_MAX) > CEL_BYTES_MAX) return CEL_ERRORS.cost;
  return fits(value, type) ? value : CEL_ERRORS.type;
}

function fits(value: Json, type: CelType): boolean {
  switch (type.kind) {
    case "dyn":
      return true;
    case "null":
      return value === null;
    case "bool":
      return typeof value === "boolean";
    case "int":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "list":
      return isJsonArray(value) && value.every((item) => fits(item, type.item));
    case "map":
    case "record":
      return isJsonObject(value) && fitsKeyed(value, type);
    case "union":
      return type.members.some((member) => fits(value, member));
    default:
      return unreachable(type);
  }
}

/** A record may have fields that its type does not know, but none that it requires may be missing. */
function fitsKeyed(
  value: { readonly [key: string]: Json },
  type: Extract<CelType, { readonly kind: "map" | "record" }>,
): boolean {
  for (const key of Object.keys(value)) {
    if (!fits(value[key] ?? null, typeOfEntry(type, key))) return false;
  }
  if (type.kind === "map") return true;
  for (const [name, field] of type.fields) {
    if (!field.optional && !Object.hasOwn(value, name)) return false;
  }
  return true;
}

function typeOfEntry(
  type: Extract<CelType, { readonly kind: "map" | "record" }>,
  key: string,
): CelType {
  return type.kind === "map" ? type.value : (type.fields.get(key)?.type ?? DYN);
}
