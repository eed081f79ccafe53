import type { Problem } from "@swoosh/protocol";

/** An answer that is a problem, thrown by a route where that reads better than returning it. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}
