import type { RefusalCode, Refused } from "../refusal.ts";
import { REASONS_MAX } from "../limits.ts";

/** A no that was found before the state was looked at: no guard, no outcomes, no head. */
export function edgeRefusal(code: RefusalCode, reasons: readonly string[]): Refused {
  return {
    kind: "refused",
    code,
    guard: null,
    reasons: reasons.slice(0, REASONS_MAX),
    outcomes: [],
    head: null,
  };
}
