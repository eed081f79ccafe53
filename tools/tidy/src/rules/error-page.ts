import ts from "typescript";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

const PAGE = "docs/errors.md";

/** Constants that are tables of codes, by the heading of their table in the page. */
const TABLES: readonly {
  readonly heading: string;
  readonly file: string;
  readonly constant: string;
}[] = [
  { heading: "## Refusals", file: "packages/kernel/src/refusal.ts", constant: "REFUSAL_CODES" },
];

/** `docs/errors.md` lists exactly the codes of the sources, in their order (which is the order of precedence). */
export const errorPage: Rule = {
  name: "error-page",
  check: (tree) => TABLES.flatMap((table) => compare(tree, table)),
};

interface Code {
  readonly code: string;
  readonly line: number;
}

function compare(tree: Tree, table: (typeof TABLES)[number]): readonly Finding[] {
  if (!tree.exists(table.file)) return [];
  const declared = declaredCodes(tree, table.file, table.constant);
  const listed = listedCodes(tree, table.heading);
  const findings: Finding[] = [];
  for (const { code, line } of declared) {
    if (listed.some((one) => one.code === code)) continue;
    findings.push({
      file: table.file,
      line,
      message: `${code} is not in ${PAGE} under "${table.heading}"; say there what it means and what helps`,
    });
  }
  for (const { code, line } of listed) {
    if (declared.some((one) => one.code === code)) continue;
    findings.push({
      file: PAGE,
      line,
      message: `${code} is no code of ${table.constant}; take it out`,
    });
  }
  const first = listed.find(
    ({ code }, index) => findings.length === 0 && declared[index]?.code !== code,
  );
  if (first !== undefined) {
    findings.push({
      file: PAGE,
      line: first.line,
      message: `${first.code} stands in another place than in ${table.constant}; keep the order of precedence`,
    });
  }
  return findings;
}

function declaredCodes(tree: Tree, file: string, constant: string): readonly Code[] {
  const source = tree.parse(file);
  const codes: Code[] = [];
  visit(source, (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText(source) !== constant) return;
    visit(node, (inner) => {
      if (ts.isStringLiteralLike(inner))
        codes.push({ code: inner.text, line: lineOf(source, inner) });
    });
  });
  return codes;
}

/** Rows of the table under a heading: the first cell is the code in backticks. */
function listedCodes(tree: Tree, heading: string): readonly Code[] {
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
