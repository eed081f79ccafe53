/** P0 stops everything; P1 halts and degrades; P2 and P3 are documented and go on (seed 002, emergency procedures). */
export const SEVERITIES = ["P0", "P1", "P2", "P3"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Of what nobody has classified: halting is safe, going on is not. */
export const UNKNOWN_SEVERITY: Severity = "P1";

/** Whether a failure of this severity halts the lifecycle until a person resumes it. */
export function isHalting(severity: Severity): boolean {
  return severity === "P0" || severity === "P1";
}
