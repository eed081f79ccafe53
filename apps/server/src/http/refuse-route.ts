import { routeOf, type Problem, type RouteId } from "@swoosh/protocol";
import type { HttpApp } from "./http-app.ts";
import { sendProblem } from "./send-problem.ts";

/** A route that answers everybody with `problem`, before a body is read: nothing here wants it. */
export function refuseRoute(app: HttpApp, id: RouteId, problem: Problem): void {
  const { method, path } = routeOf(id);
  app.route({
    method,
    url: path,
    onRequest: (_request, reply) => {
      void sendProblem(reply.header("connection", "close"), problem);
    },
    handler: (_request, reply) => sendProblem(reply, problem),
  });
}
