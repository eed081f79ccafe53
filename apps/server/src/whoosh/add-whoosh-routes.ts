import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Json } from "@swoosh/kernel";
import { edgeProblem, JSON_MEDIA_TYPE, type Problem } from "@swoosh/protocol";
import type { HttpApp, RouteContext } from "../http/http-app.ts";
import { refusalProblem } from "../http/refusal-problem.ts";
import { sendProblem } from "../http/send-problem.ts";
import { canonicalText } from "../read/canonical-text.ts";
import { serverVersion } from "../server-version.ts";
import { CallLacks, fillIn, type WhooshCall } from "./fill-in.ts";
import type { KnownCaller, Whoosh } from "./open-whoosh.ts";
import { proposeCall } from "./propose-call.ts";
import type { ReadRule, WhooshRow } from "./whoosh-table.ts";

/** A Gitea's event holds whole issues and repositories. */
const WEBHOOK_BYTES_MAX = 1_048_576;
const ANSWER_SCHEMA = "whoosh.drop-in.v1";
const VERSION = serverVersion();

type Did = { readonly problem: Problem } | { readonly sent: FastifyReply };

/** Mounts every row of the table, and 501 for whatever else begins as its calls do. */
export function addWhooshRoutes(app: HttpApp, context: RouteContext, whoosh: Whoosh): void {
  for (const row of whoosh.table.rows)
    app.route({
      method: row.method,
      url: row.path.replaceAll(/\{([a-z]+)\}/gu, ":$1"),
      ...(row.isGitea ? { bodyLimit: WEBHOOK_BYTES_MAX } : {}),
      handler: async (request, reply) => {
        const did = await answerRow({ app, context, whoosh, row, request, reply });
        return "problem" in did ? sendProblem(reply, did.problem) : did.sent;
      },
    });
  for (const prefix of whoosh.table.prefixes)
    for (const url of [prefix, `${prefix}/*`])
      app.all(url, async (request, reply) => {
        const caller = admit(whoosh, request);
        if ("problem" in caller) return sendProblem(reply, caller.problem);
        return sendProblem(reply, notMapped(whoosh, request));
      });
}

function notMapped({ table }: Whoosh, { method, url }: FastifyRequest): Problem {
  const [path = ""] = url.split("?");
  return edgeProblem(
    "not_mapped",
    `${method} ${path.slice(0, 200)} stands for no transition and no read in ${table.file}; add a row there, or ask POST /transition`,
  );
}

interface Row {
  readonly app: HttpApp;
  readonly context: RouteContext;
  readonly whoosh: Whoosh;
  readonly row: WhooshRow;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answerRow(asked: Row): Promise<Did> {
  const { app, context, reply, request, row, whoosh } = asked;
  const told = row.isGitea ? admitGitea(whoosh, request) : admitCaller(asked);
  if ("problem" in told) return told;
  if ("nothing" in told) return { sent: reply.code(204).send() };
  const { call, caller } = told;
  if (row.does.kind === "read") return answerRead({ app, request, reply }, row.does.fields, call);
  const { rule } = row.does;
  const wire = await proposeCall(context, { row: row.name, rule, caller, call });
  if ("problem" in wire) return { problem: wire.problem };
  if (wire.isReplayed) void reply.header("idempotent-replayed", "true");
  return { sent: reply.code(whoosh.status).type(JSON_MEDIA_TYPE).send(wire.text) };
}

type Admitted =
  | { readonly problem: Problem }
  | { readonly nothing: true }
  | { readonly caller: KnownCaller; readonly call: WhooshCall };

function admitCaller({ request, row, whoosh }: Row): Admitted {
  const caller = admit(whoosh, request);
  if ("problem" in caller) return caller;
  if (!caller.rows.has(row.name))
    return {
      problem: refusalProblem(
        "forbidden",
        `${caller.name} may not use ${row.name}; the callers' file gives it ${[...caller.rows].join(", ") || "no row"}`,
      ),
    };
  const call = callOf(request);
  return call === undefined
    ? { problem: refusalProblem("malformed", "the body is no JSON") }
    : { caller, call };
}

function admitGitea(whoosh: Whoosh, request: FastifyRequest): Admitted {
  const strange = wrongDoor(whoosh, request);
  if (strange !== undefined) return { problem: strange };
  const { gitea } = whoosh;
  if (gitea === undefined) return { problem: notMapped(whoosh, request) };
  const text = textOf(request);
  const answer = gitea.webhook.take({
    header: (name) => headerOf(request, name),
    body: Buffer.from(text),
  });
  switch (answer.status) {
    case 204:
      return { nothing: true };
    case 401:
      return { problem: edgeProblem("unauthenticated", answer.message) };
    case 413:
      return { problem: refusalProblem("too_large", answer.message) };
    default: {
      const call = callOf(request);
      const { entry } = answer;
      if (call === undefined || entry === undefined)
        return { problem: refusalProblem("malformed", answer.message) };
      const { instance, issue, source, title } = entry;
      return { caller: gitea.caller, call: { ...call, entry: { instance, issue, source, title } } };
    }
  }
}

function admit(
  whoosh: Whoosh,
  request: FastifyRequest,
): KnownCaller | { readonly problem: Problem } {
  const strange = wrongDoor(whoosh, request);
  if (strange !== undefined) return { problem: strange };
  const token = /^Bearer ([\x21-\x7e]{1,1024})$/u.exec(request.headers.authorization ?? "")?.[1];
  const digest = createHash("sha256")
    .update(token ?? "")
    .digest("hex");
  const caller = token === undefined ? undefined : whoosh.callers.get(`sha256-${digest}`);
  if (caller !== undefined) return caller;
  const why = token === undefined ? "a bearer token is missing" : "nobody here has this token";
  return {
    problem: edgeProblem(
      "unauthenticated",
      `${why}; the operator's callers' file lists who may call`,
    ),
  };
}

/** A page in somebody's browser must not speak for them: neither under another name for this host, nor from another site. */
function wrongDoor({ hosts, origins }: Whoosh, { headers }: FastifyRequest): Problem | undefined {
  const host = (headers.host ?? "").toLowerCase().replace(/:\d+$/u, "");
  if (!hosts.has(host))
    return refusalProblem(
      "forbidden",
      `Host is ${JSON.stringify(host)}; whoosh-hosts does not list it`,
    );
  const { origin } = headers;
  if (origin === undefined || origins.has(origin)) return undefined;
  return refusalProblem(
    "forbidden",
    `Origin is ${JSON.stringify(origin)}; whoosh-origins does not list it`,
  );
}

function textOf({ body }: FastifyRequest): string {
  return typeof body === "string" ? body : "";
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** undefined: there is a body, and it is no JSON. */
function callOf(request: FastifyRequest): WhooshCall | undefined {
  const text = textOf(request);
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  return {
    path: textsOf(request.params),
    query: textsOf(request.query),
    header: (name) => headerOf(request, name),
    text,
    body,
  };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const pairs = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    pairs.flatMap(([key, one]: [string, unknown]) => (typeof one === "string" ? [[key, one]] : [])),
  );
}

async function answerRead(
  { app, reply, request }: Pick<Row, "app" | "request" | "reply">,
  fields: Readonly<Record<string, ReadRule>>,
  call: WhooshCall,
): Promise<Did> {
  const body: Record<string, Json> = {
    request_id: headerOf(request, "x-request-id") ?? request.id,
    schema_version: ANSWER_SCHEMA,
    version: VERSION,
  };
  for (const [name, rule] of Object.entries(fields)) {
    if (rule.kind === "value") {
      body[name] = rule.value;
      continue;
    }
    const read = await readOwn(app, rule, call);
    if ("problem" in read) return read;
    body[name] = read.value;
  }
  const text = canonicalText(body);
  return { sent: reply.header("cache-control", "no-store").type(JSON_MEDIA_TYPE).send(text) };
}

/** One of the server's own reads, as the operator at this machine would be answered: the table says what a caller sees. */
async function readOwn(
  app: HttpApp,
  { path, pick }: { readonly path: string; readonly pick: string | undefined },
  call: WhooshCall,
): Promise<{ readonly problem: Problem } | { readonly value: Json }> {
  let url: string;
  try {
    url = fillIn(path, call, "uri");
  } catch (error) {
    if (error instanceof CallLacks) return { problem: edgeProblem("bad_query", error.message) };
    throw error;
  }
  const answer = await app.inject({ method: "GET", url });
  if (!String(answer.headers["content-type"]).startsWith(JSON_MEDIA_TYPE))
    return { problem: answer.json<Problem>() };
  const value = answer.json<Json>();
  if (pick === undefined) return { value };
  const picked: readonly (readonly [string, Json])[] =
    typeof value === "object" && value !== null ? Object.entries(value) : [];
  return { value: picked.find(([name]) => name === pick)?.[1] ?? null };
}
