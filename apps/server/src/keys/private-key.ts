import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import {
  base64urlOf,
  canonicalize,
  identityKeyOf,
  preAuthenticationEncoding,
  type Json,
} from "@swoosh/kernel/values";
import { hasher } from "../hasher.ts";
import { KeyProblem } from "./key-problem.ts";

/** Bytes of an SPKI key before the 32 raw ones (RFC 8410). */
const SPKI_PREFIX_BYTES = 12;
/** DER before the 32 secret bytes in PKCS#8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * An Ed25519 key that can sign. The secret stays in Node's key object: nothing here prints it, and what is printed of a
 * `PrivateKey` by mistake is its public name.
 */
export class PrivateKey {
  /** `hmmm:pubkey:…` */
  readonly identity: string;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    if (key.asymmetricKeyType !== "ed25519")
      throw new KeyProblem(
        `the key is of type ${key.asymmetricKeyType ?? "secret"}; Ed25519 is needed`,
      );
    this.#key = key;
    const spki = createPublicKey(key).export({ format: "der", type: "spki" });
    this.publicKey = new Uint8Array(spki.subarray(SPKI_PREFIX_BYTES));
    this.identity = identityKeyOf(this.publicKey);
  }

  static generate(): PrivateKey {
    return new PrivateKey(generateKeyPairSync("ed25519").privateKey);
  }

  /** From the 32 bytes that RFC 8032 calls the secret key: for tests, whose keys are no secret. */
  static fromSeed(seed: Uint8Array): PrivateKey {
    const key = Buffer.concat([PKCS8_PREFIX, seed]);
    return new PrivateKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
  }

  /** From PEM (PKCS#8). */
  static fromPem(pem: string): PrivateKey {
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch (error) {
      throw new KeyProblem("no private key in PEM (PKCS#8) is there", { cause: error });
    }
    return new PrivateKey(key);
  }

  /** PKCS#8 in PEM: the secret itself. For key files, and nothing else. */
  toPem(): string {
    return String(this.#key.export({ format: "pem", type: "pkcs8" }));
  }

  /** 64 bytes, deterministic (RFC 8032). */
  signBytes(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#key);
  }

  /** base64url of the 64 bytes over the DSSE encoding of `type` and the canonical bytes of `payload`. */
  sign(type: string, payload: Json): string {
    const body = canonicalize(payload);
    return base64urlOf(this.signBytes(preAuthenticationEncoding(hasher, { type, body })));
  }

  toJSON(): string {
    return this.identity;
  }
}
