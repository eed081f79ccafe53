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

/** What a worker is asked: to try a mutant, or (`mutant` null) whether the unchanged code passes the tests in `folders`. */
export interface TryRequest {
  readonly mutant: Mutant | null;
  readonly folders?: readonly string[];
  /** Test files that noticed mutants of the same file before, the best first. */
  readonly killers?: readonly string[];
}

export interface TryVerdict {
  readonly survived: boolean;
  /** The test file that noticed. Absent where none did, or where an error outside of all tests told. */
  readonly by?: string | undefined;
  /** Milliseconds that each test file took, from its import to its last test. */
  readonly durations: Readonly<Record<string, number>>;
}
