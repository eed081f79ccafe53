import {
  canonicalize,
  decisionId,
  isValueHash,
  normalHlc,
  parseHlc,
  type Json,
} from "@swoosh/kernel/values";
import { wireProblem, type Accepted, type UnsignedProposal } from "@swoosh/protocol";
import { jsonIn } from "./exchange.ts";

/** What came back for a proposal. */
export interface AnswerClaim {
  /** The body, byte for byte. */
  readonly text: string;
  /** The proposal that was sent. */
  readonly sent: UnsignedProposal;
  /** The server says that it is the first answer again: that one was made for another delivery. */
  readonly replayed: boolean;
}

export type VerifiedAnswer =
  | { readonly ok: true; readonly answer: Accepted }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Whether a 202 answers this proposal: canonical bytes, every field in its form, the same operation, the head and clock
 * that were proposed, and a decision named after its record. It cannot say that the record is in the log: for that see
 * `verifyRecord` and `verifyInLog`.
 */
export function verifyAnswer(claim: AnswerClaim): VerifiedAnswer {
  const { text, sent, replayed } = claim;
  const value = jsonIn(text);
  if (!isAccepted(value))
    return { ok: false, problems: [wireProblem("Accepted", value) ?? "it is no answer"] };
  const problems: string[] = [];
  const expect = (name: string, found: string, wanted: string): void => {
    if (found !== wanted) problems.push(`${name} is ${found}, but ${wanted} was proposed`);
  };
  if (canonicalize(value) !== text) problems.push("its bytes are not canonical JSON");
  expect("instance", value.instance, sent.instance ?? "project/default");
  expect("transition", value.transition, sent.transition);
  if (value.decision !== decisionId(value.record_hash))
    problems.push(`decision ${value.decision} is not that of record ${value.record_hash}`);
  if (!isValueHash(value.state_post_hash)) problems.push("the post hash is none");
  if (!replayed) {
    const sentHlc = parseHlc(sent.hlc);
    expect("the pre hash", value.state_pre_hash, sent.current_state_hash);
    expect("hlc", value.hlc, sentHlc === undefined ? sent.hlc : normalHlc(sent.hlc, sentHlc));
  }
  return problems.length === 0 ? { ok: true, answer: value } : { ok: false, problems };
}

/** The schema has said so. */
function isAccepted(value: unknown): value is Accepted & { readonly [key: string]: Json } {
  return wireProblem("Accepted", value) === undefined;
}
