import { createRequire } from "node:module";
import type { RawVerify } from "./signature-holds.ts";

interface Sodium {
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
}

/** libsodium's Ed25519, about twice as fast as OpenSSL's; undefined where it was not built for this machine. */
export function loadSodium(): RawVerify | undefined {
  try {
    const sodium: Sodium = createRequire(import.meta.url)("sodium-native");
    return (signature, bytes, publicKey) =>
      sodium.crypto_sign_verify_detached(signature, bytes, publicKey);
  } catch {
    return undefined;
  }
}
