import type { RefusalCode, Refused } from "../refusal.ts";
import { ABSENT_HASH } from "../hash.ts";
import { attestedVerdicts, proposalSetting } from "./attestations.ts";
import { answeredEffect } from "./answered-effect.ts";
import { forbiddenReasons, nobodyMay, roleFor } from "./authority.ts";
import type { Signer } from "./authority.ts";
import { buildRecord } from "./build-record.ts";
import { Draft } from "./draft.ts";
import type { Head } from "./document.ts";
import { compareHlc, formatHlc, nextHlc, normalHlc, parseHlc } from "./hlc.ts";
import type { Hlc } from "./hlc.ts";
import { instanceOf } from "./instance-name.ts";
import { PartJoiner } from "./join-parts.ts";
import type { Kernel } from "./kernel.ts";
import { endedRefusal, locate } from "./locate.ts";
import type { Located } from "./locate.ts";
import { operationHash } from "./operation.ts";
import { ReadLog } from "./read-log.ts";
import { refusal } from "./refusal-draft.ts";
import type { RefusalDraft } from "./refusal-draft.ts";
import type { Duplicate, ProposalInput, State, Verdict } from "./state.ts";
import { takeTransition } from "./take-transition.ts";

/** Decides about one signed proposal that passed the edge, in the order of refusal. */
export function reduceProposal(kernel: Kernel, state: State, input: ProposalInput): Verdict {
  const { proposal } = input;
  const instance = instanceOf(proposal);
  const head = state.head(instance);
  const refuse = (draft: RefusalDraft): Refused => refusedAt(draft, head, input);
  const hlc = parseHlc(proposal.hlc);
  if (hlc === undefined) {
    return refuse(refusal("malformed", [`hlc ${JSON.stringify(proposal.hlc)} is not an HLC`]));
  }
  const reads = new ReadLog(state);
  const holder = reads.holder(proposal.signer);
  if (holder === undefined) return refuse(unknownSigner(proposal.signer));
  const signer = { name: holder.name, context: holder.head.document.context };
  const known = knownOperation(kernel, input, instance);
  if (known !== null) return known.kind === "duplicate" ? known : refuse(known.refusal);
  const location = locate(state, instance, proposal.transition);
  if (!location.ok) return refuse(location.refusal);
  const { located } = location;
  const early =
    staleState(input, head) ??
    clockRefusal(state, input, { hlc, head }) ??
    forbidden(located, signer, input) ??
    endedRefusal(located);
  if (early !== null) return refuse(early);
  return decide(kernel, state, { input, located, hlc, reads, refuse });
}

interface Decision {
  readonly input: ProposalInput;
  readonly located: Located;
  readonly hlc: Hlc;
  readonly reads: ReadLog;
  refuse(draft: RefusalDraft): Refused;
}

/** From `not_enabled` on: everything that needs the chart to move. */
function decide(kernel: Kernel, state: State, decision: Decision): Verdict {
  const { input, located, hlc, reads, refuse } = decision;
  const { chart, declaration, instance } = located;
  const draft = new Draft(kernel, chart, located);
  const record = proposalSetting(draft, reads, input, attestedVerdicts(kernel, state, input));
  const { inputs, moment, proposal } = input;
  const refused = takeTransition(draft, record, { declaration, inputs, joinDepth: 1 });
  if (refused !== null) return refuse(refused);
  const joiner = new PartJoiner({ kernel, state, record, main: instance });
  const unjoined = joiner.join(draft.joins);
  if (unjoined !== null) return refuse({ ...unjoined, outcomes: draft.outcomes });
  const built = buildRecord(kernel.hasher, {
    moment,
    proposal,
    inputs,
    signature: input.signature,
    verdict: input.verdict,
    hlc,
    hlcText: normalHlc(proposal.hlc, hlc),
    origin: state.origin,
    flags: state.flags,
    main: draft,
    parts: joiner.parts,
    reads,
    installed: null,
  });
  return built.ok ? built.accepted : refuse({ ...built.refusal, outcomes: draft.outcomes });
}

function unknownSigner(key: string): RefusalDraft {
  return refusal("unknown_signer", [
    `no identity holds ${key}, or it was revoked; an operator registers keys with Identity_Register`,
  ]);
}

function knownOperation(
  kernel: Kernel,
  { proposal, seen }: ProposalInput,
  instance: string,
): Duplicate | { readonly kind: "conflict"; readonly refusal: RefusalDraft } | null {
  if (seen === undefined) return null;
  const operation = operationHash(kernel.hasher, {
    instance,
    transition: proposal.transition,
    inputsHash: proposal.inputs_hash,
    signer: proposal.signer,
  });
  if (operation === seen.operation) return { kind: "duplicate", index: seen.index };
  const reason = `idem_key ${proposal.idem_key} stands for another operation since index ${seen.index}; take a new key`;
  return { kind: "conflict", refusal: refusal("idem_conflict", [reason]) };
}

function staleState({ proposal }: ProposalInput, head: Head | undefined): RefusalDraft | null {
  const current = head?.hash ?? ABSENT_HASH;
  const { current_state_hash: named } = proposal;
  if (named === current) return null;
  const what = head === undefined ? "the instance does not exist: its hash is" : "the head is";
  return refusal("stale_state", [
    `the proposal saw ${named}`,
    `${what} ${current}; re-read it and resubmit under the same idem_key`,
  ]);
}

/** `clock_behind`, then `clock_ahead` (kernel design §3, Time). */
function clockRefusal(
  state: State,
  { moment, proposal }: ProposalInput,
  { hlc, head }: { readonly hlc: Hlc; readonly head: Head | undefined },
): RefusalDraft | null {
  const { behindMs, aheadMs } = state.bounds;
  const last = head === undefined ? undefined : parseHlc(head.document.hlc_last);
  if (last !== undefined && compareHlc(hlc, last) < 0) {
    const next = formatHlc(nextHlc(last));
    return refusal("clock_behind", [
      `hlc ${proposal.hlc} is before the instance's last, ${formatHlc(last)}; send ${next} or later`,
    ]);
  }
  const earliest = moment.now - behindMs;
  if (hlc.wallMs < earliest) {
    return refusal("clock_behind", [
      `hlc ${proposal.hlc} is ${moment.now - hlc.wallMs} ms behind the journal's clock; at most ${behindMs} are allowed`,
    ]);
  }
  if (hlc.wallMs > moment.now + aheadMs) {
    return refusal("clock_ahead", [
      `hlc ${proposal.hlc} is ${hlc.wallMs - moment.now} ms ahead of the journal's clock; at most ${aheadMs} are allowed`,
    ]);
  }
  return null;
}

/** Roles and scopes first, then the owner of the effect that is answered. */
function forbidden(
  { declaration, instance, head }: Located,
  signer: Signer,
  { inputs }: ProposalInput,
): RefusalDraft | null {
  if (
    nobodyMay(declaration) !== undefined ||
    roleFor(declaration, signer, instance) === undefined
  ) {
    return refusal("forbidden", forbiddenReasons(declaration, signer, instance));
  }
  if (declaration.answers.length === 0) return null;
  const answered = answeredEffect(head?.document.effects ?? [], declaration, inputs);
  if (answered.kind !== "fits" || answered.effect.owner === signer.name) return null;
  const { id, owner } = answered.effect;
  return refusal("forbidden", [`${id} is for ${owner} to answer; the signer is ${signer.name}`]);
}

function refusedAt(
  { code, guard, reasons, outcomes }: RefusalDraft,
  head: Head | undefined,
  { moment }: ProposalInput,
): Refused {
  const seen =
    head === undefined
      ? null
      : { hash: head.hash, hlc: head.document.hlc_last, index: moment.index - 1 };
  const named: RefusalCode = code;
  return { kind: "refused", code: named, guard, reasons, outcomes, head: seen };
}
