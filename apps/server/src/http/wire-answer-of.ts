import type { Answer, RefusedAnswer } from "@swoosh/kernel";
import { nextWindow } from "@swoosh/guards";
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

export function problemOfRefused(answer: RefusedAnswer): Problem {
  const retry = retryOf(answer);
  return problemOf(answer.refused, retry === undefined ? {} : { retry });
}

/** What helps: so much time, the beat from which on the tide lets it pass, or the window to name. */
function retryOf({ refused, retryAfterMs }: RefusedAnswer): Problem["retry"] {
  if (retryAfterMs !== null) return { after_ms: retryAfterMs };
  return refused.code === "guard_failed" ? nextWindow(refused.reasons) : undefined;
}
