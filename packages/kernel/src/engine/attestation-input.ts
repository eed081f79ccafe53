import type { Moment, ProposalInput } from "../reduce/state.ts";
import type { SignedProposal } from "./parse-proposal.ts";

/** A proposal as `attestations` wants it: it looks at neither the verdict nor the key. */
export function attestationInput(signed: SignedProposal, moment: Moment): ProposalInput {
  return {
    kind: "proposal",
    moment,
    proposal: signed.proposal,
    inputs: signed.inputs,
    signature: signed.signature,
    verdict: [],
    seen: undefined,
  };
}
