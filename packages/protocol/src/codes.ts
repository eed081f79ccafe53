import type { RefusalCode } from "@swoosh/kernel";

/** What the edge of HTTP itself can say, beside the kernel's refusals. */
export const EDGE_CODES = [
  "bad_request",
  "bad_query",
  "unauthenticated",
  "not_found",
  "method_not_allowed",
  "too_slow",
  "expectation_failed",
  "secret_found",
  "headers_too_large",
  "internal",
  "not_mapped",
  "embedder_failed",
  "memory_unavailable",
] as const;
export type EdgeCode = (typeof EDGE_CODES)[number];

/** Every code that a problem on the wire can carry. */
export type WireCode = RefusalCode | EdgeCode;

export interface CodeMeaning {
  readonly status: number;
  /** The same for every occurrence (RFC 9457 §3.1.3); what happened this time is in `detail`. */
  readonly title: string;
}

/**
 * The HTTP status of every code, in one place (transition API). What time cures is 503 or 429, what a rule forbids 400,
 * what a fresh head or another key cures 409.
 */
export const CODES: Readonly<Record<WireCode, CodeMeaning>> = {
  fenced: { status: 503, title: "The engine has stopped itself" },
  not_leader: { status: 503, title: "Another node leads" },
  overloaded: { status: 503, title: "A queue is full" },
  unsupported_media_type: { status: 415, title: "The body has another media type" },
  too_large: { status: 413, title: "The request passes a limit" },
  rate_limited: { status: 429, title: "The share is used up" },
  malformed: { status: 400, title: "The body is not a proposal" },
  wrong_origin: { status: 400, title: "The proposal names another log" },
  inputs_mismatch: { status: 400, title: "The inputs do not have the signed hash" },
  unsigned: { status: 401, title: "The proposal is not signed" },
  bad_signature: { status: 401, title: "The signature does not fit" },
  unknown_signer: { status: 401, title: "Nobody here has this key" },
  idem_conflict: { status: 409, title: "The idempotency key stands for another operation" },
  unknown_chart: { status: 400, title: "No such chart is installed" },
  unknown_instance: { status: 400, title: "There is no such instance" },
  unknown_transition: { status: 400, title: "The chart declares no such transition" },
  stale_state: { status: 409, title: "The instance has moved on" },
  clock_behind: { status: 400, title: "The proposal's clock is behind" },
  clock_ahead: { status: 400, title: "The proposal's clock is ahead" },
  forbidden: { status: 403, title: "The signer may not propose this here" },
  ended: { status: 400, title: "The instance has ended" },
  not_enabled: { status: 400, title: "Nothing handles this transition now" },
  effect_closed: { status: 400, title: "The effect is closed" },
  inputs_invalid: { status: 400, title: "The inputs break the transition's schema" },
  guard_failed: { status: 400, title: "A guard says no" },
  chart_failed: { status: 400, title: "The chart failed" },
  join_refused: { status: 400, title: "A joined instance refused" },
  document_too_large: { status: 400, title: "The document would pass its limit" },
  record_too_large: { status: 400, title: "The record would pass its limit" },
  bad_request: { status: 400, title: "This is no request that can be read" },
  bad_query: { status: 400, title: "The query cannot be answered as it is" },
  unauthenticated: { status: 401, title: "This read needs a session" },
  not_found: { status: 404, title: "There is nothing here" },
  method_not_allowed: { status: 405, title: "This path has other methods" },
  too_slow: { status: 408, title: "The request did not come in time" },
  expectation_failed: { status: 417, title: "The expectation cannot be met" },
  secret_found: { status: 422, title: "It holds a secret" },
  headers_too_large: { status: 431, title: "The headers pass the limit" },
  internal: { status: 500, title: "The server made a mistake" },
  not_mapped: { status: 501, title: "No table maps this path" },
  embedder_failed: { status: 502, title: "The embedder gave no vector" },
  memory_unavailable: { status: 503, title: "The memory cannot be used" },
};

const AT_THE_EDGE: ReadonlySet<string> = new Set(EDGE_CODES);

/** Everything that a proposal can be answered, in the kernel's order of precedence. */
export const PROPOSAL_CODES: readonly WireCode[] = Object.keys(CODES)
  .filter(isWireCode)
  .filter((code) => !AT_THE_EDGE.has(code));

export function statusOf(code: WireCode): number {
  return CODES[code].status;
}

export function isWireCode(text: string): text is WireCode {
  return Object.hasOwn(CODES, text);
}
