import type { Admission } from "../egress/egress.ts";
import { outboundRequest, type OutboundAnswer } from "../egress/outbound-request.ts";
import { PolicyAway, type PolicyEngine } from "./policy-engine.ts";
import {
  FINDINGS_KEPT_MAX,
  graver,
  type PolicyFinding,
  type PolicyScan,
  type PolicyVerdict,
} from "./policy-scan.ts";
import type { SaltedHash } from "./salted-hash.ts";

export interface HttpPolicyOptions {
  readonly admit: (url: URL) => Promise<Admission>;
  readonly url: string;
  /** Under the installation's own salt: what an engine calls a hash is not believed to be one. */
  readonly hash: SaltedHash;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const PLACE_LENGTH_MAX = 3_072;
const RULE = /^[a-z0-9][a-z0-9._-]{0,39}$/;
const VERDICTS: readonly unknown[] = ["allow", "redact", "deny"];
const VERSION_MAX = 1_000_000;

/** `ENGINE_RULE` begins the rules that an engine outside found: `shhh@7/card-number`. */
export const ENGINE_RULE = "shhh@";

/**
 * SHHH over HTTP: `POST` of the bytes, their place in `X-Place` (percent-encoded), answered 200 with `{policy_version, verdict, findings: [{rule,
 * verdict, line?, hash?}]}` (`docs/providers.md`). An answer that breaks the form is no verdict. It says no offsets, so nothing can be cut out by
 * it: what it wants redacted is denied.
 */
export class HttpPolicyEngine implements PolicyEngine {
  readonly address: string;
  readonly #options: HttpPolicyOptions;

  constructor(options: HttpPolicyOptions) {
    this.#options = options;
    const { origin, pathname } = new URL(options.url);
    this.address = `${origin}${pathname}`;
  }

  async judge(bytes: Uint8Array, place: string): Promise<PolicyScan> {
    const { admit, timeoutMs = TIMEOUT_MS, url } = this.#options;
    const answer = await outboundRequest(admit, new URL(url), {
      method: "POST",
      headers: {
        "content-type": "application/octet-stream",
        "x-place": encodeURIComponent(Buffer.from(place).toString()).slice(0, PLACE_LENGTH_MAX),
      },
      body: bytes,
      timeoutMs,
    }).catch((error: unknown) => {
      throw this.#away(error instanceof Error ? error.message : String(error), error);
    });
    if (answer.status !== 200) throw this.#away(`it answered ${answer.status}`);
    const scan = this.#read(answer, place);
    if (scan === undefined) throw this.#away("its answer is no verdict (docs/providers.md)");
    return scan;
  }

  #read({ bytes }: OutboundAnswer, place: string): PolicyScan | undefined {
    const { findings, policy_version: version, verdict } = parsed(bytes);
    const isWhole = isInteger(version, 1, VERSION_MAX) && isVerdict(verdict);
    if (!isWhole || !Array.isArray(findings)) return undefined;
    let gravest: PolicyVerdict = verdict;
    const read: PolicyFinding[] = [];
    for (const finding of findings) {
      const { hash = "", line = 0, rule, verdict: of }: Loose = Object(finding);
      const isRule = typeof rule === "string" && RULE.test(rule);
      const isKnown = isRule && isVerdict(of) && isInteger(line, 0, Number.MAX_SAFE_INTEGER);
      if (!isKnown || typeof hash !== "string") return undefined;
      gravest = graver(gravest, of);
      read.push(this.#finding({ rule, line, hash, place, version, verdict: of }));
    }
    // A no without a reason is a no.
    const said = { rule: "verdict", line: 0, hash: "", place, version, verdict: gravest };
    if (gravest !== "allow" && !read.some((one) => one.verdict !== "allow"))
      read.push(this.#finding(said));
    return {
      policyVersion: version,
      verdict: gravest === "allow" ? "allow" : "deny",
      count: read.length,
      findings: read.slice(0, FINDINGS_KEPT_MAX),
    };
  }

  #finding(found: PolicyFinding & { readonly version: number }): PolicyFinding {
    const { hash, line, place, rule, verdict, version } = found;
    return {
      rule: `${ENGINE_RULE}${version}/${rule}`,
      verdict: verdict === "allow" ? "allow" : "deny",
      place,
      line,
      hash: this.#options.hash(`${rule} ${hash}`),
    };
  }

  #away(why: string, cause?: unknown): PolicyAway {
    return new PolicyAway(`no verdict from ${this.address}: ${why}`, { cause });
  }
}

type Loose = Readonly<Record<string, unknown>>;

function parsed(bytes: Uint8Array): Loose {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch {
    return {};
  }
}

function isVerdict(value: unknown): value is PolicyVerdict {
  return VERDICTS.includes(value);
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return (
    typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
  );
}
