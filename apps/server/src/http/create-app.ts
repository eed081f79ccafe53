import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import Fastify, { type FastifyError, type FastifyReply } from "fastify";
import { BODY_BYTES_MAX, edgeProblem, JSON_MEDIA_TYPE, type Problem } from "@swoosh/protocol";
import { BodyWatch } from "./body-watch.ts";
import type { AddRoutes, HttpApp, RouteContext } from "./http-app.ts";
import { CONNECTIONS_MAX, HEADERS_BYTES_MAX, KEEP_ALIVE_MS } from "./limits.ts";
import { methodsOf } from "./methods-of.ts";
import { PATIENCE, type Patience } from "./patience.ts";
import { ProblemError } from "./problem-error.ts";
import {
  answerClientError,
  answerFrameworkError,
  meetExpectations,
  refusesHostless,
} from "./protocol-errors.ts";
import { refusalProblem } from "./refusal-problem.ts";
import { addReadingRoutes } from "./routes/reading-routes.ts";
import { addTransitionRoute } from "./routes/transition-route.ts";
import { addTransitionsRoute } from "./routes/transitions-route.ts";
import { sendProblem } from "./send-problem.ts";
import { createShortWay, internalProblem, type ShortWay } from "./short-way.ts";
import { addWhooshRoutes } from "../whoosh/add-whoosh-routes.ts";
import type { Whoosh } from "../whoosh/open-whoosh.ts";

/** Every file of routes that the server has. */
const ROUTES: readonly AddRoutes[] = [addTransitionRoute, addTransitionsRoute, addReadingRoutes];

export interface AppOptions {
  /** TLS: certificate and key in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly onDefect?: (error: unknown) => void;
  /** Told of every route that is added: what is served is compared with what is described. */
  readonly onRoute?: (method: string, path: string) => void;
  /** How long slow senders and readers are waited for. */
  readonly patience?: Patience;
  /** The drop-in for callers of WHOOSH, where there are any. */
  readonly whoosh?: Whoosh;
}

/** The HTTP application over a running node; it listens nowhere yet. */
export function createApp(context: RouteContext, options: AppOptions = {}): HttpApp {
  const { metrics } = context.node;
  const app = createBareApp(options, {
    onRefusal: (problem) => metrics.noteRefusal(problem),
    shortWay: (doors) => createShortWay(context, doors),
  });
  for (const add of ROUTES) add(app, context);
  if (options.whoosh !== undefined) addWhooshRoutes(app, context, options.whoosh);
  return app;
}

/** What an application with proposals does beside its routes. */
export interface AppDoors {
  /** A body was refused unread. */
  readonly onRefusal?: (problem: Problem) => void;
  readonly shortWay?: (doors: Parameters<typeof createShortWay>[1]) => ShortWay;
}

/** The application without routes: how bodies, slow senders and errors are met. */
export function createBareApp(options: AppOptions = {}, doors: AppDoors = {}): HttpApp {
  const { onDefect = () => {} } = options;
  const { patience = PATIENCE } = options;
  const watch = new BodyWatch(patience);
  const shortWay = doors.shortWay?.({ watch, onDefect }) ?? (() => false);
  const app: HttpApp = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    exposeHeadRoutes: true,
    forceCloseConnections: true,
    logger: false,
    return503OnClosing: false,
    serverFactory: (handler) =>
      createHttpServer(
        (request, response) => {
          if (refusesHostless(request, response) || shortWay(request, response)) return;
          handler(request, response);
        },
        patience,
        options.tls,
      ),
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.server.timeout = patience.socketIdleMs;
  meetExpectations(app.server);
  watch.attach(app);
  readBodiesAsText(app);
  answerErrors(app, { onDefect, onRefusal: doors.onRefusal ?? (() => {}) });
  const { onRoute } = options;
  if (onRoute !== undefined)
    app.addHook("onRoute", ({ method, url }) => {
      for (const one of [method].flat()) onRoute(one, url);
    });
  return app;
}

function createHttpServer(
  handler: RequestListener,
  patience: Patience,
  tls: AppOptions["tls"],
): Server {
  const settings = {
    connectionsCheckingInterval: patience.checkMs,
    headersTimeout: patience.headersMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADERS_BYTES_MAX,
    // Told here, with a body: `refusesHostless`.
    requireHostHeader: false,
    // Of all requests, streams too, which may run for ever: slow bodies are ended one by one.
    requestTimeout: 0,
  };
  if (tls === undefined) return createServer(settings, handler);
  return createTlsServer({ ...settings, ...tls }, handler);
}

/** Bodies are parsed by the kernel's strict parser alone. */
function readBodiesAsText(app: HttpApp): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_MEDIA_TYPE, { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
}

function answerErrors(
  app: HttpApp,
  told: {
    readonly onDefect: (error: unknown) => void;
    readonly onRefusal: (problem: Problem) => void;
  },
): void {
  const refuse = (reply: FastifyReply, problem: Problem): FastifyReply => {
    told.onRefusal(problem);
    // What is left of the body is nobody's, and may drip for ever.
    if (!reply.request.raw.complete) void reply.header("connection", "close");
    return sendProblem(reply, problem);
  };
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const allowed = methodsOf(path);
    if (allowed.length === 0)
      return sendProblem(
        reply,
        edgeProblem(
          "not_found",
          `there is nothing at ${request.method} ${path}; /openapi.json lists what there is`,
        ),
      );
    const detail = `${path} has no ${request.method}; it has ${allowed.join(", ")}`;
    void reply.header("allow", allowed.join(", "));
    return sendProblem(reply, edgeProblem("method_not_allowed", detail));
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error instanceof ProblemError) return sendProblem(reply, error.problem);
    switch (error.code) {
      case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
        return refuse(
          reply,
          refusalProblem(
            "unsupported_media_type",
            `the body's type is not ${JSON_MEDIA_TYPE}; send it as that`,
          ),
        );
      case "FST_ERR_CTP_BODY_TOO_LARGE":
        return refuse(
          reply,
          refusalProblem("too_large", `the body has more than ${BODY_BYTES_MAX} bytes`),
        );
      case "FST_ERR_CTP_EMPTY_JSON_BODY":
        return refuse(reply, refusalProblem("malformed", "the body is empty; send a proposal"));
      default: {
        const status = error.statusCode ?? 500;
        if (status < 500) return refuse(reply, refusalProblem("malformed", error.message));
        told.onDefect(error);
        return sendProblem(reply, internalProblem());
      }
    }
  });
}

function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}
