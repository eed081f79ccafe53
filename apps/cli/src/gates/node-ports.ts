import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock, Crypto, Random } from "@swoosh/kernel";
import {
  base64urlOf,
  canonicalize,
  hashOfCanonical,
  identityKeyOf,
  isStrictEd25519,
  preAuthenticationEncoding,
  publicKeyOf,
  signatureBytesOf,
  type Json,
} from "@swoosh/kernel/values";
import { hasher } from "../hasher.ts";
import { WorldError } from "../world-error.ts";

/** DER before the 32 bytes of a public key (RFC 8410, SPKI). */
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Somebody who can sign: a key in a file. */
export interface KeyHolder {
  /** `hmmm:pubkey:…` */
  readonly identity: string;
  readonly publicKey: Uint8Array;
  signBytes(bytes: Uint8Array): Uint8Array;
  /** base64url over the DSSE encoding of `type` and the canonical bytes of `payload`. */
  signPayload(type: string, payload: Json): string;
}

/** The key in a PKCS#8 PEM file. WorldError where it is none. */
export function readKey(path: string): KeyHolder {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path));
  } catch (cause) {
    throw new WorldError(
      `${path}: no private key can be read (${cause instanceof Error ? cause.message : String(cause)}); give an Ed25519 key as PKCS#8 PEM`,
      { cause },
    );
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new WorldError(
      `${path}: the key is ${key.asymmetricKeyType ?? "unknown"}; an Ed25519 key is needed`,
    );
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = new Uint8Array(der.subarray(PUBLIC_PREFIX.length));
  return {
    identity: identityKeyOf(publicKey),
    publicKey,
    signBytes: (bytes) => sign(null, bytes, key),
    signPayload: (type, payload) => {
      const body = canonicalize(payload);
      return base64urlOf(sign(null, preAuthenticationEncoding(hasher, { type, body }), key));
    },
  };
}

/** undefined: there is no such file. */
export function keyIfThere(path: string): KeyHolder | undefined {
  return existsSync(path) ? readKey(path) : undefined;
}

/** The key of this name in a folder, made where it is missing (mode 0600, durable before it is used). */
export function keyOf(folder: string, name: string): KeyHolder {
  const path = join(folder, `${name}.pem`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      writeFileSync(
        file,
        generateKeyPairSync("ed25519")
          .privateKey.export({ format: "pem", type: "pkcs8" })
          .toString(),
      );
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readKey(path);
}

/** Real Ed25519 with the kernel's strict checks, on this thread: a run signs some hundred records at most. */
export function nodeCrypto(node: KeyHolder, hasEvidence: (hash: string) => boolean): Crypto {
  return {
    node: node.identity,
    sign: (bytes) => node.signBytes(bytes),
    verify: async (attestations) =>
      attestations.map((attestation) => {
        if (attestation.kind === "evidence") return hasEvidence(attestation.hash);
        const publicKey = publicKeyOf(attestation.key);
        const signature = signatureBytesOf(attestation.signature);
        const body = canonicalize(attestation.payload);
        if (publicKey === undefined || signature === undefined) return false;
        if (hashOfCanonical(hasher, body) !== attestation.payload_hash) return false;
        const bytes = preAuthenticationEncoding(hasher, { type: attestation.type, body });
        return holds({ publicKey, signature, bytes });
      }),
  };
}

function holds(parts: {
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
    // Not a point of the curve.
    return false;
  }
}

export const nodeRandom: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };

/** Timers do not keep a command alive that has nothing else to do. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(1, at - Date.now()), 2_147_483_647));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
