import type { Hasher } from "../hash.ts";
import type { ProposalBody } from "../log/record.ts";
import { base64urlOf } from "./base64url.ts";
import { PROPOSAL_TYPE, preAuthenticationEncoding } from "./dsse.ts";
import type { Crypto } from "./ports.ts";

/** Signs the body of an engine record with the node's key, as a client signs a proposal. */
export type SignRecord = (body: ProposalBody) => string;

export function createSignRecord(hasher: Hasher, crypto: Crypto): SignRecord {
  return (body) => {
    // Bodies are made in canonical key order, so this is the canonical text (see `json/canonical.ts`).
    const text = JSON.stringify(body);
    return base64urlOf(
      crypto.sign(preAuthenticationEncoding(hasher, { type: PROPOSAL_TYPE, body: text })),
    );
  };
}
