/**
 * How a journal says no. `full` passes once there is room; `failed` fences; `term` means that somebody else writes;
 * `corrupt` means that durable bytes cannot be read as what they were.
 */
export type JournalErrorCode = "full" | "failed" | "term" | "corrupt";

/** The world's failure, as a journal reports it. Only `full` is retryable. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }

  get retryable(): boolean {
    return this.code === "full";
  }
}
