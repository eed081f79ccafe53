import { canonicalize } from "@swoosh/kernel";
import type { PolicyScan } from "./policy-scan.ts";

/** UTF-16 units and form of a rationale in a project's document (`charts/project.yaml`). */
const RATIONALE_LENGTH_MAX = 99;
const NOT_IN_RATIONALE = /[^ !#-[\]-~]/g;

/** What is kept of a scan as evidence: canonical JSON of rules, places and salted hashes. */
export function scanEvidence(scan: PolicyScan): Uint8Array {
  return Buffer.from(
    canonicalize({
      count: scan.count,
      findings: scan.findings.map((finding) => ({ ...finding })),
      policy_version: scan.policyVersion,
      verdict: scan.verdict,
    }),
  );
}

/** The gravest finding and how many there are, in the form that a chart's `rationale` takes. */
export function rationaleOf(scan: PolicyScan): string {
  const gravest = scan.findings.find(({ verdict }) => verdict === scan.verdict);
  if (gravest === undefined) return `policy ${scan.policyVersion}: nothing found`;
  const others = scan.count === 1 ? "" : `; ${scan.count} findings in all`;
  const line = gravest.line === 0 ? "" : `:${gravest.line}`;
  const head = `${gravest.rule} in `;
  const place = `${gravest.place}${line}`.replaceAll(NOT_IN_RATIONALE, "?");
  const room = RATIONALE_LENGTH_MAX - head.length - others.length;
  const short = place.length <= room ? place : `...${place.slice(place.length - room + 3)}`;
  return head + short + others;
}
