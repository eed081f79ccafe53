import type { LeafHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { LogRecord, ProposalBody } from "../log/record.ts";
import { normalHlc, parseHlc } from "./hlc.ts";
import { instanceOf } from "./instance-name.ts";

/** Name of a decision record: a replay gives the same, a redaction never changes it. */
export function decisionId(leaf: LeafHash): string {
  return `bubble://dr/sha256-${leaf}`;
}

/** Body of the 202 answer (transition API): canonical JSON from the record and its leaf hash alone. */
export function answer(record: LogRecord, leaf: LeafHash): string {
  const { configuration, index, outcomes, post, pre, proposal } = record;
  return canonicalize({
    configuration,
    decision: decisionId(leaf),
    guard_outcomes: outcomes.map(({ guard, ok, reasons }) => ({ guard, ok, reasons })),
    hlc: hlcOf(proposal),
    index,
    instance: instanceOf(proposal),
    record_hash: leaf,
    state_post_hash: post,
    state_pre_hash: pre,
    status: "accepted",
    transition: proposal.transition,
  });
}

/** The proposal's clock in normal form. */
export function hlcOf({ hlc }: ProposalBody): string {
  const parsed = parseHlc(hlc);
  return parsed === undefined ? hlc : normalHlc(hlc, parsed);
}
