import type { RefusalCode } from "@swoosh/kernel";
import { problemOf, type Problem } from "@swoosh/protocol";
import { screenProposal } from "../screen/screen-proposal.ts";
import type { RouteContext } from "./http-app.ts";
import { wireAnswerOf, type WireAnswer } from "./wire-answer-of.ts";

/** One proposal's text through limits and engine to what goes on the wire. */
export async function proposeText(
  context: RouteContext,
  text: string,
  dryRun: boolean,
  traceparent?: string,
): Promise<WireAnswer> {
  const wire = await wireAnswer(context, text, { dryRun, traceparent });
  if ("problem" in wire) {
    const shown = context.screen?.redact(text) ?? text;
    context.refusals?.note(context.node.clock.now(), shown, wire.problem);
    if (!dryRun) {
      context.node.metrics.noteRefusal(wire.problem);
      context.onRefusal?.(shown, wire.problem);
    }
  }
  return wire;
}

async function wireAnswer(
  { isStopping, limiter, node, screen, tracing }: RouteContext,
  text: string,
  given: { readonly dryRun: boolean; readonly traceparent: string | undefined },
): Promise<WireAnswer> {
  if (isStopping()) {
    const problem = refusalProblem("overloaded", "the server is stopping; send it again", 1_000);
    return { status: problem.status, problem };
  }
  const taking = limiter.take(node.engine.state, text);
  const waitMs = taking === null ? null : await taking;
  if (waitMs !== null) {
    const why = `this tenant's share is used up; wait ${waitMs} ms`;
    const problem = refusalProblem("rate_limited", why, waitMs);
    return { status: problem.status, problem };
  }
  const { engine, journal, metrics } = node;
  if (screen !== undefined) {
    const problem = await screenProposal(screen, engine, text);
    if (problem !== undefined) return { status: problem.status, problem };
  }
  const { dryRun, traceparent } = given;
  const begunMs = tracing === undefined ? 0 : Date.now();
  const watch = metrics.beginProposal(text, engine.state);
  const answer = await engine.propose(text, { dryRun });
  metrics.noteAnswer(watch, answer, { state: engine.state, size: journal.size });
  const wire = wireAnswerOf(answer);
  if (tracing === undefined || answer.kind === "refused" || answer.replayed || dryRun) return wire;
  if ("problem" in wire) return wire;
  const proposal = { traceparent, begunMs, request: text, answer: answer.text };
  return { ...wire, traceparent: tracing.accepted(proposal) };
}

/** A problem of the edge itself, in the shape of the kernel's refusals. */
export function refusalProblem(code: RefusalCode, reason: string, afterMs?: number): Problem {
  const refused = {
    kind: "refused",
    code,
    guard: null,
    reasons: [reason],
    outcomes: [],
    head: null,
  } as const;
  return problemOf(refused, afterMs === undefined ? {} : { retry: { after_ms: afterMs } });
}
