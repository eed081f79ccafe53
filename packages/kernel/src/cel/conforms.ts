import type { Json } from "../json/json.ts";
import { isJsonArray } from "../json/json.ts";
import { CEL_BYTES_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult, CelType } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import { membersOf } from "./type-union.ts";

/**
 * Last look at a result that came from values of unknown shape (charts not installed, or changed since):
 * of another type than the expression's → `type`, longer than CEL_BYTES_MAX → `cost`.
 */
export function conformed(value: Json, type: CelType): CelResult {
  const meter = { left: CEL_BYTES_MAX };
  if (!fits(value, type, meter)) return meter.left < 0 ? CEL_ERRORS.cost : CEL_ERRORS.type;
  return meter.left < 0 ? CEL_ERRORS.cost : value;
}

interface Meter {
  left: number;
}

function fits(value: Json, type: CelType, meter: Meter): boolean {
  if (meter.left < 0) return false;
  return membersOf(type).some((member) => fitsMember(value, member, meter));
}

function fitsMember(value: Json, type: CelType, meter: Meter): boolean {
  switch (type.kind) {
    case "dyn":
      meter.left -= JSON.stringify(value).length;
      return true;
    case "null":
      meter.left -= 4;
      return value === null;
    case "bool":
      meter.left -= 5;
      return typeof value === "boolean";
    case "int":
      meter.left -= 1;
      return typeof value === "number";
    case "string":
      if (typeof value !== "string") return false;
      meter.left -= value.length + 2;
      return true;
    case "list":
      return (
        Array.isArray(value) &&
        isJsonArray(value) &&
        value.every((item) => fits(item, type.item, meter))
      );
    case "map":
    case "record":
      return fitsKeyed(value, type, meter);
    case "union":
      return fits(value, type, meter);
    default:
      return unreachable(type);
  }
}

function fitsKeyed(
  value: Json,
  type: Extract<CelType, { readonly kind: "record" | "map" }>,
  meter: Meter,
): boolean {
  if (typeof value !== "object" || value === null || isJsonArray(value)) return false;
  for (const [key, member] of Object.entries(value)) {
    meter.left -= key.length + 3;
    const memberType = type.kind === "map" ? type.value : type.fields.get(key)?.type;
    if (memberType !== undefined && !fits(member, memberType, meter)) return false;
  }
  if (type.kind === "map") return true;
  return [...type.fields].every(([name, field]) => field.optional || Object.hasOwn(value, name));
}
