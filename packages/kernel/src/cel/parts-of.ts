import { unreachable } from "../unreachable.ts";
import type { CheckedNode } from "./checked-node.ts";

/** The nodes directly below, in order of the source. */
export function partsOf(node: CheckedNode): readonly CheckedNode[] {
  switch (node.op) {
    case "constant":
    case "variable":
    case "local":
    case "active":
      return [];
    case "field":
    case "has":
    case "not":
    case "negate":
    case "size":
    case "string":
      return [node.of];
    case "index":
      return [node.of, node.key];
    case "in":
      return [node.item, node.of];
    case "and":
    case "or":
    case "equal":
    case "order":
    case "arithmetic":
      return [node.left, node.right];
    case "if":
      return [node.condition, node.yes, node.no];
    case "search":
      return [node.of, node.part];
    case "join":
      return node.separator === undefined ? [node.of] : [node.of, node.separator];
    case "list":
      return node.items;
    case "map":
      return node.entries.flat();
    case "loop":
      return [node.over, node.condition, node.result].filter((part) => part !== undefined);
    default:
      return unreachable(node);
  }
}
