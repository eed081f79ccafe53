import { REDACTION_CHART, type DecisionRecord } from "@swoosh/protocol";

/** Kinds of decisions that have a page of their own; `accepted` is every other one. */
export type DecisionKind = "accepted" | "quarantine" | "redacted" | "refused";

const QUARANTINE = /^(?:Policy_(?:Quarantine|Release|ConfirmBlock)|Ingestion_PolicyViolation)$/;
/** Steps by which somebody said no: these are accepted records like all, for a refused proposal leaves none. */
const REFUSED = /(?:Reject|Rejected|Refuse|Refused|Deny|Denied)$/;

/** The first that holds, in this order. */
export function kindOf({ instance, redactions, transition }: DecisionRecord): DecisionKind {
  if (QUARANTINE.test(transition)) return "quarantine";
  if (redactions.length > 0 || instance.startsWith(`${REDACTION_CHART}/`)) return "redacted";
  return REFUSED.test(transition) ? "refused" : "accepted";
}
