import { bytesOfBase64url, identityKeyOf } from "@swoosh/kernel/values";
import type { Signer } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";
import { ED25519, type WebPlatform } from "./web-platform.ts";

/** DER before the 32 bytes of a PKCS#8 Ed25519 private key (RFC 8410 §7). */
const PKCS8_PREFIX = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);

/** A key that this program holds: the text of a PEM file (`swoosh init` writes one), PKCS#8 in DER, or the 32 raw bytes. */
export type PrivateKey =
  | { readonly pem: string }
  | { readonly pkcs8: Uint8Array }
  | { readonly seed: Uint8Array };

/** Signs with a key in WebCrypto. The key is imported so that it cannot be read again. */
export async function createWebSigner(platform: WebPlatform, key: PrivateKey): Promise<Signer> {
  const { subtle } = platform.crypto;
  const pkcs8 = pkcs8Of(key);
  let open: unknown;
  try {
    open = await subtle.importKey("pkcs8", pkcs8, ED25519, true, ["sign"]);
  } catch (error) {
    throw new SdkError("misused", "the key is no PKCS#8 Ed25519 private key", { cause: error });
  }
  const publicKey = publicKeyIn(await subtle.exportKey("jwk", open));
  const closed = await subtle.importKey("pkcs8", pkcs8, ED25519, false, ["sign"]);
  return signerOf(platform, closed, publicKey);
}

/** A fresh key that can never leave this platform: keep it in IndexedDB, or lose it. */
export async function generateWebSigner(platform: WebPlatform): Promise<Signer> {
  const { subtle } = platform.crypto;
  const pair: unknown = await subtle.generateKey(ED25519, false, ["sign", "verify"]);
  const { privateKey, publicKey } = Object(pair);
  const raw = await subtle.exportKey("raw", publicKey);
  if (!(raw instanceof ArrayBuffer)) throw new SdkError("misused", "the platform gave no raw key");
  return signerOf(platform, privateKey, new Uint8Array(raw));
}

function signerOf(platform: WebPlatform, key: unknown, publicKey: Uint8Array): Signer {
  const { subtle } = platform.crypto;
  return {
    key: identityKeyOf(publicKey),
    sign: async (bytes) => new Uint8Array(await subtle.sign(ED25519, key, bytes)),
  };
}

/** A JWK of Ed25519 has the public key as `x` (RFC 8037 §2), beside the private one. */
function publicKeyIn(jwk: unknown): Uint8Array {
  const x: unknown = Object(jwk)["x"];
  const bytes = typeof x === "string" ? bytesOfBase64url(x, 32) : undefined;
  if (bytes === undefined) throw new SdkError("misused", "the key has no public half");
  return bytes;
}

function pkcs8Of(key: PrivateKey): Uint8Array {
  if ("pkcs8" in key) return key.pkcs8;
  if ("pem" in key) return bytesOfPem(key.pem);
  if (key.seed.length !== 32)
    throw new SdkError("misused", `a seed has 32 bytes, not ${key.seed.length}`);
  return Uint8Array.from([...PKCS8_PREFIX, ...key.seed]);
}

function bytesOfPem(pem: string): Uint8Array {
  const match = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/.exec(pem);
  const text = (match?.[1] ?? "").replaceAll(/\s/g, "");
  const url = text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const bytes = bytesOfBase64url(url, Math.floor((url.length * 6) / 8));
  if (bytes === undefined || bytes.length === 0)
    throw new SdkError("misused", "the text is no PEM of a private key (BEGIN PRIVATE KEY)");
  return bytes;
}
