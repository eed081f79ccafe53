import { PROPOSAL_TYPE, valueHash } from "@swoosh/kernel";
import type { Findings } from "./finding.ts";
import type { KnownRecord } from "./read-history.ts";
import type { Judge } from "./recompute.ts";

/** Check 7, second half: each record carries the signature of its signer over its proposal; the node's over its own. */
export async function checkSignatures(
  { crypto, kernel }: Judge,
  records: readonly KnownRecord[],
  findings: Findings,
): Promise<void> {
  const holds = await crypto.verify(
    records.map(({ record: { proposal, signature } }) => {
      const payload = { ...proposal };
      return {
        kind: "signature",
        key: proposal.signer,
        type: PROPOSAL_TYPE,
        payload,
        payload_hash: valueHash(kernel.hasher, payload),
        signature,
      };
    }),
  );
  for (const [place, { index, record }] of records.entries())
    findings.expect(
      holds[place] === true,
      "records",
      () => `record ${index} carries no signature of ${record.proposal.signer} over its proposal`,
    );
}
