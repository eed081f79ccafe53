import { memberSetHash, VOTE_TYPE, votePayload, type CertificateSubject } from "@swoosh/guards";
import { canonicalize } from "@swoosh/kernel";
import { createWebPorts, generateWebSigner, signJson } from "@swoosh/sdk";
import { beforeAll, describe, expect, it } from "vitest";
import { checkCertificate } from "./check-certificate.ts";

const ports = createWebPorts(globalThis);
const HASH = `sha256-${"a".repeat(64)}`;

interface Given {
  readonly content_hash: string;
  readonly members: readonly { readonly key: string; readonly role: string }[];
  readonly subject: CertificateSubject;
  readonly version: number;
  readonly votes: readonly {
    readonly choice: string;
    readonly member: string;
    readonly signature: string;
  }[];
}

let certificate: Given;

beforeAll(async () => {
  const signers = await Promise.all([1, 2, 3].map(() => generateWebSigner(globalThis)));
  const sorted = signers.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const subject: CertificateSubject = {
    chart_hash: HASH,
    instance: "project/a",
    member_set_hash: memberSetHash(
      ports.hasher,
      sorted.map(({ key }) => key),
    ),
    origin: "swoosh/1",
    term: 2,
  };
  const about = { content_hash: HASH, version: 1 };
  const votes = await Promise.all(
    sorted.slice(0, 2).map(async (signer) => {
      const body = canonicalize(votePayload(subject, about, "approve"));
      const signature = await signJson(ports, signer, VOTE_TYPE, body);
      return { choice: "approve", member: signer.key, signature };
    }),
  );
  const members = sorted.map(({ key }) => ({ key, role: "builder" }));
  certificate = { ...about, members, subject, votes };
});

describe("a certificate, checked without a server", () => {
  it("holds by itself, in its record, and against what is pinned", async () => {
    expect(await checkCertificate(ports, certificate)).toMatchObject({ ok: true, members: 3 });
    expect(await checkCertificate(ports, { inputs: certificate })).toMatchObject({ ok: true });
    const wanted = { origin: "swoosh/1", instance: "project/a", term: 2, chart_hash: HASH };
    expect(await checkCertificate(ports, certificate, wanted)).toMatchObject({ ok: true });
  });

  it.each<readonly [what: string, change: (given: Given) => unknown, reason: string]>([
    ["other content", (given) => ({ ...given, version: 2 }), "does not carry the signature"],
    [
      "a choice that was not signed",
      (given) => ({ ...given, votes: given.votes.map((vote) => ({ ...vote, choice: "reject" })) }),
      "does not carry the signature",
    ],
    [
      "one vote twice",
      (given) => ({ ...given, votes: [given.votes[0], given.votes[0]] }),
      "second",
    ],
    ["too few votes", (given) => ({ ...given, votes: given.votes.slice(1) }), "1 of 3"],
    [
      "another set of members",
      (given) => ({ ...given, members: given.members.slice(1) }),
      "member_set_hash",
    ],
  ])("does not hold with %s", async (_what, change, reason) => {
    const checked = await checkCertificate(ports, change(certificate));
    expect(checked?.ok).toBe(false);
    expect(checked?.reasons.join("; ")).toContain(reason);
  });

  it("does not hold for another log, project or term than is asked for, and says what is none", async () => {
    for (const wanted of [{ origin: "swoosh/2" }, { instance: "project/b" }, { term: 3 }])
      expect(await checkCertificate(ports, certificate, wanted)).toMatchObject({ ok: false });
    for (const value of [undefined, {}, { inputs: 1 }, { ...certificate, subject: {} }])
      expect(await checkCertificate(ports, value)).toBeUndefined();
  });
});
