/** What a policy says of one finding, and of a text or of content as a whole: the gravest of its findings. */
export type PolicyVerdict = "allow" | "redact" | "deny";

/** A secret as it is known afterwards: which rule, where, and a salted hash. Never the secret. */
export interface PolicyFinding {
  readonly rule: string;
  readonly verdict: PolicyVerdict;
  /** Path of a file, or what the text was: `inputs.reason`. */
  readonly place: string;
  /** 1-based; 0 where the file as a whole is meant. */
  readonly line: number;
  /** `salted-` and 32 hex: equal for equal secrets of one installation, of no use to anybody without its salt. */
  readonly hash: string;
}

export interface PolicyScan {
  readonly policyVersion: number;
  readonly verdict: PolicyVerdict;
  /** How many there are. */
  readonly count: number;
  /** The first `FINDINGS_KEPT_MAX`, in the order in which they stand. */
  readonly findings: readonly PolicyFinding[];
}

/** Findings of one scan that are named; the rest is counted. */
export const FINDINGS_KEPT_MAX = 200;

const GRAVITY: readonly PolicyVerdict[] = ["allow", "redact", "deny"];

export function graver(one: PolicyVerdict, other: PolicyVerdict): PolicyVerdict {
  return GRAVITY.indexOf(one) >= GRAVITY.indexOf(other) ? one : other;
}

/** Scans of several texts under one policy, as one. */
export function joinScans(policyVersion: number, scans: readonly PolicyScan[]): PolicyScan {
  const findings: PolicyFinding[] = [];
  let count = 0;
  let verdict: PolicyVerdict = "allow";
  for (const scan of scans) {
    count += scan.count;
    verdict = graver(verdict, scan.verdict);
    const room = FINDINGS_KEPT_MAX - findings.length;
    findings.push(...scan.findings.slice(0, room));
  }
  return { policyVersion, verdict, count, findings };
}
