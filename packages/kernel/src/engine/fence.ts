import { InvariantViolation } from "../invariant.ts";
import { JournalError } from "./journal-error.ts";

/** Why the engine takes nothing any more. Only opening the journal again, by a new engine, helps. */
export interface Fence {
  /** `invariant`: our own mistake. `term`: somebody else writes. The others: see `JournalErrorCode`. */
  readonly cause: "invariant" | "failed" | "term" | "corrupt" | "unexpected";
  readonly message: string;
}

export function fenceOf(error: unknown): Fence {
  if (error instanceof InvariantViolation) return { cause: "invariant", message: error.message };
  if (error instanceof JournalError && error.code !== "full")
    return { cause: error.code, message: error.message };
  return { cause: "unexpected", message: error instanceof Error ? error.message : String(error) };
}
