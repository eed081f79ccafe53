/** One part of the whole test: a program of ours or of a tool, started in the root of the repository. */
export interface Part {
  readonly name: string;
  /** Program and arguments; programs of installed packages and the packaged `node` are found by their names. */
  readonly run: readonly string[];
  /** The long run of the same part, for `make soak`; parts without one are left out there. */
  readonly soak?: readonly string[];
  /** Too long for every change, and of no other length: in `make soak` alone. */
  readonly soakOnly?: true;
  /** Belongs to the fast half, `make check`. */
  readonly fast?: true;
  /**
   * Where the counts come from. `closing-line` (default): the last line of standard output is `N passed, M failed`.
   * `exit-code`: a foreign tool that does not count; it passes or fails as one.
   */
  readonly counts?: "closing-line" | "exit-code";
  /** A part that runs longer is ended and counts as failed. Default 10; `make soak` allows 24 times as much. */
  readonly minutesMax?: number;
}
