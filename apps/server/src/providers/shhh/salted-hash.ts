import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { storeOnce } from "../../keys/store-once.ts";
import { NodeProblem } from "../../node/node-problem.ts";

const SALT_BYTES = 32;
const HEX_LENGTH = 32;

/** Hash of a secret that says nothing to who lacks the salt. */
export type SaltedHash = (secret: string) => string;

/** HMAC-SHA-256 under the salt, cut to 128 bits: `salted-` and 32 hex. */
export function saltedHash(salt: Uint8Array): SaltedHash {
  return (secret) =>
    `salted-${createHmac("sha256", salt).update(secret, "utf8").digest("hex").slice(0, HEX_LENGTH)}`;
}

/**
 * The salt of an installation, made where it is not there yet. Durable when it returns; only its owner may read it. Throws
 * `NodeProblem` where what is there is none.
 */
export function saltOf(path: string): Uint8Array {
  if (existsSync(path)) {
    const salt = readFileSync(path);
    if (salt.length === SALT_BYTES) return salt;
    throw new NodeProblem(
      `${path} has ${salt.length} bytes; a salt has ${SALT_BYTES}. Restore it from a backup, or remove it: hashes of secrets found from then on differ from earlier ones`,
    );
  }
  const salt = randomBytes(SALT_BYTES);
  storeOnce(path, salt);
  return salt;
}
