import { canonicalize } from "../json/canonical.ts";
import { utf8Length } from "../json/text.ts";
import { CEL_BYTES_MAX } from "../limits.ts";
import type { CheckedNode } from "./checked-node.ts";
import { lengthMaxOf } from "./arithmetic-type.ts";
import { bytesOfText, bytesOfType } from "./type-bytes.ts";

/**
 * Most bytes of the canonical JSON of what an expression gives. Where sizes are not known at load the result is
 * measured as it is made (`conformed`), and so has no more than is allowed.
 */
export function bytesOfResult(node: CheckedNode): number {
  return node.bounded ? bytesOf(node) : Math.min(bytesOf(node), CEL_BYTES_MAX);
}

function bytesOf(node: CheckedNode): number {
  switch (node.op) {
    case "constant":
      return utf8Length(canonicalize(node.value));
    case "if":
      return Math.max(bytesOf(node.yes), bytesOf(node.no));
    case "list":
      return node.items.reduce((sum, item) => sum + bytesOf(item) + 1, 2);
    case "map":
      return bytesOfEntries(node.entries);
    default:
      return bytesOfType(node.type);
  }
}

/** Most bytes of a map made of these entries. */
export function bytesOfEntries(
  entries: readonly (readonly [key: CheckedNode, value: CheckedNode])[],
): number {
  return entries.reduce((sum, [key, value]) => sum + bytesOfKey(key) + bytesOf(value) + 2, 2);
}

function bytesOfKey(key: CheckedNode): number {
  return key.op === "constant" ? bytesOf(key) : bytesOfText(lengthMaxOf(key.type));
}
