import type { Answer, RefusedAnswer } from "@swoosh/kernel";
import { problemOf, type Problem } from "@swoosh/protocol";

/** What goes on the wire for one proposal. */
export type WireAnswer =
  | {
      readonly status: 202 | 200;
      readonly text: string;
      readonly isReplayed: boolean;
      /** The span that was made of it, for the header. */
      readonly traceparent?: string;
    }
  | { readonly status: number; readonly problem: Problem };

/** HTTP status and body of the engine's answer (transition API). */
export function wireAnswerOf(answer: Answer): WireAnswer {
  if (answer.kind === "accepted") {
    const { dryRun, replayed, text } = answer;
    return { status: dryRun ? 200 : 202, text, isReplayed: replayed };
  }
  const problem = problemOfRefused(answer);
  return { status: problem.status, problem };
}

export function problemOfRefused({ refused, retryAfterMs }: RefusedAnswer): Problem {
  return problemOf(refused, retryAfterMs === null ? {} : { retry: { after_ms: retryAfterMs } });
}
