import type { Outcome, Refused, ValueHash } from "@swoosh/kernel";
import { CODES, type EdgeCode, type WireCode } from "./codes.ts";

/** What would help, where time alone does: a beat, a window, or so many ms. */
export interface Retry {
  readonly after_ms?: number;
  readonly at_beat?: number;
  readonly window?: string;
}

export interface ProblemHead {
  readonly hash: ValueHash;
  readonly hlc: string;
  readonly index: number;
}

/**
 * Body of every answer that is not a success: `application/problem+json` (RFC 9457). `guard`, `guard_outcomes`, `head`
 * and `reasons` are there for the kernel's refusals, and only for them. Keys stand in canonical order:
 * `JSON.stringify` of what `problemOf` gives is canonical JSON.
 */
export interface Problem {
  readonly code: WireCode;
  /** What happened this time, with which value, and what to do. */
  readonly detail: string;
  readonly guard?: string | null;
  readonly guard_outcomes?: readonly Outcome[];
  readonly head?: ProblemHead | null;
  /** Where to send it, for `not_leader`. */
  readonly leader?: string;
  readonly reasons?: readonly string[];
  readonly retry?: Retry;
  readonly status: number;
  readonly title: string;
  readonly type: string;
}

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** What the caller may add: how to try again, and the leader's address. */
export interface ProblemHelp {
  readonly retry?: Retry;
  readonly leader?: string;
}

/** The problem of a refusal. */
export function problemOf(refused: Refused, help: ProblemHelp = {}): Problem {
  const { code, guard, outcomes, head, reasons } = refused;
  return {
    code,
    detail: reasons.length > 0 ? reasons.join("; ") : CODES[code].title,
    guard,
    guard_outcomes: outcomes.map(({ guard: name, ok, reasons: why }) => ({
      guard: name,
      ok,
      reasons: why,
    })),
    head: head === null ? null : { hash: head.hash, hlc: head.hlc, index: head.index },
    ...(help.leader === undefined ? {} : { leader: help.leader }),
    reasons,
    ...retryMember(help.retry),
    ...meaningOf(code),
  };
}

/** The problem of HTTP itself: a query, a session, a path. */
export function edgeProblem(code: EdgeCode, detail: string, retry?: Retry): Problem {
  return { code, detail, ...retryMember(retry), ...meaningOf(code) };
}

/**
 * Headers beside the body: `Retry-After` in whole seconds, never 0 (RFC 9110 §10.2.3), and for 401 what to do about it
 * (§15.5.2 asks for `WWW-Authenticate`).
 */
export function problemHeaders(problem: Problem): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { "content-type": PROBLEM_MEDIA_TYPE };
  const afterMs =
    problem.retry?.after_ms ?? (problem.status === 503 ? RETRY_DEFAULT_MS : undefined);
  if (afterMs !== undefined)
    headers["retry-after"] = String(Math.max(1, Math.ceil(afterMs / 1000)));
  if (problem.status === 401)
    headers["www-authenticate"] =
      problem.code === "unauthenticated" ? 'Bearer realm="swoosh"' : 'Swoosh realm="swoosh"';
  return headers;
}

/** Where nobody knows better: a fence or a change of leader takes about so long. */
const RETRY_DEFAULT_MS = 1_000;

function retryMember(retry: Retry | undefined): { readonly retry?: Retry } {
  if (retry === undefined) return {};
  const { after_ms, at_beat, window } = retry;
  return {
    retry: {
      ...(after_ms === undefined ? {} : { after_ms }),
      ...(at_beat === undefined ? {} : { at_beat }),
      ...(window === undefined ? {} : { window }),
    },
  };
}

function meaningOf(code: WireCode): {
  readonly status: number;
  readonly title: string;
  readonly type: string;
} {
  const { status, title } = CODES[code];
  return { status, title, type: problemType(code) };
}

/** A name, not an address: problems mean the same on every installation, with or without a network. */
export function problemType(code: WireCode): string {
  return `urn:swoosh:problem:${code}`;
}
