import { codePieces, pagesOf } from "../code-pieces.ts";
import type { Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";

/** Every path in backticks in a page exists. */
export const docPaths: Rule = {
  name: "doc-paths",
  check: (tree) =>
    pagesOf(tree).flatMap((page) =>
      codePieces(tree, page)
        .filter(
          (piece) => !piece.fenced && isPath(tree, piece.text) && !found(tree, page, piece.text),
        )
        .map(({ file, line, text }) => ({
          file,
          line,
          message: `\`${text}\` does not exist; correct the path, or leave it out until it does`,
        })),
    ),
};

const ENDING = /\.(ts|tsx|mjs|js|json|jsonl|yaml|yml|md|txt|sh|toml)$/;

/**
 * `packages/kernel` is a path since it begins with a folder of the root; `reduce.ts` since it ends like a file.
 * `project/acme` is an instance, `thing.aspect.test.ts` and `NNNN-title.md` are patterns, `/healthz` is a route.
 */
function isPath(tree: Tree, text: string): boolean {
  if (!/^[\w.@][\w.@/*-]*$/.test(text) || /NNNN|^thing\.|^@|^\.\/|^\.\w+$/.test(text)) return false;
  const first = text.split("/")[0] ?? "";
  const inFolder = text.includes("/") && tree.exists(first);
  return inFolder || (ENDING.test(text) && !isGenerated(first));
}

/** Folders that a person's own commands make; git does not know them. */
function isGenerated(first: string): boolean {
  return ["node_modules", ".cache", ".swoosh", "coverage"].includes(first);
}

function found(tree: Tree, page: string, text: string): boolean {
  if (isGenerated(text.split("/")[0] ?? "")) return true;
  const beside = page.includes("/") ? `${page.slice(0, page.lastIndexOf("/"))}/${text}` : text;
  if (text.includes("*")) {
    const glob = new RegExp(`^${text.replaceAll(/[.+]/g, "\\$&").replaceAll(/\*+/g, ".*")}`);
    return tree.paths.some((path) => glob.test(path));
  }
  if (tree.exists(text) || tree.exists(beside)) return true;
  // A bare file name speaks of the one file of that name.
  return !text.includes("/") && tree.paths.some((path) => path.endsWith(`/${text}`));
}
