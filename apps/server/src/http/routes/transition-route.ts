import type { FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import { edgeProblem, readQuery, routeOf } from "@swoosh/protocol";
import { answerTransition } from "../answer-transition.ts";
import { senderOf } from "../client-address.ts";
import type { AddRoutes, RouteContext } from "../http-app.ts";
import { tellRefusal } from "../propose-text.ts";
import { sendProblem } from "../send-problem.ts";
import { turnedAway } from "../turned-away.ts";

/** `POST /transition`: one proposal, one answer (transition API). Most requests take the short way past it: `short-way.ts`. */
export const addTransitionRoute: AddRoutes = (app, context) => {
  const route = routeOf("proposeTransition");
  // Before the body is read: what of it is on the way belongs to nobody then, and the connection ends with the answer.
  const onRequest: onRequestHookHandler = (request, reply, done) => {
    const away = turnedAway(context, request.headers);
    if (away === undefined) return done();
    const from = senderOf(request.raw, context.proxies);
    tellRefusal(context, away, { text: "", dryRun: false, from });
    void sendProblem(reply.header("connection", "close"), away);
  };
  app.post(route.path, { onRequest }, async (request: FastifyRequest, reply: FastifyReply) => {
    const mark = request.url.indexOf("?");
    if (mark < 0) return answer(context, request, reply, false);
    const query = readQuery(route, new URLSearchParams(request.url.slice(mark + 1)));
    if (!query.ok) return sendProblem(reply, edgeProblem("bad_query", query.reasons.join("; ")));
    return answer(context, request, reply, query.values.text("dry_run") === "true");
  });
};

async function answer(
  context: RouteContext,
  { body: given, headers, raw }: FastifyRequest,
  reply: FastifyReply,
  dryRun: boolean,
): Promise<FastifyReply> {
  const body = typeof given === "string" ? given : "";
  const answered = await answerTransition(context, {
    body,
    headers,
    dryRun,
    from: senderOf(raw, context.proxies),
  });
  return reply.code(answered.status).headers(answered.headers).send(answered.text);
}
