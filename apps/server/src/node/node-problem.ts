import type { ServerErrorCode } from "../server-error-code.ts";

/** A data folder that cannot be opened or made, for a reason that a person can mend. Terminal. */
export class NodeProblem extends Error {
  override readonly name = "NodeProblem";
  readonly code = "bad_data_folder" satisfies ServerErrorCode;
}
