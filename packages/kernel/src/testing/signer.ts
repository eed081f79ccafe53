import type { Json } from "../json/json.ts";

/** Somebody who holds a key: what a client of the engine is in tests. */
export interface Signer {
  /** `hmmm:pubkey:…` */
  readonly key: string;
  /** base64url of the 64 bytes over the DSSE encoding of `type` and the canonical bytes of `payload`. */
  sign(type: string, payload: Json): string;
}
