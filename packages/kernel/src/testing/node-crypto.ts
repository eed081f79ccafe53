import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { Attestation } from "../chart/native-guard.ts";
import { base64urlOf } from "../engine/base64url.ts";
import { preAuthenticationEncoding } from "../engine/dsse.ts";
import { identityKeyOf, publicKeyOf, signatureBytesOf } from "../engine/identity-key.ts";
import type { Crypto } from "../engine/ports.ts";
import { isStrictEd25519 } from "../engine/strict-ed25519.ts";
import { hashOfCanonical, type Hasher } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Signer } from "./signer.ts";

/** DER before the 32 bytes (RFC 8410): PKCS#8 of a seed, SPKI of a public key. */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Real Ed25519 on `node:crypto`, with the strict checks that OpenSSL leaves out. Works on the calling thread. */
export function createNodeCrypto(options: {
  readonly hasher: Hasher;
  /** 32 bytes of the node's private key (RFC 8032's secret key). */
  readonly seed: Uint8Array;
  readonly evidence?: ReadonlySet<string>;
}): Crypto {
  const key = privateKeyOf(options.seed);
  return {
    node: identityKeyOf(rawPublicKeyOf(key)),
    sign: (bytes) => sign(null, bytes, key),
    verify: async (attestations) =>
      attestations.map((attestation) =>
        attestation.kind === "evidence"
          ? (options.evidence?.has(attestation.hash) ?? false)
          : holds(options.hasher, attestation),
      ),
  };
}

export function createNodeSigner(hasher: Hasher, seed: Uint8Array): Signer {
  const key = privateKeyOf(seed);
  return {
    key: identityKeyOf(rawPublicKeyOf(key)),
    sign: (type, payload) => {
      const body = canonicalize(payload);
      return base64urlOf(sign(null, preAuthenticationEncoding(hasher, { type, body }), key));
    },
  };
}

/** Strict Ed25519 over raw bytes. */
export function verifyEd25519(parts: {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
  readonly bytes: Uint8Array;
}): boolean {
  const { publicKey, signature, bytes } = parts;
  if (!isStrictEd25519({ publicKey, signature })) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([PUBLIC_PREFIX, publicKey]),
      format: "der",
      type: "spki",
    });
    return verify(null, bytes, key, signature);
  } catch {
    // Not a point of the curve: OpenSSL throws where it cannot decode one.
    return false;
  }
}

export function signEd25519(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sign(null, bytes, privateKeyOf(seed));
}

export function publicEd25519KeyOf(seed: Uint8Array): Uint8Array {
  return rawPublicKeyOf(privateKeyOf(seed));
}

function holds(hasher: Hasher, attestation: Extract<Attestation, { kind: "signature" }>): boolean {
  const publicKey = publicKeyOf(attestation.key);
  const signature = signatureBytesOf(attestation.signature);
  const body = canonicalize(attestation.payload);
  if (publicKey === undefined || signature === undefined) return false;
  if (hashOfCanonical(hasher, body) !== attestation.payload_hash) return false;
  const bytes = preAuthenticationEncoding(hasher, { type: attestation.type, body });
  return verifyEd25519({ publicKey, signature, bytes });
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PRIVATE_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
}

function rawPublicKeyOf(key: KeyObject): Uint8Array {
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  return new Uint8Array(der.subarray(PUBLIC_PREFIX.length));
}
