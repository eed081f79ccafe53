import type { RefusalCode } from "@swoosh/kernel";
import { problemOf, type Problem } from "@swoosh/protocol";

/** A problem of the edge itself, in the shape of the kernel's refusals. */
export function refusalProblem(code: RefusalCode, reason: string, afterMs?: number): Problem {
  const refused = {
    kind: "refused",
    code,
    guard: null,
    reasons: [reason],
    outcomes: [],
    head: null,
  } as const;
  return problemOf(refused, afterMs === undefined ? {} : { retry: { after_ms: afterMs } });
}
