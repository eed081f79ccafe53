import type { JsonObject } from "@swoosh/kernel";

/** What came of a proposal; a refusal is a value, and only the world's failures reject. */
export type ProposeAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly code: string; readonly reasons: readonly string[] };

/**
 * Proposes a transition under the identity of who holds it: reads the head, signs, resubmits where the head had moved on. `evidence`: URIs.
 * Rejects where the engine cannot be asked.
 */
export type Propose = (
  instance: string,
  transition: string,
  inputs: JsonObject,
  evidence?: readonly string[],
) => Promise<ProposeAnswer>;

/** The context of an instance now; undefined where it is not there. */
export type ReadFact = (instance: string) => JsonObject | undefined;

/** Stores bytes as evidence; resolves to their hash when they are durable. */
export type KeepEvidence = (bytes: Uint8Array) => Promise<string>;
