import {
  JSON_MEDIA_TYPE,
  PROBLEM_MEDIA_TYPE,
  problemHeaders,
  type Problem,
} from "@swoosh/protocol";
import type { RouteContext } from "./http-app.ts";
import { proposeText, type ProposalCame } from "./propose-text.ts";

/** As the framework writes them of itself. */
const JSON_TEXT = `${JSON_MEDIA_TYPE}; charset=utf-8`;
const PROBLEM_TEXT = `${PROBLEM_MEDIA_TYPE}; charset=utf-8`;

/** A request of `POST /transition`, whichever way it came. */
export interface TransitionAsked extends ProposalCame {
  /** Empty: there was none. */
  readonly body: string;
}

/** What goes back, but for what HTTP adds of itself. */
export interface TransitionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** One proposal, one answer (transition API). Rejects on our own mistakes alone. */
export async function answerTransition(
  context: RouteContext,
  asked: TransitionAsked,
): Promise<TransitionAnswer> {
  const wire = await proposeText(context, asked.body, asked);
  if ("problem" in wire) return problemAnswer(wire.problem);
  const added: Record<string, string> = { "content-type": JSON_TEXT };
  if (wire.traceparent !== undefined) added["traceparent"] = wire.traceparent;
  if (wire.isReplayed) added["idempotent-replayed"] = "true";
  return { status: wire.status, headers: added, text: wire.text };
}

export function problemAnswer(problem: Problem): TransitionAnswer {
  return {
    status: problem.status,
    headers: { ...problemHeaders(problem), "content-type": PROBLEM_TEXT },
    text: JSON.stringify(problem),
  };
}
