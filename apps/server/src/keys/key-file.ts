import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { ageIdentities } from "./age-identity.ts";
import { decryptAge, encryptAgeArmored, isAgeFile } from "./age.ts";
import { KeyProblem } from "./key-problem.ts";
import { PrivateKey } from "./private-key.ts";

/** Only its owner may read it. */
const KEY_FILE_MODE = 0o600;

/**
 * Writes a new key file, for `recipients` encrypted with age; never over one that is there, for a lost key cannot be had
 * again. Durable when it returns.
 */
export function writeKeyFile(
  path: string,
  key: PrivateKey,
  recipients: readonly string[] = [],
): void {
  const pem = key.toPem();
  const text = recipients.length === 0 ? pem : encryptAgeArmored(pem, recipients);
  const file = openSync(path, "wx", KEY_FILE_MODE);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    // Half a key is none, and would keep the next one from its place.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
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
