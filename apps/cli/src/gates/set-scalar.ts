import { yamlText } from "@swoosh/gates";
import { isScalar, parseDocument } from "yaml";
import { appendLine } from "./add-to-list.ts";

/** Sets `key` to a value on one line; where it has that value already, nothing changes. */
export function setScalar(
  yaml: string,
  key: string,
  about: { readonly value: string | number; readonly eol: string },
): string {
  const { value, eol } = about;
  const written = typeof value === "number" ? String(value) : yamlText(value);
  const node: unknown = parseDocument(yaml).get(key, true);
  if (!isScalar(node)) return appendLine(yaml, `${key}: ${written}`, eol);
  const [start = 0, end = 0] = node.range ?? [];
  return node.value === value ? yaml : `${yaml.slice(0, start)}${written}${yaml.slice(end)}`;
}
