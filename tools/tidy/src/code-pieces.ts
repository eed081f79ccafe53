import type { Tree } from "./tree.ts";

/** A piece of code in a page: `inline` between backticks, or a line of a fenced block. */
export interface CodePiece {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly fenced: boolean;
}

/** The project's own pages. What the gates generate speaks of commands that are not there yet, and of files of one run. */
export function pagesOf(tree: Tree): readonly string[] {
  return tree.paths.filter(
    (path) => path.endsWith(".md") && path !== "MATURITY.md" && !path.startsWith("docs/living/"),
  );
}

export function codePieces(tree: Tree, file: string): readonly CodePiece[] {
  const pieces: CodePiece[] = [];
  let fenced = false;
  for (const [index, text] of (tree.text(file) ?? "").split("\n").entries()) {
    const line = index + 1;
    if (/^\s*(```|~~~)/.test(text)) fenced = !fenced;
    else if (fenced) pieces.push({ file, line, text, fenced: true });
    else {
      for (const [, code = ""] of text.matchAll(/`([^`]+)`/g))
        pieces.push({ file, line, text: code, fenced: false });
    }
  }
  return pieces;
}
