import ts from "typescript";
import { fileKind } from "../file-kind.ts";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

const FILE_LINES_MAX = 500;
/** Tables of cases grow long without growing difficult. */
const TEST_FILE_LINES_MAX = 1_000;
const FUNCTION_LINES_MAX = 70;

/** Every giant began below the wall. */
export const size: Rule = {
  name: "size",
  check: (tree) =>
    tree.typescript.flatMap((file) => [...longFile(tree, file), ...longFunctions(tree, file)]),
};

function longFile(tree: Tree, file: string): readonly Finding[] {
  const lines = (tree.text(file) ?? "").trimEnd().split("\n").length;
  const linesMax = fileKind(file) === "source" ? FILE_LINES_MAX : TEST_FILE_LINES_MAX;
  if (lines <= linesMax) return [];
  return [
    {
      file,
      line: 1,
      message: `has ${lines} lines, the wall is ${linesMax}; find the second idea in it`,
    },
  ];
}

function longFunctions(tree: Tree, file: string): readonly Finding[] {
  // A test file's outer callbacks are its chapters, not functions.
  if (fileKind(file) !== "source") return [];
  const source = tree.parse(file);
  const findings: Finding[] = [];
  visit(source, (node) => {
    if (!ts.isFunctionLike(node)) return;
    const start = lineOf(source, node);
    const lines = source.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - start;
    if (lines <= FUNCTION_LINES_MAX) return;
    const name = node.name?.getText(source) ?? "a function";
    findings.push({
      file,
      line: start,
      message: `${name} has ${lines} lines, the wall is ${FUNCTION_LINES_MAX}; split it by its steps`,
    });
  });
  return findings;
}
