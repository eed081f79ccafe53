import { JournalError } from "@swoosh/kernel";
import { NodeProblem } from "./node-problem.ts";

/**
 * What a refusal of a start's own work is to whoever started: where the engine fenced itself meanwhile it is the disk's
 * failure, as it would be in any other minute (the process contract); everything else a person can mend.
 */
export function refusalError(code: string, message: string): Error {
  return code === "fenced" ? new JournalError("failed", message) : new NodeProblem(message);
}
