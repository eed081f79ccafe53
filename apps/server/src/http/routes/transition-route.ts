import type { FastifyReply, FastifyRequest } from "fastify";
import { edgeProblem, JSON_MEDIA_TYPE, readQuery, routeOf } from "@swoosh/protocol";
import type { AddRoutes, RouteContext } from "../http-app.ts";
import { idempotencyHeaderProblem } from "../idempotency-header-problem.ts";
import { proposeText, refusalProblem } from "../propose-text.ts";
import { sendProblem } from "../send-problem.ts";

/** `POST /transition`: one proposal, one answer (transition API). */
export const addTransitionRoute: AddRoutes = (app, context) => {
  const route = routeOf("proposeTransition");
  app.post(route.path, async (request: FastifyRequest, reply: FastifyReply) => {
    const mark = request.url.indexOf("?");
    if (mark < 0) return answer(context, request, reply, false);
    const query = readQuery(route, new URLSearchParams(request.url.slice(mark + 1)));
    if (!query.ok) return sendProblem(reply, edgeProblem("bad_query", query.reasons.join("; ")));
    return answer(context, request, reply, query.values.text("dry_run") === "true");
  });
};

async function answer(
  context: RouteContext,
  request: FastifyRequest,
  reply: FastifyReply,
  dryRun: boolean,
): Promise<FastifyReply> {
  const { body } = request;
  const refuse = (reason: string): FastifyReply => {
    const problem = refusalProblem("malformed", reason);
    context.node.metrics.noteRefusal(problem);
    return sendProblem(reply, problem);
  };
  if (typeof body !== "string") return refuse("the body is empty; send a proposal");
  const wrongKey = idempotencyHeaderProblem(request.headers["idempotency-key"], body);
  if (wrongKey !== undefined) return refuse(wrongKey);
  const { traceparent } = request.headers;
  const sender = typeof traceparent === "string" ? traceparent : undefined;
  const wire = await proposeText(context, body, dryRun, sender);
  if ("problem" in wire) return sendProblem(reply, wire.problem);
  if (wire.traceparent !== undefined) void reply.header("traceparent", wire.traceparent);
  if (wire.isReplayed) void reply.header("idempotent-replayed", "true");
  return reply.code(wire.status).type(JSON_MEDIA_TYPE).send(wire.text);
}
