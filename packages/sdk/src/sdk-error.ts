/** What the world can do to a client. A refusal is none of these: it is a value. */
export const SDK_ERROR_CODES = [
  "unreachable",
  "bad_answer",
  "unverified",
  "read_refused",
  "cancelled",
  "misused",
] as const;
export type SdkErrorCode = (typeof SDK_ERROR_CODES)[number];

/**
 * `retryable`: the same call may succeed later. For a proposal that is `unreachable` nobody knows whether it was
 * recorded: propose again with `idemKey`, and the first answer comes back if it was.
 */
export class SdkError extends Error {
  override readonly name = "SdkError";
  readonly code: SdkErrorCode;
  readonly retryable: boolean;
  readonly idemKey: string | null;

  constructor(
    code: SdkErrorCode,
    message: string,
    more: { readonly cause?: unknown; readonly idemKey?: string } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.retryable = code === "unreachable";
    this.idemKey = more.idemKey ?? null;
  }
}
