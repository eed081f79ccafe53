import { isJsonArray } from "../json/json.ts";
import { placeOfItem } from "../json/place.ts";
import { ITEMS_MAX_DEFAULT } from "../limits.ts";
import type { Check } from "./check.ts";
import type { Schema } from "./schema.ts";

/** Without `items` an array can only be empty. */
export function compileArray(schema: Schema, compile: (schema: Schema) => Check): Check {
  const minItems = schema.minItems ?? 0;
  const maxItems = schema.items === undefined ? 0 : (schema.maxItems ?? ITEMS_MAX_DEFAULT);
  const check = compile(schema.items ?? NEVER_ASKED);
  return {
    fits: (value) => {
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems) return false;
      for (const item of value) if (!check.fits(item)) return false;
      return true;
    },
    explain: (value, place, findings) => {
      if (typeof value !== "object" || value === null || !isJsonArray(value)) return;
      const count = `${value.length} ${value.length === 1 ? "item" : "items"}`;
      if (value.length < minItems) findings.add(place, `${count}; at least ${minItems}`);
      if (value.length > maxItems) findings.add(place, `${count}; at most ${maxItems}`);
      for (const [index, item] of value.entries()) {
        if (findings.isFull || index >= maxItems) return;
        if (!check.fits(item)) check.explain(item, placeOfItem(place, index), findings);
      }
    },
  };
}

const NEVER_ASKED: Schema = { type: "null" };
