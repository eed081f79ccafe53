import { base64urlOf, bytesOfBase64url } from "./base64url.ts";

const PREFIX = "hmmm:pubkey:";
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** An Ed25519 public key's name on the wire: `hmmm:pubkey:<base64url of 32 bytes>`. */
export function identityKeyOf(publicKey: Uint8Array): string {
  return PREFIX + base64urlOf(publicKey);
}

/** The 32 raw bytes of an identity's key, or undefined where the text names none. */
export function publicKeyOf(identityKey: string): Uint8Array | undefined {
  if (!identityKey.startsWith(PREFIX)) return undefined;
  return bytesOfBase64url(identityKey.slice(PREFIX.length), KEY_BYTES);
}

/** The 64 raw bytes of a signature, or undefined where the text is none. */
export function signatureBytesOf(text: string): Uint8Array | undefined {
  return bytesOfBase64url(text, SIGNATURE_BYTES);
}
