import {
  JSON_MEDIA_TYPE,
  PROBLEM_MEDIA_TYPE,
  problemHeaders,
  type Problem,
} from "@swoosh/protocol";
import type { RouteContext } from "./http-app.ts";
import { idempotencyHeaderProblem } from "./idempotency-header-problem.ts";
import { proposeText, refusalProblem } from "./propose-text.ts";

/** As the framework writes them of itself. */
const JSON_TEXT = `${JSON_MEDIA_TYPE}; charset=utf-8`;
const PROBLEM_TEXT = `${PROBLEM_MEDIA_TYPE}; charset=utf-8`;

/** A request of `POST /transition`, whichever way it came. */
export interface TransitionAsked {
  /** undefined: there was none. */
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly dryRun: boolean;
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
  { body, headers, dryRun }: TransitionAsked,
): Promise<TransitionAnswer> {
  const wrong =
    body === undefined
      ? "the body is empty; send a proposal"
      : idempotencyHeaderProblem(headers["idempotency-key"], body);
  if (body === undefined || wrong !== undefined) {
    const problem = refusalProblem("malformed", wrong ?? "");
    context.node.metrics.noteRefusal(problem);
    return problemAnswer(problem);
  }
  const { traceparent } = headers;
  const sender = typeof traceparent === "string" ? traceparent : undefined;
  const wire = await proposeText(context, body, dryRun, sender);
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
