/** What a shipped gate found wrong: where, what, and what to do. */
export interface Finding {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

/** A file that a gate looks at. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}
