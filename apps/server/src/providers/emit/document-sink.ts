import type { JsonObject } from "@swoosh/kernel";

/** What became of one delivery. */
export type Delivery =
  /** It is there now, or was there before under this key. */
  | { readonly kind: "taken" }
  /** It may be taken later: nobody was there, or too busy. */
  | { readonly kind: "later"; readonly reason: string; readonly retryAfterMs?: number }
  /** It will never be taken as it is. */
  | { readonly kind: "refused"; readonly reason: string };

/** The port to BUBBLE and SLURP: who takes documents. The same key is the same document, however often it comes. */
export interface DocumentSink {
  readonly address: string;
  /** Never rejects. */
  deliver(document: JsonObject, idempotencyKey: string): Promise<Delivery>;
}
