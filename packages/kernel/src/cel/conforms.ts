import type { Json } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { utf8Length } from "../json/text.ts";
import { CEL_BYTES_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult, CelType } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import { DYN, membersOf } from "./type-union.ts";

/** Bytes that may still come; below zero the walk ends. */
interface Meter {
  left: number;
}

/**
 * Last look at a result that came from values of unknown shape (charts not installed, or changed since):
 * longer than CEL_BYTES_MAX as canonical JSON → `cost`, of another type than the expression's → `type`.
 */
export function conformed(value: Json, type: CelType): CelResult {
  const meter: Meter = { left: CEL_BYTES_MAX };
  const isFitting = fits(value, type, meter);
  if (meter.left < 0) return CEL_ERRORS.cost;
  return isFitting ? value : CEL_ERRORS.type;
}

function fits(value: Json, type: CelType, meter: Meter): boolean {
  const member = membersOf(type).find((one) => isOfKind(value, one));
  if (member === undefined || meter.left < 0) return false;
  if (isJsonArray(value)) {
    const item = member.kind === "list" ? member.item : DYN;
    meter.left -= Math.max(2, value.length + 1);
    return value.every((one) => fits(one, item, meter));
  }
  if (isJsonObject(value)) return fitsKeyed(value, member, meter);
  meter.left -= bytesOf(value, meter);
  return true;
}

function bytesOf(value: null | boolean | number | string, meter: Meter): number {
  if (typeof value === "string" && value.length > meter.left) return value.length;
  return utf8Length(JSON.stringify(value));
}

function isOfKind(value: Json, type: CelType): boolean {
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
      return isJsonArray(value);
    case "map":
    case "record":
      return isJsonObject(value);
    case "union":
      return type.members.some((member) => isOfKind(value, member));
    default:
      return unreachable(type);
  }
}

/** A record may have fields that its type does not know, but none that it requires may be missing. */
function fitsKeyed(value: { readonly [key: string]: Json }, type: CelType, meter: Meter): boolean {
  const keys = Object.keys(value);
  meter.left -= Math.max(2, 2 * keys.length + 1);
  for (const key of keys) {
    meter.left -= bytesOf(key, meter);
    if (!fits(value[key] ?? null, typeOfEntry(type, key), meter)) return false;
  }
  if (type.kind !== "record") return true;
  return [...type.fields].every(([name, field]) => field.optional || Object.hasOwn(value, name));
}

function typeOfEntry(type: CelType, key: string): CelType {
  if (type.kind === "map") return type.value;
  return type.kind === "record" ? (type.fields.get(key)?.type ?? DYN) : DYN;
}
