import { canonicalize } from "../json/canonical.ts";
import { utf8Length } from "../json/text.ts";
import { DOCUMENT_BYTES_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import type { CelType } from "./cel.ts";
import type { CheckedNode } from "./checked-node.ts";
import { lengthMaxOf } from "./arithmetic-type.ts";

/** A control character is written as six bytes (`\u0001`); every other code point takes at most four. */
const BYTES_PER_CHARACTER = 6;

/** Most bytes of the canonical JSON of what a node gives. */
export function bytesOf(node: CheckedNode): number {
  switch (node.op) {
    case "constant":
      return utf8Length(canonicalize(node.value));
    case "if":
      return Math.max(bytesOf(node.yes), bytesOf(node.no));
    case "list":
      return node.items.reduce((sum, item) => sum + bytesOf(item) + 1, 2);
    case "map":
      return node.entries.reduce(
        (sum, [key, value]) => sum + bytesOfKey(key) + bytesOf(value) + 2,
        2,
      );
    default:
      return bytesOfType(node.type);
  }
}

function bytesOfKey(key: CheckedNode): number {
  if (key.op === "constant") return bytesOf(key);
  return bytesOfText(lengthMaxOf(key.type));
}

function bytesOfText(lengthMax: number): number {
  return 2 + BYTES_PER_CHARACTER * lengthMax;
}

/** Values of unknown size and maps, whose keys no schema bounds, come from documents or inputs and are as large at most. */
function bytesOfType(type: CelType): number {
  switch (type.kind) {
    case "dyn":
    case "map":
      return DOCUMENT_BYTES_MAX;
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
