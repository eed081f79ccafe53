import type { Tree } from "./tree.ts";

/** One place that breaks a rule. The message says what is wrong, with which value, and what to do. */
export interface Finding {
  readonly file: string;
  /** Counted from 1; 1 for what concerns the file as a whole. */
  readonly line: number;
  readonly message: string;
}

/** One rule of the house, over the whole tree. Rules share nothing but the tree. */
export interface Rule {
  readonly name: string;
  readonly check: (tree: Tree) => readonly Finding[];
}
