import type { Rule } from "../rule.ts";
import { createTree } from "../tree.ts";

/** What a rule finds in a tree of these files: `file:line message`, in the order of the rule. */
export function plant(rule: Rule, files: Readonly<Record<string, string>>): readonly string[] {
  const tree = createTree(new Map(Object.entries(files)));
  return rule.check(tree).map(({ file, line, message }) => `${file}:${line} ${message}`);
}
