import ts from "typescript";
import { fileKind, workspaceOf } from "../file-kind.ts";
import { importsOf } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, type Tree } from "../tree.ts";

/** One `index.ts` per package, with explicit names; nobody goes round it; relative imports name the file. */
export const doors: Rule = {
  name: "doors",
  check: (tree) =>
    tree.typescript.flatMap((file) => [...barrels(tree, file), ...specifiers(tree, file)]),
};

function barrels(tree: Tree, file: string): readonly Finding[] {
  const findings: Finding[] = [];
  const workspace = workspaceOf(file);
  const isDoor =
    file === `${workspace}/src/index.ts` ||
    file === `${workspace}/src/testing/index.ts` ||
    (!file.endsWith("/index.ts") && isNamedDoor(tree, workspace, file));
  if (file.endsWith("/index.ts") && !isDoor) {
    const message = "is a barrel inside a package; delete it and import the files themselves";
    findings.push({ file, line: 1, message });
  }
  const source = tree.parse(file);
  for (const node of source.statements.filter(ts.isExportDeclaration)) {
    const line = lineOf(source, node);
    if (node.exportClause === undefined) {
      findings.push({ file, line, message: "export * hides what a door shows; list the names" });
    } else if (node.moduleSpecifier !== undefined && !isDoor && fileKind(file) === "source") {
      findings.push({
        file,
        line,
        message: "passes on another file's names; let users import that file",
      });
    }
  }
  return findings;
}

/** A second door: `exports` in the workspace's package.json names the file. */
function isNamedDoor(tree: Tree, workspace: string | undefined, file: string): boolean {
  const manifest: { readonly exports?: Readonly<Record<string, unknown>> } = JSON.parse(
    tree.text(`${workspace}/package.json`) ?? "{}",
  );
  return Object.values(manifest.exports ?? {}).some(
    (target) => typeof target === "string" && file === `${workspace}/${target.slice(2)}`,
  );
}

function specifiers(tree: Tree, file: string): readonly Finding[] {
  return importsOf(tree, file).flatMap(({ specifier, line }) => {
    if (specifier.startsWith(".")) {
      if (/\.(ts|tsx|mjs|json)$/.test(specifier)) return [];
      return [
        {
          file,
          line,
          message: `"${specifier}" does not name a file; Node runs the sources: write the .ts ending`,
        },
      ];
    }
    const inside = /^@swoosh\/[^/]+\/(.+)$/.exec(specifier)?.[1];
    // Second doors are named in the package's exports, never paths into its sources.
    if (inside === undefined || !/(^src\b|\/|\.ts$)/.test(inside)) return [];
    return [
      {
        file,
        line,
        message: `"${specifier}" reaches into a package; use its door, or name a second one in exports`,
      },
    ];
  });
}
