import type { Attestation, NativeGuard, Schema } from "@swoosh/kernel";
import { valueHash, type Hasher, type JsonObject } from "@swoosh/kernel/values";
import { MEMBERS_MAX } from "./limits.ts";
import { typedArguments } from "./typed-arguments.ts";
import { COUNT, HASH, KEY } from "./words.ts";

/** DSSE payload type of a vote. */
export const VOTE_TYPE = "application/vnd.swoosh.vote.v1+json";

/** What a vote is about: one council of one term, of one instance of one log, under one chart. */
export interface CertificateSubject {
  readonly chart_hash: string;
  readonly instance: string;
  readonly member_set_hash: string;
  readonly origin: string;
  readonly term: number;
}

/** The content that the council is elected for. */
export interface CertificateFor {
  readonly content_hash: string;
  readonly version: number;
}

export interface Vote {
  readonly choice: string;
  readonly member: string;
  readonly signature: string;
}

/** Canonical JSON of this is what a member signs (orchestrator design §3). */
export function votePayload(
  subject: CertificateSubject,
  about: CertificateFor,
  choice: string,
): JsonObject {
  return {
    chart_hash: subject.chart_hash,
    choice,
    for: { content_hash: about.content_hash, version: about.version },
    instance: subject.instance,
    member_set_hash: subject.member_set_hash,
    origin: subject.origin,
    term: subject.term,
  };
}

/** Value hash of the members' names, sorted by bytes. */
export function memberSetHash(hasher: Hasher, members: readonly string[]): string {
  return valueHash(hasher, [...members].sort(byBytes));
}

/** More than half. */
export function quorumOf(members: number): number {
  return (members - (members % 2)) / 2 + 1;
}

interface Arguments {
  readonly chart_hash: string;
  readonly content_hash: string;
  readonly instance: string;
  readonly least: number;
  readonly members: readonly string[];
  readonly origin: string;
  readonly quorum: number;
  readonly subject: CertificateSubject;
  readonly term: number;
  readonly version: number;
  readonly votes: readonly Vote[];
}

const ARGUMENTS: Schema = {
  type: "object",
  required: [
    "chart_hash",
    "content_hash",
    "instance",
    "least",
    "members",
    "origin",
    "quorum",
    "subject",
    "term",
    "version",
    "votes",
  ],
  properties: {
    chart_hash: HASH,
    content_hash: HASH,
    instance: { type: "string", maxLength: 161 },
    least: { type: "integer", minimum: 1, maximum: MEMBERS_MAX },
    members: { type: "array", items: KEY, maxItems: MEMBERS_MAX },
    origin: { type: "string", maxLength: 161 },
    quorum: { type: "integer", minimum: 0, maximum: MEMBERS_MAX },
    subject: {
      type: "object",
      required: ["chart_hash", "instance", "member_set_hash", "origin", "term"],
      properties: {
        chart_hash: HASH,
        instance: { type: "string", maxLength: 161 },
        member_set_hash: HASH,
        origin: { type: "string", maxLength: 161 },
        term: COUNT,
      },
    },
    term: COUNT,
    version: COUNT,
    votes: {
      type: "array",
      maxItems: MEMBERS_MAX,
      items: {
        type: "object",
        required: ["choice", "member", "signature"],
        properties: {
          choice: { type: "string", enum: ["approve", "reject"] },
          member: KEY,
          signature: { type: "string", pattern: "^[A-Za-z0-9_-]{86}$", maxLength: 86 },
        },
      },
    },
  },
};

/**
 * A certificate seats a council (orchestrator design §3): every vote is by another member of the proposed set and signed
 * by it, the subject is this instance, log, chart, member set and term, and `approve` has a quorum.
 *
 * Arguments: `subject` and `votes` of the certificate; `members`: the proposed set, sorted; `origin`, `instance`,
 * `chart_hash`, `term`, `content_hash`, `version`: what the subject and the votes must be about; `quorum`: votes needed, 0
 * for more than half; `least`: members needed.
 */
export function quorumCertificate(hasher: Hasher): NativeGuard {
  return {
    name: "quorumCertificate",
    version: 1,
    arguments: ARGUMENTS,
    attest: (args) => attestationsOf(hasher, typedArguments<Arguments>(args)),
    check(args, verdict) {
      const given = typedArguments<Arguments>(args);
      const reasons = [
        ...wrongSubject(hasher, given),
        ...wrongMembers(given),
        ...wrongVotes(given, verdict),
      ];
      const needed = given.quorum === 0 ? quorumOf(given.members.length) : given.quorum;
      const approvals = given.votes.filter(({ choice }) => choice === "approve").length;
      if (approvals < needed)
        reasons.push(`${approvals} of ${given.members.length} members approve; ${needed} must`);
      if (reasons.length > 0) return { ok: false, reasons };
      return { ok: true, reasons: [`${approvals} of ${given.members.length} members signed`] };
    },
  };
}

function attestationsOf(hasher: Hasher, given: Arguments): readonly Attestation[] {
  return given.votes.map(({ choice, member, signature }) => {
    const payload = votePayload(given.subject, given, choice);
    const payloadHash = valueHash(hasher, payload);
    return {
      kind: "signature",
      key: member,
      type: VOTE_TYPE,
      payload,
      payload_hash: payloadHash,
      signature,
    };
  });
}

function wrongSubject(hasher: Hasher, given: Arguments): readonly string[] {
  const { subject } = given;
  const wanted: CertificateSubject = {
    chart_hash: given.chart_hash,
    instance: given.instance,
    member_set_hash: memberSetHash(hasher, given.members),
    origin: given.origin,
    term: given.term,
  };
  const names = ["origin", "instance", "chart_hash", "term", "member_set_hash"] as const;
  return names
    .filter((name) => subject[name] !== wanted[name])
    .map((name) => `the certificate's ${name} is ${subject[name]}; here it is ${wanted[name]}`);
}

function wrongMembers({ least, members }: Arguments): readonly string[] {
  const reasons: string[] = [];
  const isSorted = members.every(
    (one, place) => place === 0 || byBytes(members[place - 1] ?? "", one) < 0,
  );
  if (!isSorted) reasons.push("the proposed members are not sorted by bytes, each once");
  if (members.length < least)
    reasons.push(`${members.length} members are proposed; a council has ${least} at least`);
  return reasons;
}

function wrongVotes({ members, votes }: Arguments, verdict: readonly boolean[]): readonly string[] {
  const reasons: string[] = [];
  const voted = new Set<string>();
  for (const [place, { member }] of votes.entries()) {
    if (!members.includes(member)) reasons.push(`vote ${place + 1} is by ${member}, no member`);
    else if (voted.has(member)) reasons.push(`vote ${place + 1} is ${member}'s second`);
    else if (verdict[place] !== true)
      reasons.push(`vote ${place + 1} does not carry the signature of ${member}`);
    voted.add(member);
  }
  return reasons;
}

/** Names are ASCII: units are bytes. */
function byBytes(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
