import { ARROWS, TOOLS_FOLDER, type Arrow, type Arrows } from "../arrows.ts";
import { fileKind, workspaceOf } from "../file-kind.ts";
import { importsOf, packageOf, resolveRelative, type Import } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";

/** No workspace imports another one that the table of arrows does not name, nor in another way. */
export const arrows: Rule = {
  name: "arrows",
  check: (tree) => tree.typescript.flatMap((file) => checkFile(tree, file)),
};

function checkFile(tree: Tree, file: string): readonly Finding[] {
  const from = workspaceOf(file);
  if (from === undefined) return [];
  return importsOf(tree, file).flatMap((found) => {
    const to = targetOf(file, found.specifier);
    const message = to === undefined || to === from ? undefined : problem(file, from, to, found);
    return message === undefined ? [] : [{ file, line: found.line, message }];
  });
}

/** Folder of the workspace that is imported; undefined for outside packages and for files of the root. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return workspaceOf(resolveRelative(file, specifier));
  return folderOfPackage(specifier);
}

/** `@swoosh/kernel` → `packages/kernel`; undefined for packages that are not ours. */
export function folderOfPackage(specifier: string): string | undefined {
  const name = packageOf(specifier);
  if (!name.startsWith("@swoosh/")) return undefined;
  const last = name.slice("@swoosh/".length);
  return (
    ARROWS.find(({ folder }) => folder.split("/").at(-1) === last)?.folder ??
    `${TOOLS_FOLDER}${last}`
  );
}

function problem(file: string, from: string, to: string, found: Import): string | undefined {
  const source = fileKind(file) === "source";
  if (to.startsWith(TOOLS_FOLDER)) {
    if (!source || from.startsWith(TOOLS_FOLDER)) return undefined;
    return `imports ${to}, but only tests and tools use tools; move what is needed into a package`;
  }
  if (found.specifier.startsWith(".") && source) {
    return `reaches into ${to} by a relative path; import the package's own door by its name`;
  }
  // Tools, and what spans packages in a test, may look at all of the product.
  if (from.startsWith(TOOLS_FOLDER)) return undefined;
  const row = ARROWS.find(({ folder }) => folder === from);
  if (row === undefined)
    return `${from} has no arrows; add it to tools/tidy/src/arrows.ts and to the drawing`;
  const arrow = row.to.find(({ folder }) => folder === to);
  if (arrow === undefined) {
    return `${from} may not import ${to}; allowed: ${printArrows(row)}. Turn the dependency round, or hand the value in`;
  }
  if (arrow.how === "tests")
    return source ? `imports ${to}, but only tests of ${from} may` : undefined;
  if (arrow.how === "any" || arrow.how === found.how || found.how === "types") return undefined;
  // A test may run what its package may only name: so types are held to what they describe.
  if (arrow.how === "types" && !source) return undefined;
  const wanted =
    arrow.how === "types"
      ? "only its types (import type)"
      : "it only lazily (await import in a function)";
  return `${from} may import of ${to} ${wanted}`;
}

/** One line of the drawing: `kernel, protocol, mesh (types), sim (lazy)`. */
export function printArrows(row: Arrows): string {
  return row.to.length === 0 ? "nothing of ours" : row.to.map(printArrow).join(", ");
}

function printArrow(arrow: Arrow): string {
  const name = arrow.folder.replace(/^packages\//, "");
  return arrow.how === "any" ? name : `${name} (${arrow.how})`;
}
