import ts from "typescript";
import { fileKind, isToolConfig } from "../file-kind.ts";
import type { Finding, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";
import { wordsOf } from "../words.ts";

/** Files that are named after what they are for: programs, and tables that a whole package shares. */
const BY_ROLE = new Set(["index", "main", "limits", "errors", "flags", "worker"]);

/** Files whose one idea has a name of its own. */
const BY_SUBJECT = new Set([
  // The signing standard (Dead Simple Signing Envelope).
  "packages/kernel/src/engine/dsse.ts",
]);

/** One idea in one file, kebab-case, named after something that it exports. */
export const fileNames: Rule = {
  name: "file-names",
  check: (tree) =>
    tree.typescript.filter((file) => !isToolConfig(file)).flatMap((file) => checkFile(tree, file)),
};

function checkFile(tree: Tree, file: string): readonly Finding[] {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.tsx?$/.test(name)) {
    return [
      { file, line: 1, message: `"${name}" is not kebab-case; lower-case words joined by -` },
    ];
  }
  const stem = name.replace(/\..*$/, "");
  if (fileKind(file) !== "source" || BY_ROLE.has(stem) || BY_SUBJECT.has(file)) return [];
  const exported = exportedNames(tree.parse(file));
  // A file without exports is a program, named after what it does.
  if (exported.length === 0 || isNamedAfter(stem, exported)) return [];
  const list = exported
    .slice(0, 6)

    .join(", ");
  return [
    {
      file,
      line: 1,
      message: `"${stem}" names none of its exports (${list}); rename the file, or split it`,
    },
  ];
}

/**
 * A file with one export bears its name: every word of the file stands in the export's, in some form (`read-node` has
 * NodeReader). Two exports are one idea when one of them shares a word with the file. Three or more may be gathered
 * under the word for their subject.
 */
function isNamedAfter(stem: string, exported: readonly string[]): boolean {
  const words = wordsOf(stem);
  const shares = (word: string, name: string): boolean =>
    wordsOf(name).some((other) => isFormOf(word, other)) || wordsOf(name).join("").includes(word);
  if (exported.length > 2) return true;
  if (exported.length === 2)
    return exported.some((name) => words.some((word) => shares(word, name)));
  return exported.some((name) => words.every((word) => shares(word, name)));
}

/** The same word, or both begin with the same four letters: `read` and `reader`, `conforms` and `conformed`. */
function isFormOf(word: string, other: string): boolean {
  return word === other || (word.length >= 4 && word.slice(0, 4) === other.slice(0, 4));
}

function exportedNames(source: ts.SourceFile): readonly string[] {
  return source.statements.flatMap((node) => {
    if (
      ts.isExportDeclaration(node) &&
      node.exportClause !== undefined &&
      ts.isNamedExports(node.exportClause)
    ) {
      return node.exportClause.elements.map(({ name }) => name.text);
    }
    const exported =
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (exported !== true) return [];
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations.map(({ name }) => name.getText(source));
    }
    const named =
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node);
    return named && node.name !== undefined ? [node.name.text] : [];
  });
}
