import type { ServerErrorCode } from "../server-error-code.ts";

/** A setting that cannot be: which one, where it was said, with which value. Usage: exit code 2. */
export class SettingProblem extends Error {
  override readonly name = "SettingProblem";
  readonly code = "bad_setting" satisfies ServerErrorCode;
}
