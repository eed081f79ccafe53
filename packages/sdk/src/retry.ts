import type { Problem } from "@swoosh/protocol";
import {
  BEAT_POLL_MS,
  RETRY_ATTEMPTS_MAX,
  RETRY_FIRST_MS,
  RETRY_LAST_MS,
  RETRY_TOTAL_MS,
  STALE_AT_ONCE_MAX,
  STALE_MAX,
} from "./limits.ts";

export interface RetryPolicy {
  readonly attemptsMax: number;
  /** ms that all tries may take together, pauses included. */
  readonly totalMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly staleMax: number;
  /** Wait for the beat that a refusal names (`retry.at_beat`), as long as `totalMs` allows. */
  readonly waitForBeat: boolean;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attemptsMax: RETRY_ATTEMPTS_MAX,
  totalMs: RETRY_TOTAL_MS,
  firstMs: RETRY_FIRST_MS,
  lastMs: RETRY_LAST_MS,
  staleMax: STALE_MAX,
  waitForBeat: true,
};

/** How an operation went so far. */
export interface Tries {
  /** Tries that failed for the world's reasons, this one included. */
  readonly failures: number;
  /** Heads that were no longer true, this one included. */
  readonly stales: number;
  readonly elapsedMs: number;
}

/** What came back. `lost`: nothing, or nothing that is of this protocol. */
export type Outcome =
  | { readonly kind: "lost" }
  | { readonly kind: "refused"; readonly problem: Problem; readonly retryAfterMs: number | null };

export type Plan =
  | { readonly kind: "give_up" }
  | { readonly kind: "again"; readonly afterMs: number }
  /** Look at the beat every `pollMs`, for `totalMs` at most, and go on when it has come. */
  | {
      readonly kind: "at_beat";
      readonly beat: number;
      readonly pollMs: number;
      readonly totalMs: number;
    };

/** Codes that time cures, whatever the proposal. */
const CURED_BY_TIME: ReadonlySet<string> = new Set([
  "overloaded",
  "not_leader",
  "fenced",
  "rate_limited",
  "too_slow",
  "internal",
]);

/**
 * What to do after a try: pure. `random` gives an integer in 0 … bound − 1; pauses are jittered over their whole length
 * (so that clients that failed together do not come back together), and never shorter than the server asks for.
 */
export function planRetry(
  outcome: Outcome,
  tries: Tries,
  policy: RetryPolicy,
  random: (bound: number) => number,
): Plan {
  const isStale = outcome.kind === "refused" && outcome.problem.code === "stale_state";
  if (isStale) {
    if (tries.stales > policy.staleMax) return { kind: "give_up" };
    const isEarly = tries.stales <= STALE_AT_ONCE_MAX;
    const afterMs = isEarly ? 0 : random(pauseMs(tries.stales - STALE_AT_ONCE_MAX, policy)) + 1;
    return within(policy, tries, { kind: "again", afterMs });
  }
  if (outcome.kind === "refused") {
    const { code, retry } = outcome.problem;
    if (policy.waitForBeat && retry?.at_beat !== undefined)
      return within(policy, tries, {
        kind: "at_beat",
        beat: retry.at_beat,
        pollMs: BEAT_POLL_MS,
        totalMs: policy.totalMs - tries.elapsedMs,
      });
    const isCurable = CURED_BY_TIME.has(code) || outcome.retryAfterMs !== null;
    if (!isCurable) return { kind: "give_up" };
  }
  if (tries.failures >= policy.attemptsMax) return { kind: "give_up" };
  const jitterMs = random(pauseMs(tries.failures, policy)) + 1;
  const asked = outcome.kind === "refused" ? outcome.retryAfterMs : null;
  // Behind what the server asks for stands a jitter as well, or all come back at once.
  const afterMs = asked === null ? jitterMs : asked + random(policy.firstMs);
  return within(policy, tries, { kind: "again", afterMs });
}

function pauseMs(failures: number, policy: RetryPolicy): number {
  let pause = policy.firstMs;
  for (let step = 1; step < failures && pause < policy.lastMs; step += 1) pause *= 2;
  return Math.max(1, Math.min(pause, policy.lastMs));
}

function within(policy: RetryPolicy, tries: Tries, plan: Plan): Plan {
  const pause = plan.kind === "again" ? plan.afterMs : 0;
  return tries.elapsedMs + pause > policy.totalMs ? { kind: "give_up" } : plan;
}
