import { parentPort } from "node:worker_threads";
import { loadSodium } from "./load-sodium.ts";
import type { CheckBatch, CheckedBatch } from "./check-batch.ts";
import { signatureHolds, verifyByOpenSsl } from "./signature-holds.ts";

const rawVerify = loadSodium() ?? verifyByOpenSsl;

parentPort?.on("message", ({ number, checks }: CheckBatch) => {
  const holds = Uint8Array.from(checks, (check) => (signatureHolds(check, rawVerify) ? 1 : 0));
  parentPort?.postMessage({ number, holds } satisfies CheckedBatch);
});
