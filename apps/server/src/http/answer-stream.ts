import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BODY_BYTES_MAX, NDJSON_MEDIA_TYPE, type Problem } from "@swoosh/protocol";
import { senderOf } from "./client-address.ts";
import type { RouteContext } from "./http-app.ts";
import { STREAM_IN_FLIGHT_MAX } from "./limits.ts";
import { PATIENCE } from "./patience.ts";
import { proposeText } from "./propose-text.ts";
import { tooSlow } from "./protocol-errors.ts";
import { refusalProblem } from "./refusal-problem.ts";
import { internalProblem } from "./short-way.ts";
import { splitLines } from "./split-lines.ts";
import { StreamStalled, timelyChunks } from "./timely-chunks.ts";
import type { WireAnswer } from "./wire-answer-of.ts";

/**
 * One stream of proposals. Answers go out in the order of the lines; at most `STREAM_IN_FLIGHT_MAX` are under way, then
 * nothing more is read, so a fast sender waits in its own socket. A line that is refused, or that meets a defect of ours,
 * ends nothing; a client that goes ends the reading, and what is under way is finished for its next delivery. One that
 * stands still is answered what it asked, and the stream ends: with a last line that says so where it stands still in the
 * midst of one.
 */
export async function answerStream(
  context: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { "content-type": NDJSON_MEDIA_TYPE });
  const answers = new OrderedAnswers(response, (error) => {
    context.onDefect?.(error);
    return { status: 500, problem: internalProblem() };
  });
  // Of its headers, who sends it is for every line; a key and a trace are for one proposal.
  const { authorization } = request.headers;
  const from = senderOf(request, context.proxies);
  const came = { headers: { authorization }, dryRun: false, from };
  const { bodyMs, streamIdleMs } = context.patience ?? PATIENCE;
  const chunks = timelyChunks(request, { lineMs: bodyMs, idleMs: streamIdleMs });
  let isStalled = false;
  try {
    for await (const line of splitLines(chunks, BODY_BYTES_MAX)) {
      if (response.destroyed) return;
      if (line === null) answers.add(Promise.resolve(tooLong(context)));
      else if (line !== "") answers.add(proposeText(context, line, came));
      await answers.room();
    }
  } catch (error) {
    if (!(error instanceof StreamStalled)) {
      // The client broke off: nobody is left to tell. What was taken is answered under its key when it comes back. Or the
      // reading itself failed, and whether a line was seen is not known any more: the client is to ask again too.
      if (error !== request.errored && !response.destroyed) context.onDefect?.(error);
      response.destroy();
      return;
    }
    isStalled = true;
    if (error.isInLine) answers.add(Promise.resolve(told(context, tooSlow("line"))));
  }
  await answers.drained();
  response.end(() => {
    // Its sender may send on for ever.
    if (isStalled) request.destroy();
  });
}

function tooLong(context: RouteContext): WireAnswer {
  const why = `a line has more than ${BODY_BYTES_MAX} bytes`;
  return told(context, refusalProblem("too_large", why));
}

function told({ node }: RouteContext, problem: Problem): WireAnswer {
  node.metrics.noteRefusal(problem);
  return { status: problem.status, problem };
}

/** Writes answers in the order in which they were asked for, several in one write where they are there together. */
class OrderedAnswers {
  readonly #response: ServerResponse;
  readonly #failed: (error: unknown) => WireAnswer;
  readonly #waiting: { line: string | null }[] = [];
  #wake: (() => void) | null = null;
  #isFlushing = false;

  /** `failed`: what is told of a line whose answer could not be made. */
  constructor(response: ServerResponse, failed: (error: unknown) => WireAnswer) {
    this.#response = response;
    this.#failed = failed;
  }

  add(answer: Promise<WireAnswer>): void {
    const slot: { line: string | null } = { line: null };
    this.#waiting.push(slot);
    const settle = (line: string): void => {
      slot.line = line;
      if (this.#waiting[0] === slot && !this.#isFlushing) {
        this.#isFlushing = true;
        // The answers of one batch come in one turn: they leave in one write.
        setImmediate(() => this.#flush());
      }
    };
    answer.then(
      (wire) => settle(lineOf(wire)),
      (error: unknown) => settle(lineOf(this.#failed(error))),
    );
  }

  /** Resolves when another may be added: there is room, and the client reads. */
  async room(): Promise<void> {
    while (this.#waiting.length >= STREAM_IN_FLIGHT_MAX && !this.#response.destroyed)
      await this.#moved();
    if (this.#response.writableNeedDrain && !this.#response.destroyed)
      await Promise.race([once(this.#response, "drain"), once(this.#response, "close")]);
  }

  async drained(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#response.destroyed) await this.#moved();
  }

  #moved(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wake = null;
        this.#response.off("close", done);
        resolve();
      };
      this.#wake = done;
      this.#response.once("close", done);
    });
  }

  #flush(): void {
    this.#isFlushing = false;
    let count = 0;
    let text = "";
    for (const { line } of this.#waiting) {
      if (line === null) break;
      text += line;
      count += 1;
    }
    this.#waiting.splice(0, count);
    if (text !== "" && !this.#response.destroyed) this.#response.write(text);
    this.#wake?.();
  }
}

/** The answer with its status, as one line. */
function lineOf(wire: WireAnswer): string {
  if ("problem" in wire) return `${JSON.stringify(wire.problem)}\n`;
  // The 202 body has no status of HTTP; its own word gives way to the number, as the transition API says.
  return `${wire.text.replace('"status":"accepted"', `"status":${wire.status}`)}\n`;
}
