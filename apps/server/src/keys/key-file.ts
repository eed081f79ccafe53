import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { KeyProblem } from "./key-problem.ts";
import { PrivateKey } from "./private-key.ts";

/** Only its owner may read it. */
const KEY_FILE_MODE = 0o600;

/** Writes a new key file; never over one that is there, for a lost key cannot be had again. Durable when it returns. */
export function writeKeyFile(path: string, key: PrivateKey): void {
  const file = openSync(path, "wx", KEY_FILE_MODE);
  try {
    writeSync(file, key.toPem());
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Reads a PEM key file; the message names the file, never what is in it. */
export function readKeyFile(path: string): PrivateKey {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw new KeyProblem(`${path} cannot be read; is it there, and yours?`, { cause: error });
  }
  try {
    return PrivateKey.fromPem(pem);
  } catch (error) {
    const why = error instanceof KeyProblem ? error.message : String(error);
    throw new KeyProblem(`${path}: ${why}`, { cause: error });
  }
}
