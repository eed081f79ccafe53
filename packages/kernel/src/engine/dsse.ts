import type { Hasher } from "../hash.ts";
import { utf8Length } from "../json/text.ts";

/** Payload types of what is signed here. The type is part of the signed bytes, so no signature serves for another purpose. */
export const PROPOSAL_TYPE = "application/vnd.swoosh.proposal.v1+json";

/**
 * DSSE's pre-authentication encoding: `"DSSEv1" SP len(type) SP type SP len(body) SP body`, lengths in bytes as ASCII
 * decimal (DSSE v1.0.0, "Signature Definition"). These are the bytes that Ed25519 signs.
 */
export function preAuthenticationEncoding(
  hasher: Hasher,
  payload: { readonly type: string; readonly body: string },
): Uint8Array {
  const { type, body } = payload;
  // One encoding of the whole, where five pieces would each be an array of their own.
  return hasher.utf8(`DSSEv1 ${utf8Length(type)} ${type} ${utf8Length(body)} ${body}`);
}
