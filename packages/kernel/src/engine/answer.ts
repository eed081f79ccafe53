import type { Refused } from "../refusal.ts";

/** What a proposal or an act gets. `text` is the body of the 202 answer, byte for byte the same for every delivery. */
export type Answer = AcceptedAnswer | RefusedAnswer;

export interface AcceptedAnswer {
  readonly kind: "accepted";
  readonly index: number;
  /** Canonical JSON, made from the record alone (transition API, 202). */
  readonly text: string;
  /** The operation was accepted before: this is the first answer again. */
  readonly replayed: boolean;
  /** Nothing was recorded: this is what the answer would have been. */
  readonly dryRun: boolean;
}

export interface RefusedAnswer {
  readonly kind: "refused";
  readonly refused: Refused;
  /** Where time alone cures it: how long to wait, in ms. */
  readonly retryAfterMs: number | null;
}
