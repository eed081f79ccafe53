/** What a test run says about itself, whatever wrote it. */
export interface TestSummary {
  readonly format: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Name and first lines of what went wrong; at most `FAILED_TESTS_NAMED_MAX`. */
  readonly failures: readonly TestFailure[];
}

export interface TestFailure {
  readonly name: string;
  readonly message: string;
}
