/** What is wrong with a file that people write, and where: the shape in which the command line shows it with its line. */
export interface FileProblem {
  readonly severity: "error" | "warning" | "note";
  /** Stable name of the rule: `unknown_key`, `missing`, `not_a_duration`. */
  readonly code: string;
  /** What is wrong, with which value, and what to do. */
  readonly message: string;
  readonly path: readonly (string | number)[];
  /** 1-based; null where the file as a whole is meant. */
  readonly line: number | null;
  readonly column: number | null;
}

export function hasErrors(problems: readonly FileProblem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}
