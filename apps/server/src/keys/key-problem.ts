import type { ServerErrorCode } from "../server-error-code.ts";

/** A key file that cannot be used: not there, not readable, encrypted for somebody else, or no Ed25519 key. Terminal. */
export class KeyProblem extends Error {
  override readonly name = "KeyProblem";
  readonly code = "bad_key" satisfies ServerErrorCode;
}
