import { edgeProblem, EDGE_CODES, problemOf, type Problem, type Retry } from "@swoosh/protocol";
import type { EdgeCode, WireCode } from "@swoosh/protocol";

/** What a read gives: a value, or the problem that the caller is told. */
export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

export function given<Value>(value: Value): Reading<Value> {
  return { ok: true, value };
}

export function refused(
  code: WireCode,
  detail: string,
  retry?: Retry,
): { readonly ok: false; readonly problem: Problem } {
  if (isEdgeCode(code)) return { ok: false, problem: edgeProblem(code, detail, retry) };
  const refusal = {
    kind: "refused",
    code,
    guard: null,
    reasons: [detail],
    outcomes: [],
    head: null,
  } as const;
  return { ok: false, problem: problemOf(refusal, retry === undefined ? {} : { retry }) };
}

/** What only the node that writes can answer: `leader` is its address. */
export function notLeader(
  leader: string,
  detail: string,
): { readonly ok: false; readonly problem: Problem } {
  const refusal = {
    kind: "refused",
    code: "not_leader",
    guard: null,
    reasons: [detail],
    outcomes: [],
    head: null,
  } as const;
  return { ok: false, problem: problemOf(refusal, { leader, retry: { after_ms: 0 } }) };
}

function isEdgeCode(code: WireCode): code is EdgeCode {
  return EDGE_CODES.some((edge) => edge === code);
}
