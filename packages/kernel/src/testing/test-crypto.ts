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
  const isTestSignature = createVerifier(hasher);
  return {
    node: identityKeyOf(node),
    sign: (bytes) => testSignature(hasher, node, bytes),
    verify: async (attestations) =>
      attestations.map((attestation) =>
        attestation.kind === "evidence"
          ? (options.evidence?.has(attestation.hash) ?? false)
          : isTestSignature(attestation),
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

/** Verdicts that a crypto remembers; then it forgets all. */
const VERDICTS_MAX = 4_096;

/** Looks at each signature once: a log is verified again and again, and the payload's hash stands for the payload. */
function createVerifier(hasher: Hasher) {
  const verdicts = new Map<string, boolean>();
  return (attestation: Extract<Attestation, { kind: "signature" }>): boolean => {
    const { key, payload, payload_hash: hash, signature, type } = attestation;
    const body = canonicalize(payload);
    if (hashOfCanonical(hasher, body) !== hash) return false;
    const name = JSON.stringify([key, type, hash, signature]);
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    const publicKey = publicKeyOf(key);
    const holds =
      publicKey !== undefined &&
      base64urlOf(
        testSignature(hasher, publicKey, preAuthenticationEncoding(hasher, { type, body })),
      ) === signature;
    if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
    verdicts.set(name, holds);
    return holds;
  };
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
