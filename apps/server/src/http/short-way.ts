import type { IncomingMessage, ServerResponse } from "node:http";
import { BODY_BYTES_MAX, edgeProblem, JSON_MEDIA_TYPE, routeOf } from "@swoosh/protocol";
import { answerTransition, problemAnswer, type TransitionAnswer } from "./answer-transition.ts";
import type { BodyWatch } from "./body-watch.ts";
import { senderOf } from "./client-address.ts";
import type { RouteContext } from "./http-app.ts";
import { tellRefusal } from "./propose-text.ts";
import { turnedAway } from "./turned-away.ts";

/** Takes a request, or says false and has not touched it. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse) => boolean;

const PATH = routeOf("proposeTransition").path;
/** Without a sign, leading zeros and exponents, which `Number` would take. */
const LENGTH = /^[1-9][0-9]{0,4}$/;

/**
 * The way of plain proposals past the framework: `POST /transition` without a query, as JSON, of a length that is told and
 * allowed. Its router, hooks, parser of bodies and replies would cost as much as the decision. Everything else, and whatever
 * is wrong with a request, is the framework's, so that there is one place that refuses: this one only reads the body and
 * answers, with the same bytes. A server that stops sends everybody the long way, which ends connections.
 */
export function createShortWay(
  context: RouteContext,
  doors: { readonly watch: BodyWatch; readonly onDefect: (error: unknown) => void },
): ShortWay {
  const { onDefect, watch } = doors;
  const settle = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    watch.end(request);
    const from = senderOf(request, context.proxies);
    answerTransition(context, { body, headers: request.headers, dryRun: false, from }).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        onDefect(error);
        send(response, problemAnswer(internalProblem()));
      },
    );
  };
  /** What still comes is nobody's; its sender has as long for it as any other. */
  const dropBody = (request: IncomingMessage): void => {
    request.on("end", () => watch.end(request));
    request.on("error", () => watch.end(request));
    request.resume();
  };
  return (request, response) => {
    if (!isPlain(request) || context.isStopping()) return false;
    watch.begin(request, response);
    const away = turnedAway(context, request.headers);
    if (away !== undefined) {
      dropBody(request);
      const from = senderOf(request, context.proxies);
      tellRefusal(context, away, { text: "", dryRun: false, from });
      send(response, problemAnswer(away));
      return true;
    }
    let first: Buffer | undefined;
    const more: Buffer[] = [];
    request.on("data", (chunk: Buffer) => {
      if (first === undefined) first = chunk;
      else more.push(chunk);
    });
    request.on("end", () => {
      const bytes = first === undefined ? Buffer.alloc(0) : first;
      const whole = more.length === 0 ? bytes : Buffer.concat([bytes, ...more]);
      settle(request, response, whole.toString("utf8"));
    });
    // The sender is gone: nobody is left to answer.
    request.on("error", () => watch.end(request));
    return true;
  };
}

export function internalProblem(): ReturnType<typeof edgeProblem> {
  return edgeProblem("internal", "a defect of the server; its log says more");
}

function isPlain({ headers, method, url }: IncomingMessage): boolean {
  if (url !== PATH || method !== "POST" || headers["content-type"] !== JSON_MEDIA_TYPE)
    return false;
  const length = headers["content-length"];
  return (
    length !== undefined &&
    LENGTH.test(length) &&
    Number(length) <= BODY_BYTES_MAX &&
    headers["transfer-encoding"] === undefined
  );
}

function send(response: ServerResponse, { headers, status, text }: TransitionAnswer): void {
  // Its sender is gone, or was told already that it took too long.
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.byteLength(text);
  response.writeHead(status, { ...headers, "content-length": bytes });
  // What is all ASCII needs no encoder.
  response.end(text, bytes === text.length ? "latin1" : "utf8");
}
