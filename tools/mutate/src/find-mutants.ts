import ts from "typescript";
import type { Mutant } from "./mutant.ts";

interface Edit {
  readonly kind: string;
  readonly node: ts.Node;
  readonly replacement: string;
  /** Where it differs from `replacement`. */
  readonly mutated?: string;
}

const SWAPS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "+"],
  [ts.SyntaxKind.PercentToken, "*"],
  [ts.SyntaxKind.AmpersandToken, "|"],
  [ts.SyntaxKind.BarToken, "&"],
  [ts.SyntaxKind.CaretToken, "&"],
  [ts.SyntaxKind.LessThanLessThanToken, ">>>"],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, "<<"],
  [ts.SyntaxKind.PlusEqualsToken, "-="],
  [ts.SyntaxKind.MinusEqualsToken, "+="],
]);

/**
 * Every mutant of a source text, in order of position. Left alone: types, imports, texts (tests compare codes and
 * values, wording is free), and `assert(…)`, which never fires in correct code and has tests of its own.
 */
export function findMutants(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const edits: { readonly edit: Edit; readonly owner: string }[] = [];
  const visit = (node: ts.Node, owner: string): void => {
    if (isLeftAlone(node)) return;
    const inside = nameOf(node) ?? owner;
    for (const edit of editsOf(node)) edits.push({ edit, owner: inside });
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, "top");

  const ordinals = new Map<string, number>();
  return edits.map(({ edit, owner }) => {
    const start = edit.node.getStart(source);
    const end = edit.node.getEnd();
    const original = text.slice(start, end);
    const like = `${file}#${owner}:${edit.kind}:${short(original)}→${short(edit.replacement)}`;
    const ordinal = ordinals.get(like) ?? 0;
    ordinals.set(like, ordinal + 1);
    return {
      key: `${like}:${ordinal}`,
      file,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      start,
      end,
      original,
      replacement: edit.replacement,
      place: placeOf(edit.node),
      mutated: edit.mutated ?? edit.replacement,
    };
  });
}

function placeOf(node: ts.Node): Mutant["place"] {
  if (ts.isExpressionStatement(node) || ts.isContinueStatement(node) || ts.isBreakStatement(node))
    return "statement";
  return ts.isPropertyAssignment(node.parent) && node.parent.name === node ? "name" : "expression";
}

function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return true;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  return (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    (node.expression.text === "assert" || node.expression.text === "unreachable")
  );
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node.name?.getText();
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
    const value = node.initializer;
    if (value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)))
      return node.name.text;
  }
  return undefined;
}

function editsOf(node: ts.Node): readonly Edit[] {
  if (ts.isBinaryExpression(node)) return binaryEdits(node);
  if (ts.isPrefixUnaryExpression(node)) return prefixEdits(node);
  if (ts.isPostfixUnaryExpression(node)) {
    const operator = node.operator === ts.SyntaxKind.PlusPlusToken ? "--" : "++";
    return [{ kind: "step", node, replacement: `${node.operand.getText()}${operator}` }];
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword)
    return [{ kind: "boolean", node, replacement: "false" }];
  if (node.kind === ts.SyntaxKind.FalseKeyword)
    return [{ kind: "boolean", node, replacement: "true" }];
  if (ts.isNumericLiteral(node))
    return [{ kind: "number", node, replacement: `(${node.text} + 1)` }];
  if (ts.isIfStatement(node)) return condition(node.expression, ["true", "false"]);
  if (ts.isConditionalExpression(node)) return condition(node.condition, ["true", "false"]);
  if (ts.isWhileStatement(node)) return condition(node.expression, ["false"]);
  if (ts.isForStatement(node) && node.condition) return condition(node.condition, ["false"]);
  if (ts.isExpressionStatement(node) && isEffect(node.expression)) {
    return [{ kind: "statement", node, replacement: ";" }];
  }
  if (ts.isContinueStatement(node) || ts.isBreakStatement(node)) {
    return ts.isCaseClause(node.parent) ? [] : [{ kind: "jump", node, replacement: ";" }];
  }
  return [];
}

function isEffect(expression: ts.Expression): boolean {
  if (ts.isCallExpression(expression)) return !isLeftAlone(expression);
  return (
    ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

function condition(node: ts.Expression, values: readonly string[]): readonly Edit[] {
  const constant =
    node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;
  return constant ? [] : values.map((replacement) => ({ kind: "condition", node, replacement }));
}

function binaryEdits(node: ts.BinaryExpression): readonly Edit[] {
  const { left, right, operatorToken } = node;
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
    return [{ kind: "default", node, replacement: `(${right.getText()})` }];
  }
  const swapped = SWAPS.get(operatorToken.kind);
  if (swapped === undefined) return [];
  // `+` may join texts, where `-` would only make nonsense that no test needs to name.
  const joinsText =
    operatorToken.kind === ts.SyntaxKind.PlusToken &&
    [left, right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
  if (joinsText) return [];
  const replacement = `${left.getText()} ${swapped} ${right.getText()}`;
  // No brackets around what is assigned to.
  if (["+=", "-="].includes(swapped)) return [{ kind: "operator", node, replacement }];
  const mutated = `(${left.getText()}) ${swapped} (${right.getText()})`;
  return [{ kind: "operator", node, replacement, mutated }];
}

function prefixEdits(node: ts.PrefixUnaryExpression): readonly Edit[] {
  if (node.operator === ts.SyntaxKind.ExclamationToken) {
    return [{ kind: "not", node, replacement: `(${node.operand.getText()})` }];
  }
  if (node.operator === ts.SyntaxKind.MinusToken && !ts.isNumericLiteral(node.operand)) {
    return [{ kind: "minus", node, replacement: `(${node.operand.getText()})` }];
  }
  return [];
}

function short(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length <= 60 ? flat : `${flat.slice(0, 57)}…`;
}
