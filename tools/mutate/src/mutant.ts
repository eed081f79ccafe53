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
  /** What the replaced text is, hence how a switch between both can be written: a name is the key of a property. */
  readonly place: "expression" | "statement" | "name";
  /** `replacement` with its operands in brackets, so that it means the same whatever stands around it. */
  readonly mutated: string;
}

export type MutantFate = "killed" | "survived" | "timeout";

/** What a run of one test file is asked to be. */
export interface RunRequest {
  /** Test file, from the repository's root. */
  readonly file: string;
  /** Ids of the tests to run; absent: all of the file. */
  readonly tests?: readonly string[] | undefined;
  /** Number of the mutant that is on; null: the code as it is. */
  readonly mutant: number | null;
  /** So often may the mutant be reached before it is taken for endless. */
  readonly hitsMax: number;
  /** All modules are read again first, with the mutant on. */
  readonly isFresh: boolean;
  /** Numbers of the mutants whose hits are wanted. Absent: no coverage is recorded. */
  readonly recorded?: readonly number[] | undefined;
  /** Milliseconds of the processor that the run is known or guessed to take. */
  readonly expectedMs: number;
}

export interface RunReport {
  /** What noticed: a test (with its id), or the file as a whole where it could not even be read. */
  readonly failure?: { readonly test?: string | undefined; readonly name: string } | undefined;
  /** The mutant was reached more often than `hitsMax`. */
  readonly isTooLong: boolean;
  /** How often the mutant was reached. */
  readonly hits: number;
  readonly coverage?: FileCoverage | undefined;
}

/** Number of a mutant, and how often it was reached. */
export type Hit = readonly [mutant: number, hits: number];

/** What one test file reaches, unchanged. */
export interface FileCoverage {
  readonly file: string;
  /** Source files that it depends on, from the repository's root. */
  readonly modules: readonly string[];
  /** Milliseconds of the processor to read the file when all that it imports is read. */
  readonly loadMs: number;
  /** Reached while what it imports was read; what came out of that stays as it is in later runs. */
  readonly loaded: readonly Hit[];
  /** Reached outside of its tests: while the file itself was read, and in hooks of suites. */
  readonly shared: readonly Hit[];
  readonly tests: readonly TestCoverage[];
}

export interface TestCoverage {
  readonly id: string;
  readonly name: string;
  /** Milliseconds of the processor. */
  readonly ms: number;
  readonly hits: readonly Hit[];
}
