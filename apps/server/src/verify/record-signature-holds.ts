import { canonicalize, PROPOSAL_TYPE, type LogRecord } from "@swoosh/kernel";
import { loadSodium } from "../crypto/load-sodium.ts";
import { signatureHolds, verifyByOpenSsl } from "../crypto/signature-holds.ts";

const rawVerify = loadSodium() ?? verifyByOpenSsl;

/** The record's proposal was signed by its signer, strictly; engine records by the node, which replay holds against genesis. */
export function recordSignatureHolds({ proposal, signature }: LogRecord): boolean {
  const check = {
    body: canonicalize({ ...proposal }),
    key: proposal.signer,
    signature,
    type: PROPOSAL_TYPE,
  };
  return signatureHolds(check, rawVerify);
}
