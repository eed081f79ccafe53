import type { JsonObject } from "@swoosh/kernel/values";
import type { TestSummary } from "./test-summary.ts";

/** One run of a command, as it was: what the evidence says. */
export interface Execution {
  readonly command: string;
  /** null: it was killed, or could not be started. */
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Why it could not be started or watched; null where it could. */
  readonly trouble: string | null;
  readonly durationMs: number;
  /** Kept output, redacted; the head and the tail of what was too long. */
  readonly output: string;
  readonly outputBytes: number;
  /** Of all bytes as they came. */
  readonly outputHash: string;
  readonly isBinary: boolean;
  readonly isCut: boolean;
  readonly tests: TestSummary | null;
  /** A report was asked for and could not be read. */
  readonly reportTrouble: string | null;
}

export function executionJson(execution: Execution): JsonObject {
  const { tests } = execution;
  return {
    command: execution.command,
    exit: execution.exit,
    signal: execution.signal,
    timed_out: execution.timedOut,
    trouble: execution.trouble,
    duration_ms: execution.durationMs,
    output: execution.output,
    output_bytes: execution.outputBytes,
    output_hash: execution.outputHash,
    output_binary: execution.isBinary,
    output_cut: execution.isCut,
    report_trouble: execution.reportTrouble,
    tests:
      tests === null
        ? null
        : {
            format: tests.format,
            passed: tests.passed,
            failed: tests.failed,
            skipped: tests.skipped,
            failures: tests.failures.map(({ name, message }) => ({
              name,
              message: message.slice(0, 2_000),
            })),
          },
  };
}
