import ts from "typescript";

/** The files of the repository as values: path from the root (with `/`) → text. Rules see nothing else of the world. */
export interface Tree {
  readonly paths: readonly string[];
  /** Text of a file, or undefined where there is none. */
  text(path: string): string | undefined;
  /** Is there such a file, or a folder with a file in it? */
  exists(path: string): boolean;
  /** Paths of all TypeScript files. */
  readonly typescript: readonly string[];
  /** Syntax tree of a TypeScript file; parsed once. */
  parse(path: string): ts.SourceFile;
}

export function createTree(files: ReadonlyMap<string, string>): Tree {
  const paths = [...files.keys()].toSorted();
  const folders = new Set(paths.flatMap(foldersOf));
  const parsed = new Map<string, ts.SourceFile>();
  return {
    paths,
    text: (path) => files.get(path),
    exists: (path) => files.has(path) || folders.has(path.replace(/\/$/, "")),
    typescript: paths.filter((path) => path.endsWith(".ts") || path.endsWith(".tsx")),
    parse: (path) => {
      const known = parsed.get(path);
      if (known !== undefined) return known;
      const source = ts.createSourceFile(path, files.get(path) ?? "", ts.ScriptTarget.Latest, true);
      parsed.set(path, source);
      return source;
    },
  };
}

/** `a/b/c.ts` → `a`, `a/b`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Line of a node, counted from 1. */
export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Visits every node below, in document order. */
export function visit(node: ts.Node, onNode: (node: ts.Node) => void): void {
  ts.forEachChild(node, (child) => {
    onNode(child);
    visit(child, onNode);
  });
}
