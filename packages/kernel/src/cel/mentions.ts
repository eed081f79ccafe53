import { compareUtf16 } from "../json/text.ts";
import type { CheckedNode } from "./checked-node.ts";
import { partsOf } from "./parts-of.ts";

/** Records of the scope: of these an expression mentions fields (`context.items`), of all else the whole (`at`). */
const RECORDS: ReadonlySet<string> = new Set(["config", "context", "inputs", "reads", "self"]);

/** What an expression looks at in its scope, sorted: `at`, `context.items`, `inputs.item`, `reads` where all of them. */
export function mentionsOf(node: CheckedNode): readonly string[] {
  const found = new Set<string>();
  const visit = (part: CheckedNode): void => {
    if (part.op === "variable") found.add(part.name);
    if (
      (part.op === "field" || part.op === "has") &&
      part.of.op === "variable" &&
      RECORDS.has(part.of.name)
    ) {
      found.add(`${part.of.name}.${part.name}`);
      return;
    }
    partsOf(part).forEach(visit);
  };
  visit(node);
  return [...found].sort(compareUtf16);
}

/**
 * Is what is mentioned among the unknown? An unknown record makes its fields unknown, and an unknown field makes the
 * record as a whole unknown.
 */
export function isUnknown(mention: string, unknown: ReadonlySet<string>): boolean {
  if (unknown.has(mention)) return true;
  const dot = mention.indexOf(".");
  if (dot >= 0) return unknown.has(mention.slice(0, dot));
  if (!RECORDS.has(mention)) return false;
  for (const name of unknown) if (name.startsWith(`${mention}.`)) return true;
  return false;
}
