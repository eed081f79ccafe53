import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import {
  edgeProblem,
  PROBLEM_MEDIA_TYPE,
  problemHeaders,
  type EdgeCode,
  type Problem,
} from "@swoosh/protocol";
import { refusalProblem } from "./refusal-problem.ts";
import { sendProblem } from "./send-problem.ts";

/** What Node's parser and its timers say of a connection that no request came of. */
interface ClientError extends Error {
  readonly code?: string;
}

/** The problem of what is wrong below the routes. */
function problemOfClient({ code = "no code" }: ClientError): Problem {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return tooSlow("headers");
    case "HPE_HEADER_OVERFLOW":
      return edgeProblem("headers_too_large", "the headers pass the limit; send fewer, or less");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return refusalProblem("too_large", "the extensions of a chunk pass the limit; send none");
    default:
      return edgeProblem(
        "bad_request",
        `what came cannot be read as HTTP/1.1 (${code}); send the request anew on another connection`,
      );
  }
}

export function tooSlow(part: "headers" | "body" | "line"): Problem {
  return edgeProblem("too_slow", `the ${part} did not come in time; send the request anew`);
}

/** Whoever speaks no HTTP, or too slowly, is told so in the form of all others, and the connection ends. */
export function answerClientError(error: ClientError, socket: Duplex): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (socket.writable && !isAnswering(socket)) socket.write(wholeAnswer(problemOfClient(error)));
  socket.destroy(error);
}

/**
 * Is the answer to a whole request under way on this connection? What is said now would be taken for it: somebody whose
 * proposal was recorded would read that it was none. Node keeps the answer whose turn it is at the socket, under this name.
 */
function isAnswering(socket: Duplex): boolean {
  const pending: Partial<Pick<ServerResponse, "headersSent" | "req">> | null | undefined =
    Reflect.get(socket, "_httpMessage");
  if (pending === undefined || pending === null) return false;
  return pending.headersSent === true || pending.req?.complete !== false;
}

/** For what the framework's router meets before any route: a path that cannot be decoded, or whose part is too long for any. */
export function answerFrameworkError(
  error: FastifyError,
  request: Pick<FastifyRequest, "url">,
  reply: FastifyReply,
): void {
  const path = JSON.stringify(request.url.slice(0, 200));
  const problem =
    error.code === "FST_ERR_BAD_URL"
      ? edgeProblem("bad_request", `${path} cannot be decoded; write the path percent-encoded`)
      : edgeProblem("not_found", `there is nothing at ${path}; a part of it is too long`);
  void sendProblem(reply, problem);
}

/** Meets what Node would answer of itself without a body. */
export function meetExpectations(server: Server): void {
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    const expected = JSON.stringify((request.headers.expect ?? "").slice(0, 100));
    const detail = `nothing here does ${expected}; leave out Expect, or send 100-continue`;
    refuseRequest(response, "expectation_failed", detail);
  });
}

/** HTTP/1.1 asks for a host in every request (RFC 9112 §3.2). True: it was missing, and that was told. */
export function refusesHostless(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers.host !== undefined || request.httpVersion !== "1.1") return false;
  refuseRequest(response, "bad_request", "the header Host is missing; HTTP/1.1 asks for it");
  return true;
}

function refuseRequest(response: ServerResponse, code: EdgeCode, detail: string): void {
  endWith(response, edgeProblem(code, detail));
}

/** Answers with a problem past the framework; nothing more is read of the connection. */
export function endWith(response: ServerResponse, problem: Problem): void {
  const { headers, text } = parts(problem);
  response.writeHead(problem.status, headers).end(text);
}

function parts(problem: Problem): {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly text: string;
} {
  const text = JSON.stringify(problem);
  const headers = {
    ...problemHeaders(problem),
    "content-type": `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  return { headers, text };
}

/** Status line, headers and body, for a socket that has no response. */
function wholeAnswer(problem: Problem): string {
  const { headers, text } = parts(problem);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join("")}\r\n${text}`;
}
