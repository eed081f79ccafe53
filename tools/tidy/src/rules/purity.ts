import ts from "typescript";
import { ARROWS } from "../arrows.ts";
import { fileKind, workspaceOf } from "../file-kind.ts";
import { importsOf, packageOf } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

/** Pure packages give the same bytes on every engine: what could differ or reach out is banned, with its replacement. */
export const purity: Rule = {
  name: "purity",
  check: (tree) => [
    ...tree.paths
      .filter((file) => isPure(file) && file.endsWith("/package.json"))
      .flatMap((file) => wideSettings(tree, file)),
    ...tree.typescript
      .filter((file) => fileKind(file) === "source" && isPure(file))
      .flatMap((file) => [...bannedImports(tree, file), ...bannedSyntax(tree, file)]),
  ],
};

/** The first wall is the compiler's: settings that know the language alone. */
function wideSettings(tree: Tree, manifest: string): readonly Finding[] {
  const file = manifest.replace("package.json", "tsconfig.json");
  const text = (tree.text(file) ?? "").replaceAll(/\s/g, "");
  if (text.includes('"lib":["ES2023"]') && text.includes('"types":[]')) return [];
  return [
    {
      file,
      line: 1,
      message:
        'must say "lib": ["ES2023"] and "types": []: a pure package knows no Node and no DOM',
    },
  ];
}

function isPure(file: string): boolean {
  const workspace = workspaceOf(file);
  return ARROWS.some((row) => row.pure && row.folder === workspace);
}

function bannedImports(tree: Tree, file: string): readonly Finding[] {
  const allowed = ARROWS.find(({ folder }) => folder === workspaceOf(file))?.npm ?? [];
  return importsOf(tree, file).flatMap(({ specifier, line }) => {
    if (specifier.startsWith(".") || specifier.startsWith("@swoosh/")) return [];
    if (allowed.includes(packageOf(specifier))) return [];
    const message = `imports ${specifier}; a pure package has no Node and no packages but ${allowed.join(", ") || "none"}: take it over a port`;
    return [{ file, line, message }];
  });
}

/** Globals by name → what to do instead. */
const GLOBALS: ReadonlyMap<string, string> = new Map([
  ["Date", "take `at` from the record or the Clock port"],
  ["Intl", "compare and print by UTF-16 units"],
  ["performance", "take the Clock port"],
  ["process", "hand the value in"],
  ["globalThis", "hand the value in"],
  ["setTimeout", "let the engine's clock make it due"],
  ["setInterval", "let the engine's clock make it due"],
  ["setImmediate", "let the engine's loop call it"],
  ["queueMicrotask", "let the engine's loop call it"],
  ["fetch", "take the Transport port"],
  ["crypto", "take the Crypto port"],
  ["Buffer", "use Uint8Array and the utf8 function handed in"],
  ["TextEncoder", "use the utf8 function handed in"],
  ["TextDecoder", "decode at the edge and hand the text in"],
  ["WeakRef", "what the collector does differs from run to run; own the value"],
  ["FinalizationRegistry", "what the collector does differs from run to run; own the value"],
]);

const METHODS: ReadonlyMap<string, string> = new Map([
  ["localeCompare", "compare by UTF-16 units (compareUtf16)"],
  ["toLocaleString", "print with String or canonical JSON"],
  ["toLocaleLowerCase", "use toLowerCase"],
  ["toLocaleUpperCase", "use toUpperCase"],
]);

/** Functions of Math whose last bit is the engine's own choice, and those that leave the integers. */
const MATH = new Set(
  "random pow exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sqrt cbrt hypot fround f16round".split(
    " ",
  ),
);

function bannedSyntax(tree: Tree, file: string): readonly Finding[] {
  const source = tree.parse(file);
  const own = ownNames(source);
  const findings: Finding[] = [];
  visit(source, (node) => {
    const message = ban(node, source, own);
    if (message !== undefined) findings.push({ file, line: lineOf(source, node), message });
  });
  return findings;
}

/** Names that the file declares or imports itself: there `crypto` is a port handed in, not the global. */
function ownNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  visit(source, (node) => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name))
      names.add(node.name.text);
  });
  return names;
}

function ban(node: ts.Node, source: ts.SourceFile, own: ReadonlySet<string>): string | undefined {
  if (ts.isForInStatement(node))
    return "for…in walks inherited keys too; use Object.keys or Object.entries";
  if (ts.isBinaryExpression(node)) return banPower(node);
  if (ts.isNumericLiteral(node)) return banFloat(node, source);
  if (ts.isPropertyAccessExpression(node)) return banMember(node);
  if (ts.isCallExpression(node)) return banSort(node);
  return ts.isIdentifier(node) && !own.has(node.text) ? banGlobal(node) : undefined;
}

function banPower(node: ts.BinaryExpression): string | undefined {
  const { kind } = node.operatorToken;
  const power =
    kind === ts.SyntaxKind.AsteriskAsteriskToken ||
    kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
  return power
    ? "** differs between engines in its last bit; multiply integers or shift"
    : undefined;
}

function banFloat(node: ts.NumericLiteral, source: ts.SourceFile): string | undefined {
  const text = node.getText(source);
  // The value itself is compared too: 1e3 is an integer, 1e-3 is none.
  if (!text.includes(".") && Number.isInteger(Number(text.replaceAll("_", "")))) return undefined;
  return `${text} is a float; count in a smaller unit, as integers`;
}

function banMember(node: ts.PropertyAccessExpression): string | undefined {
  const name = node.name.text;
  const method = METHODS.get(name);
  if (method !== undefined) return `${name} depends on the machine's language; ${method}`;
  if (!ts.isIdentifier(node.expression) || node.expression.text !== "Math" || !MATH.has(name))
    return undefined;
  if (name === "random") return "Math.random cannot be replayed; take the Random port";
  return `Math.${name} leaves the integers or differs between engines; use integer arithmetic`;
}

function banSort(node: ts.CallExpression): string | undefined {
  if (!ts.isPropertyAccessExpression(node.expression) || node.arguments.length > 0)
    return undefined;
  const name = node.expression.name.text;
  if (name !== "sort" && name !== "toSorted") return undefined;
  return `${name}() without comparator sorts numbers as text; give the comparator`;
}

/** A name that stands for the global: not a member, not a key, not a type, not declared here as something else. */
function banGlobal(node: ts.Identifier): string | undefined {
  const replacement = GLOBALS.get(node.text);
  if (replacement === undefined) return undefined;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return undefined;
  if (isKeyOrDeclaration(parent, node) || ts.isTypeNode(parent) || ts.isImportSpecifier(parent))
    return undefined;
  return `${node.text} is not pure; ${replacement}`;
}

function isKeyOrDeclaration(parent: ts.Node, node: ts.Identifier): boolean {
  const named =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isExportSpecifier(parent);
  return named && parent.name === node;
}
