import ts from "typescript";
import { fileKind } from "../file-kind.ts";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

const PAGE = "docs/errors.md";

/** Tables of codes by their declaration (a list or a union of strings), and the heading in the page. */
const TABLES = [
  { heading: "## Refusals", file: "packages/kernel/src/refusal.ts", name: "REFUSAL_CODES" },
  { heading: "## Expression errors", file: "packages/kernel/src/cel/cel.ts", name: "CelErrorName" },
  {
    heading: "## Journal errors",
    file: "packages/kernel/src/engine/journal-error.ts",
    name: "JournalErrorCode",
  },
  {
    heading: "## Engine errors",
    file: "packages/kernel/src/engine/engine-error.ts",
    name: "EngineErrorCode",
  },
  {
    heading: "## Ingestion errors",
    file: "apps/server/src/ingest/ingest-problem.ts",
    name: "INGEST_CODES",
  },
  {
    heading: "## Server errors",
    file: "apps/server/src/server-error-code.ts",
    name: "ServerErrorCode",
  },
  {
    heading: "## Mesh errors",
    file: "packages/mesh/src/shards/mesh-error.ts",
    name: "MeshErrorCode",
  },
  { heading: "## Edge codes", file: "packages/protocol/src/codes.ts", name: "EDGE_CODES" },
  {
    heading: "## Agent codes",
    file: "packages/protocol/src/agent/close-codes.ts",
    name: "CLOSE_CODES",
  },
  { heading: "## SDK errors", file: "packages/sdk/src/sdk-error.ts", name: "SDK_ERROR_CODES" },
] as const;

/** `docs/errors.md` lists exactly the codes of the sources; tables in their order, for refusals that of precedence. */
export const errorPage: Rule = {
  name: "error-page",
  check: (tree) => [
    ...TABLES.flatMap(({ heading, file, name }) =>
      compare(tree, heading, declaredCodes(tree, file, name), "in order"),
    ),
    ...compare(tree, "## Chart problems", problemCodes(tree), "any order"),
  ],
};

interface Code {
  readonly code: string;
  readonly file: string;
  readonly line: number;
}

function compare(
  tree: Tree,
  heading: string,
  declared: readonly Code[],
  order: "in order" | "any order",
): readonly Finding[] {
  const listed = listedCodes(tree, heading);
  const missing = declared
    .filter(({ code }) => !listed.some((one) => one.code === code))
    .map(({ code, file, line }) => ({
      file,
      line,
      message: `${code} is not in ${PAGE} under "${heading}"; say there what it means and what helps`,
    }));
  const extra = listed
    .filter(({ code }) => !declared.some((one) => one.code === code))
    .map(({ code, line }) => ({
      file: PAGE,
      line,
      message: `${code} is no code of the sources; take it out`,
    }));
  const findings = [...missing, ...extra];
  if (findings.length > 0 || order === "any order") return findings;
  const misplaced = listed.find(({ code }, index) => declared[index]?.code !== code);
  if (misplaced === undefined) return [];
  const message = `${misplaced.code} stands in another place than in the sources; keep the order`;
  return [{ file: PAGE, line: misplaced.line, message }];
}

/** The strings of one declaration. */
function declaredCodes(tree: Tree, file: string, name: string): readonly Code[] {
  if (!tree.exists(file)) return [];
  const source = tree.parse(file);
  const codes: Code[] = [];
  visit(source, (node) => {
    const declares = ts.isVariableDeclaration(node) || ts.isTypeAliasDeclaration(node);
    if (!declares || node.name.getText(source) !== name) return;
    visit(node, (inner) => {
      if (ts.isStringLiteralLike(inner))
        codes.push({ code: inner.text, file, line: lineOf(source, inner) });
    });
  });
  return codes;
}

const PROBLEM_FOLDERS = ["packages/kernel/src/chart/", "packages/kernel/src/check/"];

/** Codes of the loader and the model check: `problems.error("code", …)` and `code: "code"`; the first place of each. */
function problemCodes(tree: Tree): readonly Code[] {
  const codes = new Map<string, Code>();
  const files = tree.typescript.filter(
    (file) =>
      fileKind(file) === "source" && PROBLEM_FOLDERS.some((folder) => file.startsWith(folder)),
  );
  for (const file of files) {
    const source = tree.parse(file);
    visit(source, (node) => {
      for (const literal of problemLiterals(node, source)) {
        if (!codes.has(literal.text))
          codes.set(literal.text, { code: literal.text, file, line: lineOf(source, literal) });
      }
    });
  }
  return [...codes.values()];
}

function problemLiterals(node: ts.Node, source: ts.SourceFile): readonly ts.StringLiteralLike[] {
  if (ts.isPropertyAssignment(node) && node.name.getText(source) === "code")
    return literalsOf(node.initializer);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const [first] = node.arguments;
  const reports = ["error", "warning", "note"].includes(node.expression.name.text);
  return reports && first !== undefined ? literalsOf(first) : [];
}

/** A code, or a choice between two. */
function literalsOf(value: ts.Expression): readonly ts.StringLiteralLike[] {
  if (ts.isConditionalExpression(value))
    return [...literalsOf(value.whenTrue), ...literalsOf(value.whenFalse)];
  return ts.isStringLiteralLike(value) ? [value] : [];
}

/** Rows of the table under a heading: the first cell is the code in backticks. */
function listedCodes(
  tree: Tree,
  heading: string,
): readonly { readonly code: string; readonly line: number }[] {
  const lines = (tree.text(PAGE) ?? "").split("\n");
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  return section.flatMap((text, index) => {
    const code = /^\|\s*`([a-z_@]+)`\s*\|/.exec(text)?.[1];
    return code === undefined ? [] : [{ code, line: start + 2 + index }];
  });
}
