import { utf8Length } from "../json/text.ts";
import { DOCUMENT_BYTES_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import type { CelType } from "./cel.ts";

/** A control character is written as six bytes (`\u0001`); every other code point takes at most four. */
const BYTES_PER_CHARACTER = 6;

/** Most bytes of a string of so many code points, quotes included. */
export function bytesOfText(lengthMax: number): number {
  return 2 + BYTES_PER_CHARACTER * lengthMax;
}

/** Most bytes of the canonical JSON of a value of this type. What is unknown comes from a document, or inputs as large. */
export function bytesOfType(type: CelType): number {
  switch (type.kind) {
    case "dyn":
      return DOCUMENT_BYTES_MAX;
    case "map":
      return type.bytesMax;
    case "null":
      return 4;
    case "bool":
      return 5;
    case "int":
      return Math.max(String(type.min).length, String(type.max).length);
    case "string":
      return bytesOfText(type.lengthMax);
    case "list":
      return 2 + type.itemsMax * (bytesOfType(type.item) + 1);
    case "record": {
      let sum = 2;
      for (const [name, field] of type.fields) {
        sum += utf8Length(JSON.stringify(name)) + bytesOfType(field.type) + 2;
      }
      return sum;
    }
    case "union":
      return Math.max(0, ...type.members.map(bytesOfType));
    default:
      return unreachable(type);
  }
}
