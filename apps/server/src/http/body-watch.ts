import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpApp } from "./http-app.ts";
import { PATIENCE, type Patience } from "./patience.ts";
import { endWith, tooSlow } from "./protocol-errors.ts";

interface Reading {
  readonly since: number;
  readonly response: ServerResponse;
}

/**
 * Ends connections whose body takes too long. Node's own limit is one for all requests, and a stream of proposals may run
 * for ever; so bodies that are read whole are watched here, by one timer for all of them.
 */
export class BodyWatch {
  readonly #reading = new Map<IncomingMessage, Reading>();
  readonly #patience: Pick<Patience, "bodyMs" | "checkMs">;

  constructor(patience: Pick<Patience, "bodyMs" | "checkMs"> = PATIENCE) {
    this.#patience = patience;
  }

  /** Its body is being read. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#reading.set(request, { since: performance.now(), response });
  }

  /** It is there, or its sender is gone. */
  end(request: IncomingMessage): void {
    this.#reading.delete(request);
  }

  /** Watches every body that the application reads, until it is closed. */
  attach(app: HttpApp): void {
    app.addHook("onRequest", (request, reply, done) => {
      if (request.method !== "GET") this.begin(request.raw, reply.raw);
      done();
    });
    // A stream is the route's own affair once its parser has let it through.
    app.addHook("preValidation", (request, _reply, done) => {
      this.end(request.raw);
      done();
    });
    app.addHook("onResponse", (request, _reply, done) => {
      this.end(request.raw);
      done();
    });
    app.addHook("onRequestAbort", (request, done) => {
      this.end(request.raw);
      done();
    });
    const timer = setInterval(() => this.#endSlow(), this.#patience.checkMs);
    timer.unref();
    app.addHook("onClose", (_app, done) => {
      clearInterval(timer);
      done();
    });
  }

  #endSlow(): void {
    const oldest = performance.now() - this.#patience.bodyMs;
    for (const [request, { response, since }] of this.#reading) {
      if (since > oldest) continue;
      this.#reading.delete(request);
      if (response.headersSent) request.destroy();
      else endWith(response, tooSlow("body"));
    }
  }
}
