import type { LogRecord } from "@swoosh/kernel";

/** Did the node make it of itself? Such names cannot be proposed. */
export function isEngineRecord({ proposal }: LogRecord): boolean {
  return proposal.transition.startsWith("@");
}
