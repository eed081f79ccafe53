import { createGuards, type CertificateSubject, type Vote } from "@swoosh/guards";
import type { Hasher, JsonObject } from "@swoosh/kernel/values";
import { verifyDsse, type SdkPorts } from "@swoosh/sdk";
import { canonicalize } from "@swoosh/kernel/values";

/** What a certificate should be about, where somebody knows; the rest is taken from the certificate itself. */
export interface WantedSubject {
  readonly chart_hash?: string;
  readonly instance?: string;
  readonly origin?: string;
  readonly term?: number;
}

export interface CheckedCertificate {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly subject: CertificateSubject;
  readonly members: number;
}

interface Certificate {
  readonly content_hash: string;
  readonly members: readonly { readonly key: string }[];
  readonly subject: CertificateSubject;
  readonly version: number;
  readonly votes: readonly Vote[];
}

/**
 * Checks a quorum certificate without a server: the guard that the chart names, with every signature checked here. Takes the
 * inputs of `Council_QuorumCert`, or a record with them. Undefined: it is no certificate.
 */
export async function checkCertificate(
  ports: Pick<SdkPorts, "hasher" | "verify">,
  value: unknown,
  wanted: WantedSubject = {},
): Promise<CheckedCertificate | undefined> {
  const certificate = certificateIn(value);
  const guard = createGuards(ports.hasher).find(({ name }) => name === "quorumCertificate");
  if (certificate === undefined || guard?.attest === undefined) return undefined;
  const { content_hash, members, subject, version, votes } = certificate;
  const args: JsonObject = JSON.parse(
    JSON.stringify({
      chart_hash: wanted.chart_hash ?? subject.chart_hash,
      content_hash,
      instance: wanted.instance ?? subject.instance,
      least: 1,
      members: members.map(({ key }) => key),
      origin: wanted.origin ?? subject.origin,
      quorum: 0,
      subject,
      term: wanted.term ?? subject.term,
      version,
      votes,
    }),
  );
  const verdict = await Promise.all(guard.attest(args).map((one) => holds(ports, one)));
  const { ok, reasons } = guard.check(args, verdict, { identityOf: none, operatorOtherThan: none });
  return { ok, reasons, subject, members: members.length };
}

type Attested = ReturnType<NonNullable<ReturnType<typeof createGuards>[number]["attest"]>>[number];

async function holds(
  ports: { readonly hasher: Hasher } & Pick<SdkPorts, "verify">,
  attested: Attested,
): Promise<boolean> {
  if (attested.kind !== "signature") return false;
  const { key, payload, signature, type } = attested;
  return verifyDsse(ports, { signer: key, type, body: canonicalize(payload), signature });
}

function certificateIn(value: unknown): Certificate | undefined {
  const outer = Object(value);
  const inner = Object(outer["subject"] === undefined ? outer["inputs"] : outer);
  const { content_hash, members, subject, version, votes } = inner;
  if (typeof content_hash !== "string" || typeof version !== "number") return undefined;
  if (!Array.isArray(members) || !Array.isArray(votes)) return undefined;
  const { chart_hash, instance, member_set_hash, origin, term } = Object(subject);
  if ([chart_hash, instance, member_set_hash, origin].some((one) => typeof one !== "string"))
    return undefined;
  if (typeof term !== "number") return undefined;
  return {
    content_hash,
    members: members.map((one) => ({ key: String(Object(one)["key"]) })),
    subject: { chart_hash, instance, member_set_hash, origin, term },
    version,
    votes: votes.map((one) => {
      const { choice, member, signature } = Object(one);
      return { choice: String(choice), member: String(member), signature: String(signature) };
    }),
  };
}

function none(): undefined {
  return undefined;
}
