import ts from "typescript";
import type { Finding, Rule } from "../rule.ts";
import { wordsOf } from "../words.ts";
import { judgeNames, type DeclaredName } from "./declared-names.ts";

/** Words that say nothing about what a thing is. */
const EMPTY_SUFFIXES = new Set([
  "manager",
  "managers",
  "helper",
  "helpers",
  "impl",
  "base",
  "util",
  "utils",
]);
const EMPTY_FOLDERS = new Set([
  "core",
  "common",
  "utils",
  "util",
  "helpers",
  "services",
  "shared",
  "misc",
  "lib",
]);

/** Names say what a thing is: no Manager, Helper, Impl, Base, Util; no folder for what has no place. */
export const names: Rule = {
  name: "names",
  check: (tree) => [
    ...tree.typescript.flatMap((file) => judgeNames(tree, file, judge)),
    ...tree.typescript.flatMap(judgePath),
  ],
};

function judge({ name, node }: DeclaredName): string | undefined {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  if (!EMPTY_SUFFIXES.has(last)) return undefined;
  // A local `base` of a calculation is an honest word; a type or function of that name is not.
  const local =
    words.length === 1 &&
    (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertySignature(node));
  return local ? undefined : `${name} ends in "${last}"; name it after what it does or is`;
}

function judgePath(file: string): readonly Finding[] {
  const parts = file.split("/");
  const folder = parts.slice(0, -1).find((part) => EMPTY_FOLDERS.has(part));
  const findings: Finding[] = [];
  if (folder !== undefined) {
    findings.push({
      file,
      line: 1,
      message: `lies in a folder "${folder}"; use a word of the domain`,
    });
  }
  const stem = (parts.at(-1) ?? "").replace(/\..*$/, "");
  if (EMPTY_SUFFIXES.has(wordsOf(stem).at(-1) ?? "")) {
    findings.push({
      file,
      line: 1,
      message: `"${stem}" says nothing; name the file after what it exports`,
    });
  }
  return findings;
}
