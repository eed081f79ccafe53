import type { ValueHash } from "./hash.ts";
import type { Outcome } from "./log/record.ts";

/** Codes of refusal in order of precedence: a proposal that deserves several gets the first (kernel design §3). */
export const REFUSAL_CODES = [
  "fenced",
  "not_leader",
  "overloaded",
  "unsupported_media_type",
  "too_large",
  "rate_limited",
  "malformed",
  "wrong_origin",
  "inputs_mismatch",
  "unsigned",
  "bad_signature",
  "unknown_signer",
  "idem_conflict",
  "unknown_chart",
  "unknown_instance",
  "unknown_transition",
  "stale_state",
  "clock_behind",
  "clock_ahead",
  "forbidden",
  "ended",
  "not_enabled",
  "effect_closed",
  "inputs_invalid",
  "guard_failed",
  "chart_failed",
  "join_refused",
  "document_too_large",
  "record_too_large",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** The domain's no: a value, never an exception. `reasons` say what happened, with which value, and what would help. */
export interface Refused {
  readonly kind: "refused";
  readonly code: RefusalCode;
  /** The failing guard, for `guard_failed`. */
  readonly guard: string | null;
  readonly reasons: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** Head of the instance as the refusal saw it; null where there was none to look at. */
  readonly head: { readonly hash: ValueHash; readonly hlc: string; readonly index: number } | null;
}
