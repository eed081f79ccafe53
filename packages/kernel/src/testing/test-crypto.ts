import type { Attestation } from "../chart/native-guard.ts";
import { base64urlOf } from "../engine/base64url.ts";
import { preAuthenticationEncoding } from "../engine/dsse.ts";
import { identityKeyOf, publicKeyOf } from "../engine/identity-key.ts";
import type { Crypto } from "../engine/ports.ts";
import { hashOfCanonical, type Hasher } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Signer } from "./signer.ts";

/**
 * Signatures that anybody can forge and that cost two hashes: for tests and simulations of everything but signatures.
 * They bind key, type and payload as real ones do, so a doctored delivery is still found.
 */
export function createTestCrypto(options: {
  readonly hasher: Hasher;
  /** Name of the node's key. */
  readonly node?: string;
  /** Hashes of stored evidence. */
  readonly evidence?: ReadonlySet<string>;
}): Crypto {
  const { hasher } = options;
  const node = testPublicKey(hasher, options.node ?? "node");
  return {
    node: identityKeyOf(node),
    sign: (bytes) => testSignature(hasher, node, bytes),
    verify: async (attestations) =>
      attestations.map((attestation) =>
        attestation.kind === "evidence"
          ? (options.evidence?.has(attestation.hash) ?? false)
          : isTestSignature(hasher, attestation),
      ),
  };
}

/** The client of this name; the same name is the same key for ever. */
export function createTestSigner(hasher: Hasher, name: string): Signer {
  const publicKey = testPublicKey(hasher, name);
  return {
    key: identityKeyOf(publicKey),
    sign: (type, payload) => {
      const body = canonicalize(payload);
      return base64urlOf(
        testSignature(hasher, publicKey, preAuthenticationEncoding(hasher, { type, body })),
      );
    },
  };
}

function isTestSignature(
  hasher: Hasher,
  attestation: Extract<Attestation, { kind: "signature" }>,
): boolean {
  const publicKey = publicKeyOf(attestation.key);
  const body = canonicalize(attestation.payload);
  if (publicKey === undefined || hashOfCanonical(hasher, body) !== attestation.payload_hash)
    return false;
  const bytes = preAuthenticationEncoding(hasher, { type: attestation.type, body });
  return base64urlOf(testSignature(hasher, publicKey, bytes)) === attestation.signature;
}

function testPublicKey(hasher: Hasher, name: string): Uint8Array {
  return hasher.sha256(`swoosh test key ${name}`);
}

function testSignature(hasher: Hasher, publicKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  const keyed = new Uint8Array(publicKey.length + bytes.length);
  keyed.set(publicKey, 0);
  keyed.set(bytes, publicKey.length);
  const first = hasher.sha256(keyed);
  const signature = new Uint8Array(64);
  signature.set(first, 0);
  signature.set(hasher.sha256(first), 32);
  return signature;
}
