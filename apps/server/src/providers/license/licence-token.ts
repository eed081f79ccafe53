import { verify, type KeyObject } from "node:crypto";

/** A licence as its server signed it: a compact JWS (RFC 7515) with Ed25519 (RFC 8037) over these claims. */
export interface LicenceToken {
  readonly licence: string;
  readonly cluster: string;
  /** ms. */
  readonly issuedAt: number;
  readonly validUntil: number;
  /** Raised by the server to take back all tokens before. */
  readonly version: number;
}

export type ReadToken =
  | { readonly ok: true; readonly token: LicenceToken }
  | { readonly ok: false; readonly problem: string };

const TOKEN_LENGTH_MAX = 8_192;
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const MS_PER_SECOND = 1_000;
const SECONDS_MAX = 253_402_300_799;
const NAME = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Checks form, algorithm and signature, never the time: that is for the guards, at the time of a record. */
export function readToken(text: string, key: KeyObject): ReadToken {
  if (text.length > TOKEN_LENGTH_MAX || !FORM.test(text)) return no("is no signed token");
  const [head = "", body = "", signature = ""] = text.split(".");
  if (jsonOf(head)["alg"] !== "EdDSA") return no("is not signed with EdDSA");
  const holds = verify(
    null,
    Buffer.from(`${head}.${body}`),
    key,
    Buffer.from(signature, "base64url"),
  );
  if (!holds) return no("has a signature that does not hold under the pinned key");
  const { cluster, exp, iat, sub, ver } = jsonOf(body);
  if (!isName(sub) || !isName(cluster)) return no("lacks sub or cluster");
  if (!isSeconds(exp) || !isSeconds(iat) || exp <= iat)
    return no("lacks iat or exp, or ends before it begins");
  if (!Number.isSafeInteger(ver) || Number(ver) < 0) return no("lacks its version, ver");
  const token = {
    licence: sub,
    cluster,
    issuedAt: iat * MS_PER_SECOND,
    validUntil: exp * MS_PER_SECOND,
    version: Number(ver),
  };
  return { ok: true, token };
}

function jsonOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && NAME.test(value);
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= SECONDS_MAX;
}

function no(problem: string): ReadToken {
  return { ok: false, problem: `the licence server's token ${problem}` };
}
