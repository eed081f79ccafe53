import type { CelNode } from "../cel/cel-node.ts";
import { parseCel } from "../cel/parse-cel.ts";
import { unreachable } from "../unreachable.ts";

/** One text for all ways to write a tree: brackets around every operation, one space, JSON strings. */
export function renderCel(node: CelNode): string {
  switch (node.op) {
    case "literal":
      return JSON.stringify(node.value);
    case "name":
      return node.name;
    case "field":
      return `${renderCel(node.of)}.${node.name}`;
    case "index":
      return `${renderCel(node.of)}[${renderCel(node.key)}]`;
    case "not":
      return `!${renderCel(node.of)}`;
    case "negate":
      return `-${renderCel(node.of)}`;
    case "binary":
      return `(${renderCel(node.left)} ${node.how} ${renderCel(node.right)})`;
    case "if":
      return `(${renderCel(node.condition)} ? ${renderCel(node.yes)} : ${renderCel(node.no)})`;
    case "list":
      return `[${node.items.map(renderCel).join(", ")}]`;
    case "map":
      return `{${node.entries.map(([key, value]) => `${renderCel(key)}: ${renderCel(value)}`).join(", ")}}`;
    case "call": {
      const receiver = node.receiver === undefined ? "" : `${renderCel(node.receiver)}.`;
      return `${receiver}${node.name}(${node.args.map(renderCel).join(", ")})`;
    }
    default:
      return unreachable(node);
  }
}

/** The source without what does not count (blanks, needless brackets, kinds of quotes); itself where it is no CEL. */
export function normalCel(source: string): string {
  const parsed = parseCel(source);
  return parsed.ok ? renderCel(parsed.node) : source;
}
