import type { SignatureCheck } from "./signature-holds.ts";

/** What crosses to the worker: the checks of one turn of the loop. The answer has one byte for each. */
export interface CheckBatch {
  readonly number: number;
  readonly checks: readonly SignatureCheck[];
}

export interface CheckedBatch {
  readonly number: number;
  readonly holds: Uint8Array;
}
