import { yamlText } from "@swoosh/gates";
import { isScalar, isSeq, parseDocument, type Node } from "yaml";

/** Adds to the list `key` what it lacks. All else of the YAML stays as it is written, comments and spaces too. */
export function addToList(
  yaml: string,
  key: string,
  about: { readonly values: readonly string[]; readonly eol: string },
): string {
  const { values, eol } = about;
  const node: unknown = parseDocument(yaml).get(key, true);
  if (!isSeq<Node>(node))
    return values.length === 0 ? yaml : appendLine(yaml, `${key}: ${listOf(values)}`, eol);
  const there = new Set(node.items.map((item) => (isScalar(item) ? String(item.value) : "")));
  const missing = [...new Set(values)].filter((value) => !there.has(value));
  const last = node.items.at(-1);
  const [start = 0, end = 0] = node.range ?? [];
  const at = last?.range?.[1] ?? start;
  if (missing.length === 0) return yaml;
  if (last === undefined) return `${yaml.slice(0, start)}${listOf(missing)}${yaml.slice(end)}`;
  if (node.flow === true)
    return `${yaml.slice(0, at)}${missing.map((value) => `, ${yamlText(value)}`).join("")}${yaml.slice(at)}`;
  const indent = yaml.slice(yaml.lastIndexOf("\n", start) + 1, start);
  const lines = missing.map((value) => `${indent}- ${yamlText(value)}`).join(eol);
  const lineEnd = yaml.indexOf(eol, at);
  return lineEnd < 0
    ? appendLine(yaml, lines, eol)
    : `${yaml.slice(0, lineEnd)}${eol}${lines}${yaml.slice(lineEnd)}`;
}

function listOf(values: readonly string[]): string {
  return `[ ${values.map(yamlText).join(", ")} ]`;
}

/** YAML with one line more. */
export function appendLine(yaml: string, line: string, eol: string): string {
  return yaml === "" ? line : `${yaml}${yaml.endsWith("\n") ? "" : eol}${line}`;
}
