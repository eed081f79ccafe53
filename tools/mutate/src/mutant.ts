/** One small change of one file that a test ought to notice. */
export interface Mutant {
  /** Stable under edits elsewhere: `file#function:kind:original→replacement:n` (n-th of its like in the function). */
  readonly key: string;
  /** Path from the repository's root. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

export type MutantFate = "killed" | "survived" | "timeout";
