import type { Outcome } from "../log/record.ts";
import { cutCodePoints } from "../json/text.ts";
import { REASON_LENGTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusal.ts";

/** A refusal before the head is known to it. */
export interface RefusalDraft {
  readonly code: RefusalCode;
  readonly guard: string | null;
  readonly reasons: readonly string[];
  readonly outcomes: readonly Outcome[];
}

/** A refusal that no guard is to blame for. Reasons are cut at `REASON_LENGTH_MAX` code points. */
export function refusal(
  code: RefusalCode,
  reasons: readonly string[],
  outcomes: readonly Outcome[] = [],
): RefusalDraft {
  const cut = reasons.map((reason) => cutCodePoints(reason, REASON_LENGTH_MAX));
  return { code, guard: null, reasons: cut, outcomes };
}
