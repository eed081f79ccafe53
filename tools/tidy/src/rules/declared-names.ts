import ts from "typescript";
import type { Finding } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

/** A name that a file gives to something of its own. */
export interface DeclaredName {
  readonly name: string;
  readonly line: number;
  readonly node: NamedNode;
}

export type NamedNode =
  | ts.VariableDeclaration
  | ts.ParameterDeclaration
  | ts.PropertyDeclaration
  | ts.PropertySignature
  | ts.FunctionDeclaration
  | ts.MethodDeclaration
  | ts.MethodSignature
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration;

/** Every name that the file declares; names quoted as strings are another system's words and are left out. */
export function declaredNames(tree: Tree, file: string): readonly DeclaredName[] {
  const source = tree.parse(file);
  const names: DeclaredName[] = [];
  visit(source, (node) => {
    if (!isNamed(node) || node.name === undefined || !ts.isIdentifier(node.name)) return;
    names.push({ name: node.name.text, line: lineOf(source, node), node });
  });
  return names;
}

function isNamed(node: ts.Node): node is NamedNode {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

/** One finding for each declared name that a judge has something to say about. */
export function judgeNames(
  tree: Tree,
  file: string,
  judge: (declared: DeclaredName) => string | undefined,
): readonly Finding[] {
  return declaredNames(tree, file).flatMap((declared) => {
    const message = judge(declared);
    return message === undefined ? [] : [{ file, line: declared.line, message }];
  });
}
