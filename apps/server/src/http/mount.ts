import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  JSON_MEDIA_TYPE,
  readQuery,
  routeOf,
  type Problem,
  type QueryValues,
  type Route,
  type RouteId,
} from "@swoosh/protocol";
import { refused, type Reading } from "../read/reading.ts";
import { canonicalText } from "../read/canonical-text.ts";
import { admit } from "./admit.ts";
import type { HttpApp } from "./http-app.ts";
import type { Holder, Sessions } from "./sessions.ts";
import { sendProblem } from "./send-problem.ts";

/** A request that was let in: its query and path have their forms. */
export interface Asked {
  readonly query: QueryValues;
  /** The value of the path's parameter; empty where it has none. */
  readonly named: string;
  readonly holder: Holder;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type Entered = Omit<Asked, "request" | "reply">;

/** What a route sends; `null`: it has sent everything itself. */
export interface Sent {
  readonly status?: number;
  readonly media?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Readable;
}

export type RouteHandler = (asked: Asked) => Promise<Reading<Sent | null>> | Reading<Sent | null>;

/** Mounts one route of the protocol: who may, the query's and the path's forms, then the handler, then the answer. */
export function mount(
  app: HttpApp,
  id: RouteId,
  {
    sessions,
    handler,
  }: { readonly sessions: Pick<Sessions, "holderOf">; readonly handler: RouteHandler },
): void {
  const route = routeOf(id);
  const admitted = new WeakMap<object, Entered>();
  app.route({
    method: route.method,
    url: fastifyPath(route),
    // The doors stand before the body is read: who may not come in sends nothing.
    onRequest: (request, reply, done) => {
      const entered = enter(route, request, sessions);
      if (entered.ok) {
        admitted.set(request.raw, entered.value);
        return done();
      }
      // The body was not read, and the connection cannot go on behind it.
      if (route.request !== undefined) void reply.header("connection", "close");
      answerProblem(reply, entered.problem);
    },
    handler: async (request, reply) => {
      const entered = admitted.get(request.raw);
      if (entered === undefined) throw new Error(`${id} was reached without being let in`);
      const answer = await handler({ ...entered, request, reply });
      if (!answer.ok) return answerProblem(reply, answer.problem);
      return answer.value === null ? reply : send(reply, answer.value);
    },
  });
}

/** An object as canonical JSON. */
export function jsonOf(body: object, headers: Readonly<Record<string, string>> = {}): Sent {
  return { body: canonicalText(body), headers };
}

/** Maps the value of a reading to what is sent. */
export function sentAs<Value>(reading: Reading<Value>, as: (value: Value) => Sent): Reading<Sent> {
  return reading.ok ? { ok: true, value: as(reading.value) } : reading;
}

/** The query's pairs, after the question mark. */
export function queryPairs(url: string): URLSearchParams {
  const mark = url.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
}

function enter(
  route: Route,
  request: FastifyRequest,
  sessions: Pick<Sessions, "holderOf">,
): Reading<Entered> {
  const admitted = admit(route.access, request.raw, sessions);
  if (!admitted.ok) return admitted;
  const read = readQuery(route, queryPairs(request.url));
  if (!read.ok) return refused("bad_query", read.reasons.join("; "));
  const named = namedBy(route, request);
  if (named === undefined) return refused("not_found", wrongPath(route, request));
  return { ok: true, value: { query: read.values, named, holder: admitted.value } };
}

/** undefined: it does not have the form that the path asks for. */
function namedBy({ pathParameters }: Route, { params }: FastifyRequest): string | undefined {
  const [parameter] = pathParameters;
  if (parameter === undefined) return "";
  const key = parameter.rest === true ? "*" : parameter.name;
  const values = typeof params === "object" && params !== null ? Object.entries(params) : [];
  const value: unknown = values.find(([name]) => name === key)?.[1];
  if (typeof value !== "string" || !new RegExp(parameter.pattern, "u").test(value))
    return undefined;
  return value;
}

function wrongPath({ path, pathParameters }: Route, { url }: FastifyRequest): string {
  const [parameter] = pathParameters;
  return `${JSON.stringify(url.slice(0, 200))} is no ${path}: ${parameter?.name ?? ""} must match ${parameter?.pattern ?? ""}`;
}

function answerProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return sendProblem(reply.header("cache-control", "no-store"), problem);
}

function send(reply: FastifyReply, sent: Sent): FastifyReply {
  const { body, headers = {}, media = JSON_MEDIA_TYPE, status = 200 } = sent;
  return reply
    .code(status)
    .headers({ "cache-control": "no-store", ...headers })
    .type(media)
    .send(body instanceof Uint8Array ? Buffer.from(body) : body);
}

/** `/decisions/{hash}` as Fastify writes it. */
function fastifyPath({ path, pathParameters }: Route): string {
  const [parameter] = pathParameters;
  if (parameter === undefined) return path;
  return path.replace(`{${parameter.name}}`, parameter.rest === true ? "*" : `:${parameter.name}`);
}
