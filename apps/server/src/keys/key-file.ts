import { readFileSync } from "node:fs";
import { ageIdentities } from "./age-identity.ts";
import { decryptAge, encryptAgeArmored, isAgeFile } from "./age.ts";
import { KeyProblem } from "./key-problem.ts";
import { PrivateKey } from "./private-key.ts";
import { storeOnce } from "./store-once.ts";

/**
 * Writes a new key file, for `recipients` encrypted with age; never over one that is there. Durable when it returns, and there
 * as a whole or not at all. Throws the system's error, `EEXIST` where the name is taken.
 */
export function writeKeyFile(
  path: string,
  key: PrivateKey,
  recipients: readonly string[] = [],
): void {
  const pem = key.toPem();
  const text = recipients.length === 0 ? pem : encryptAgeArmored(pem, recipients);
  storeOnce(path, text);
}

/** Reads a PEM key file, encrypted with age or not; the message names the file, never what is in it. */
export function readKeyFile(path: string): PrivateKey {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new KeyProblem(`${path} cannot be read; is it there, and yours?`, { cause: error });
  }
  try {
    const pem = isAgeFile(bytes) ? decryptAge(bytes, ageIdentities()) : bytes;
    return PrivateKey.fromPem(Buffer.from(pem).toString("utf8"));
  } catch (error) {
    const why = error instanceof KeyProblem ? error.message : String(error);
    throw new KeyProblem(`${path}: ${why}`, { cause: error });
  }
}
