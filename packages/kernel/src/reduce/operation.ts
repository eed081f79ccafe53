import { hashOfCanonical } from "../hash.ts";
import type { Hasher, ValueHash } from "../hash.ts";

/** What an idempotency key stands for: a delivery with the same four is the same operation (kernel design §3). */
export interface Operation {
  readonly instance: string;
  readonly transition: string;
  readonly inputsHash: string;
  readonly signer: string;
}

/** Value hash of `{inputs_hash, instance, signer, transition}`. */
export function operationHash(hasher: Hasher, operation: Operation): ValueHash {
  const text = JSON.stringify({
    inputs_hash: operation.inputsHash,
    instance: operation.instance,
    signer: operation.signer,
    transition: operation.transition,
  });
  return hashOfCanonical(hasher, text);
}
