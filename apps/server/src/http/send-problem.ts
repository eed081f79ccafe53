import type { FastifyReply } from "fastify";
import { problemHeaders, type Problem } from "@swoosh/protocol";

/** Answers with `application/problem+json` and the headers that go with it. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem));
}
