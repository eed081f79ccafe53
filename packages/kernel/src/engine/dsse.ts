import type { Hasher } from "../hash.ts";

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
  const type = hasher.utf8(payload.type);
  const body = hasher.utf8(payload.body);
  const opening = hasher.utf8(`DSSEv1 ${type.length} `);
  const middle = hasher.utf8(` ${body.length} `);
  const bytes = new Uint8Array(opening.length + type.length + middle.length + body.length);
  bytes.set(opening, 0);
  bytes.set(type, opening.length);
  bytes.set(middle, opening.length + type.length);
  bytes.set(body, opening.length + type.length + middle.length);
  return bytes;
}
