import type { ProposalBody } from "../log/record.ts";
import { DEFAULT_INSTANCE } from "../reduce/instance-name.ts";

/** The instance that a proposal is for. */
export function instanceOf(proposal: ProposalBody): string {
  return proposal.instance ?? DEFAULT_INSTANCE;
}
