import { parentPort } from "node:worker_threads";
import { loadSodium } from "./load-sodium.ts";
import { unpackChecks, type CheckBatch, type CheckedBatch } from "./check-batch.ts";
import { signatureHolds, verifyByOpenSsl } from "./signature-holds.ts";

const rawVerify = loadSodium() ?? verifyByOpenSsl;

/** Null is the last message: with its port the thread has nothing to wait for, and ends. */
parentPort?.on("message", (batch: CheckBatch | null) => {
  if (batch === null) {
    parentPort?.close();
    return;
  }
  const { number, text } = batch;
  const holds = Uint8Array.from(unpackChecks(text), (check) =>
    signatureHolds(check, rawVerify) ? 1 : 0,
  );
  parentPort?.postMessage({ number, holds } satisfies CheckedBatch);
});
