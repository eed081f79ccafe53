import type { JsonObject, Registry } from "@swoosh/kernel";
import { createTestCrypto, createTestSigner, nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import {
  memberSetHash,
  quorumCertificate,
  quorumOf,
  VOTE_TYPE,
  votePayload,
  type CertificateSubject,
} from "./quorum-certificate.ts";

const guard = quorumCertificate(nodeHasher);
const registry: Registry = { identityOf: () => undefined, operatorOtherThan: () => undefined };
const HASH = `sha256-${"1".repeat(64)}`;
const OTHER_HASH = `sha256-${"2".repeat(64)}`;

const signers = ["a", "b", "c", "d", "e"]
  .map((name) => createTestSigner(nodeHasher, name))
  .toSorted((one, other) => (one.key < other.key ? -1 : 1));
const seated = signers.slice(0, 3);
const stranger = signers[3] ?? createTestSigner(nodeHasher, "d");
const members = seated.map(({ key }) => key);

const subject: CertificateSubject = {
  chart_hash: HASH,
  instance: "project/acme",
  member_set_hash: memberSetHash(nodeHasher, members),
  origin: `test/${"0".repeat(32)}`,
  term: 2,
};
const about = { content_hash: HASH, version: 1 };

function vote(
  signer: (typeof signers)[number],
  given: { choice?: string; subject?: CertificateSubject; about?: typeof about } = {},
) {
  const choice = given.choice ?? "approve";
  const payload = votePayload(given.subject ?? subject, given.about ?? about, choice);
  return { choice, member: signer.key, signature: signer.sign(VOTE_TYPE, payload) };
}

const votes = seated.map((one) => vote(one));

async function verdictOn(change: JsonObject) {
  const args: JsonObject = {
    ...about,
    chart_hash: subject.chart_hash,
    instance: subject.instance,
    least: 1,
    members,
    origin: subject.origin,
    quorum: 0,
    subject: { ...subject },
    term: subject.term,
    votes,
    ...change,
  };
  const asked = guard.attest?.(args) ?? [];
  const verdict = await createTestCrypto({ hasher: nodeHasher }).verify(asked);
  return guard.check(args, verdict, registry);
}

describe("a quorum certificate", () => {
  it.each<readonly [name: string, change: JsonObject, reason: string]>([
    ["all sign", {}, "3 of 3 members signed"],
    ["a majority signs", { votes: votes.slice(0, 2) }, "2 of 3 members signed"],
    [
      "one who is against does no harm",
      { votes: [...votes.slice(0, 2), vote(seated[2] ?? stranger, { choice: "reject" })] },
      "2 of 3 members signed",
    ],
    [
      "fewer are enough where it is said so",
      { quorum: 1, votes: votes.slice(0, 1) },
      "1 of 3 members signed",
    ],
  ])("holds where %s", async (_name, change, reason) => {
    expect(await verdictOn(change)).toEqual({ ok: true, reasons: [reason] });
  });

  it.each<readonly [name: string, change: JsonObject, reason: RegExp]>([
    ["one of three signs", { votes: votes.slice(0, 1) }, /^1 of 3 members approve; 2 must$/],
    ["nobody signs", { votes: [] }, /^0 of 3 members approve; 2 must$/],
    [
      "all are needed and one is missing",
      { quorum: 3, votes: votes.slice(0, 2) },
      /2 of 3 members approve; 3 must/,
    ],
    [
      "somebody votes twice",
      { votes: [...votes.slice(0, 2), ...votes.slice(0, 1)] },
      /vote 3 is hmmm:pubkey:.*'s second/,
    ],
    [
      "a stranger votes",
      { votes: [...votes.slice(0, 2), vote(stranger)] },
      /vote 3 is by hmmm:pubkey:.*, no member/,
    ],
    [
      "a signature is of another term",
      {
        votes: [
          ...votes.slice(0, 2),
          vote(seated[2] ?? stranger, { subject: { ...subject, term: 1 } }),
        ],
      },
      /vote 3 does not carry the signature/,
    ],
    [
      "a signature is for other content",
      {
        votes: seated.map((one) => vote(one, { about: { content_hash: OTHER_HASH, version: 1 } })),
      },
      /vote 1 does not carry/,
    ],
    [
      "a signature is for another version",
      { votes: seated.map((one) => vote(one, { about: { content_hash: HASH, version: 2 } })) },
      /vote 1 does not carry/,
    ],
    [
      "a choice was changed after signing",
      { votes: [{ ...votes[0], choice: "reject" }, ...votes.slice(1)] as JsonObject[] },
      /vote 1 does not carry/,
    ],
    ["the term is over", { term: 3 }, /the certificate's term is 2; here it is 3/],
    [
      "it is of another instance",
      { instance: "project/other" },
      /the certificate's instance is project\/acme/,
    ],
    ["it is of another log", { origin: `test/${"9".repeat(32)}` }, /the certificate's origin is/],
    ["it is under another chart", { chart_hash: OTHER_HASH }, /the certificate's chart_hash is/],
    [
      "the member set is another",
      { subject: { ...subject, member_set_hash: OTHER_HASH } },
      /the certificate's member_set_hash is/,
    ],
    ["the members are not sorted", { members: members.toReversed() }, /not sorted by bytes/],
    [
      "a member is there twice",
      { members: [members[0] ?? "", ...members] },
      /not sorted by bytes, each once/,
    ],
    ["the council is too small", { least: 4 }, /3 members are proposed; a council has 4 at least/],
  ])("does not hold where %s", async (_name, change, reason) => {
    const verdict = await verdictOn(change);
    expect(verdict.ok).toBe(false);
    expect(verdict.reasons.join("\n")).toMatch(reason);
  });

  it("needs more than half", () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(quorumOf)).toEqual([1, 2, 2, 3, 3, 4, 4]);
  });
});
