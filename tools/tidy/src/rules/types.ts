import ts from "typescript";
import { fileKind, isToolConfig, workspaceOf } from "../file-kind.ts";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

/** No escapes from the type system, and nothing that Node cannot erase. */
export const types: Rule = {
  name: "types",
  check: (tree) =>
    tree.typescript.filter((file) => !isToolConfig(file)).flatMap((file) => checkFile(tree, file)),
};

const CASTS_PER_THOUSAND_LINES_MAX = 3;

/** At most three `as` in a thousand lines of a workspace's sources; `as const` widens nothing and is free. */
export const casts: Rule = {
  name: "casts",
  check: (tree) => {
    const byWorkspace = Map.groupBy(
      tree.typescript.filter((file) => fileKind(file) === "source"),
      (file) => workspaceOf(file) ?? "the root",
    );
    return [...byWorkspace].flatMap(([workspace, files]) => tooManyCasts(tree, workspace, files));
  },
};

function tooManyCasts(tree: Tree, workspace: string, files: readonly string[]): readonly Finding[] {
  const lines = files.reduce((sum, file) => sum + (tree.text(file) ?? "").split("\n").length, 0);
  const places = files.flatMap((file) => castsOf(tree, file));
  // A small workspace may have three as well: the measure is for the whole.
  const allowed = Math.ceil((Math.max(lines, 1000) * CASTS_PER_THOUSAND_LINES_MAX) / 1000);
  if (places.length <= allowed) return [];
  return places.map((place) => ({
    ...place,
    message: `one of ${places.length} casts in ${lines} lines of ${workspace}, ${allowed} are allowed; narrow with a check, satisfies or a better type`,
  }));
}

function castsOf(
  tree: Tree,
  file: string,
): readonly { readonly file: string; readonly line: number }[] {
  const source = tree.parse(file);
  const places: { readonly file: string; readonly line: number }[] = [];
  visit(source, (node) => {
    const cast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
    if (cast && !ts.isConstTypeReference(node.type))
      places.push({ file, line: lineOf(source, node) });
  });
  return places;
}

function checkFile(tree: Tree, file: string): readonly Finding[] {
  const source = tree.parse(file);
  const findings: Finding[] = [];
  visit(source, (node) => {
    const message = problem(node, file);
    if (message !== undefined) findings.push({ file, line: lineOf(source, node), message });
  });
  for (const [index, text] of (tree.text(file) ?? "").split("\n").entries()) {
    const switched = /^\s*(?:\/\/|\/?\*+)\s*@ts-(ignore|nocheck|expect-error)/.exec(text)?.[1];
    if (switched === undefined || (switched === "expect-error" && fileKind(file) !== "source"))
      continue;
    findings.push({
      file,
      line: index + 1,
      message: `@ts-${switched} silences the compiler; mend the type`,
    });
  }
  return findings;
}

/** Vitest takes these by their default export. */
const VITEST_LOADS = /-reporter\.ts$|\/recording-runner\.ts$/;

function problem(node: ts.Node, file: string): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword)
    return "any switches the checker off; use unknown and narrow it";
  if (ts.isNonNullExpression(node))
    return "! claims what nobody checked; test for undefined, or assert with a reason";
  if (ts.isEnumDeclaration(node)) return "enum cannot be erased; use a union of strings";
  if (ts.isDecorator(node)) return "decorators cannot be erased; call the function";
  if (ts.isModuleDeclaration(node) && node.body !== undefined && !isAmbient(node)) {
    return "namespace cannot be erased; use a module";
  }
  if (isDefaultExport(node) && !VITEST_LOADS.test(file)) {
    return "a default export has a name only where it is imported; export it by its name";
  }
  return undefined;
}

function isAmbient(node: ts.ModuleDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === "default";
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node)) &&
    node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
  );
}
