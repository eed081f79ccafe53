/** Modes as git writes them: a file, one that can be executed, a symbolic link. */
export type EntryMode = "100644" | "100755" | "120000";

/** A file of a source, before anything of it is stored. */
export interface TreeEntry {
  /** From the root of the source, with `/`. */
  readonly path: string;
  readonly mode: EntryMode;
  readonly size: number;
  /** Names the bytes within the tree: equal keys, equal bytes. */
  readonly key: string;
}

/** The files of a source under its pin; reading them gives the same bytes each time. */
export interface SourceTree {
  /** In the order of paths. */
  readonly entries: readonly TreeEntry[];
  /** Paths that were left out, and why: `node_modules (folder of a tool)`. */
  readonly skipped: readonly string[];
  read(entry: TreeEntry): AsyncIterable<Uint8Array>;
  /** Removes what lies in temporary folders, in every outcome. */
  close(): Promise<void>;
}

export function comparePaths(
  one: { readonly path: string },
  other: { readonly path: string },
): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
