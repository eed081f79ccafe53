import crypto from "node:crypto";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { workerData } from "node:worker_threads";

/** Words that test and thread share, by their place. */
export const HELD = { opened: 0, checks: 1 } as const;

interface Sodium {
  crypto_sign_verify_detached: (...given: readonly unknown[]) => boolean;
}

/** The very object that `loadSodium` calls; undefined where it was not built for this machine. */
export function loadedSodium(): Sodium | undefined {
  try {
    const sodium: Sodium = createRequire(import.meta.url)("sodium-native");
    return sodium;
  } catch {
    return undefined;
  }
}

/** Whoever checks a signature in this thread is counted, and stands still in the middle of it until the test says go. */
function holdVerification(words: Int32Array): void {
  const held =
    <Given extends readonly unknown[], Result>(check: (...given: Given) => Result) =>
    (...given: Given): Result => {
      Atomics.add(words, HELD.checks, 1);
      Atomics.wait(words, HELD.opened, 0);
      return check(...given);
    };
  const sodium = loadedSodium();
  if (sodium !== undefined)
    sodium.crypto_sign_verify_detached = held(sodium.crypto_sign_verify_detached);
  Object.assign(crypto, { verify: held(crypto.verify) });
  syncBuiltinESMExports();
}

// Loaded by `--import` into a thread before what it is made for; a test that imports the places has no such data.
if (workerData instanceof Int32Array) holdVerification(workerData);
