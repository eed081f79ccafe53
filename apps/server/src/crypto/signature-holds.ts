import {
  isStrictEd25519,
  preAuthenticationEncoding,
  publicKeyOf,
  signatureBytesOf,
} from "@swoosh/kernel/values";
import { createPublicKey, verify } from "node:crypto";
import { hasher } from "../hasher.ts";

/** One signature to check, as it crosses to a worker: texts alone, which clone fast. */
export interface SignatureCheck {
  readonly key: string;
  /** DSSE payload type. */
  readonly type: string;
  /** Canonical JSON of the payload. */
  readonly body: string;
  readonly signature: string;
}

/** Raw Ed25519 without cofactor; the strict checks of points and scalar are made before it is asked. */
export type RawVerify = (
  signature: Uint8Array,
  bytes: Uint8Array,
  publicKey: Uint8Array,
) => boolean;

/** Strict: form of key and signature, canonical points of large order, S < L, then the equation. */
export function signatureHolds(check: SignatureCheck, rawVerify: RawVerify): boolean {
  const publicKey = publicKeyOf(check.key);
  const signature = signatureBytesOf(check.signature);
  if (publicKey === undefined || signature === undefined) return false;
  if (!isStrictEd25519({ publicKey, signature })) return false;
  const { type, body } = check;
  return rawVerify(signature, preAuthenticationEncoding(hasher, { type, body }), publicKey);
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** OpenSSL's, for where libsodium does not load. */
export const verifyByOpenSsl: RawVerify = (signature, bytes, publicKey) => {
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, publicKey]),
      format: "der",
      type: "spki",
    });
    return verify(null, bytes, key, signature);
  } catch {
    // Not a point of the curve: OpenSSL throws where it cannot decode one.
    return false;
  }
};
