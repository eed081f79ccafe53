import ts from "typescript";
import { lineOf, visit, type Tree } from "./tree.ts";

/** One mention of another module. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `types`: erased before running. `lazy`: `import()` in a function. `runtime`: loaded with the file. */
  readonly how: "runtime" | "types" | "lazy";
}

/** Several rules ask for the imports of the same files. */
const known = new WeakMap<ts.SourceFile, readonly Import[]>();

export function importsOf(tree: Tree, path: string): readonly Import[] {
  const source = tree.parse(path);
  const imports = known.get(source) ?? collectImports(source);
  known.set(source, imports);
  return imports;
}

function collectImports(source: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  visit(source, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    found.push({ specifier: specifier.text, line: lineOf(source, node), how: howImported(node) });
  });
  return found;
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const specifier = node.moduleSpecifier;
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier : undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    return ts.isStringLiteralLike(literal) ? literal : undefined;
  }
  return undefined;
}

function howImported(node: ts.Node): Import["how"] {
  if (ts.isImportDeclaration(node)) {
    return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? "types" : "runtime";
  }
  if (ts.isExportDeclaration(node)) return node.isTypeOnly ? "types" : "runtime";
  return ts.isImportTypeNode(node) ? "types" : "lazy";
}

/** Path of the file that a relative specifier names, from the root of the repository. */
export function resolveRelative(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Name of the package of a bare specifier: `@a/b/c` → `@a/b`, `yaml/x` → `yaml`. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
