import type { Problem } from "@swoosh/protocol";
import { screenProposal } from "../screen/screen-proposal.ts";
import type { RouteContext } from "./http-app.ts";
import { idempotencyHeaderProblem } from "./idempotency-header-problem.ts";
import { refusalProblem } from "./refusal-problem.ts";
import { isFromOperator, turnedAway, type ProposalHeaders } from "./turned-away.ts";
import { wireAnswerOf, type WireAnswer } from "./wire-answer-of.ts";

/** How a proposal came. */
export interface ProposalCame {
  readonly headers: ProposalHeaders;
  readonly dryRun: boolean;
  /** Address of who sent it, where it came over the network; asked for only where it matters. */
  readonly from?: () => string;
}

/** Refused before anything of the text was looked at: nor is it looked at to tell of it. */
const UNREAD: ReadonlySet<string> = new Set(["fenced", "overloaded", "rate_limited"]);

/**
 * One proposal's text through limits and engine to what goes on the wire. What may be refused is refused in the order of the
 * edge (kernel design §3), the cheapest first.
 */
export async function proposeText(
  context: RouteContext,
  text: string,
  came: ProposalCame,
): Promise<WireAnswer> {
  const wire = await wireAnswer(context, text, came);
  if ("problem" in wire) tellRefusal(context, wire.problem, { text, ...came });
  return wire;
}

/** Tells of a refusal whoever counts and shows them. */
export function tellRefusal(
  { node, onRefusal, refusals, screen }: RouteContext,
  problem: Problem,
  { dryRun, from, text }: { readonly text: string } & Omit<ProposalCame, "headers">,
): void {
  const shown = UNREAD.has(problem.code) ? "" : (screen?.redact(text) ?? text);
  refusals?.note(node.clock.now(), shown, problem);
  if (dryRun) return;
  node.metrics.noteRefusal(problem);
  onRefusal?.(shown, problem, from?.() ?? null);
}

async function wireAnswer(
  context: RouteContext,
  text: string,
  { dryRun, from, headers }: ProposalCame,
): Promise<WireAnswer> {
  const away = turnedAway(context, headers);
  if (away !== undefined) return refusedBy(away);
  const { limiter, node, screen, tracing } = context;
  const taking = limiter.take(node.engine.state, text, from);
  const waitMs = taking === null ? null : await taking;
  if (waitMs !== null) {
    const why = `this tenant's share is used up; wait ${waitMs} ms`;
    return refusedBy(refusalProblem("rate_limited", why, waitMs));
  }
  const wrong = idempotencyHeaderProblem(headers["idempotency-key"], text);
  if (wrong !== undefined) return refusedBy(refusalProblem("malformed", wrong));
  const { engine, journal, metrics } = node;
  if (screen !== undefined) {
    const problem = await screenProposal(screen, engine, text);
    if (problem !== undefined) return refusedBy(problem);
  }
  const begunMs = tracing === undefined ? 0 : Date.now();
  const watch = metrics.beginProposal(text, engine.state);
  const operator = isFromOperator(context, headers);
  const answer = await engine.propose(text, { dryRun, operator });
  metrics.noteAnswer(watch, answer, { state: engine.state, size: journal.size });
  const wire = wireAnswerOf(answer);
  if (tracing === undefined || answer.kind === "refused" || answer.replayed || dryRun) return wire;
  if ("problem" in wire) return wire;
  const traceparent =
    typeof headers["traceparent"] === "string" ? headers["traceparent"] : undefined;
  const proposal = { traceparent, begunMs, request: text, answer: answer.text };
  return { ...wire, traceparent: tracing.accepted(proposal) };
}

function refusedBy(problem: Problem): WireAnswer {
  return { status: problem.status, problem };
}
