import type { IncomingMessage } from "node:http";
import type { HttpApp } from "./http-app.ts";
import { CONNECTIONS_CHECK_MS, REQUEST_TIMEOUT_MS } from "./limits.ts";

/**
 * Ends connections whose body takes too long. Node's own limit is one for all requests, and a stream of proposals may run
 * for ever; so bodies that are read whole are watched here, by one timer for all of them.
 */
export class BodyWatch {
  readonly #reading = new Map<IncomingMessage, number>();

  /** Its body is being read. */
  begin(request: IncomingMessage): void {
    this.#reading.set(request, performance.now());
  }

  /** It is there, or its sender is gone. */
  end(request: IncomingMessage): void {
    this.#reading.delete(request);
  }

  /** Watches every body that the application reads, until it is closed. */
  attach(app: HttpApp): void {
    app.addHook("onRequest", (request, _reply, done) => {
      if (request.method !== "GET") this.begin(request.raw);
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
    const timer = setInterval(() => this.#endSlow(), CONNECTIONS_CHECK_MS);
    timer.unref();
    app.addHook("onClose", (_app, done) => {
      clearInterval(timer);
      done();
    });
  }

  #endSlow(): void {
    const oldest = performance.now() - REQUEST_TIMEOUT_MS;
    for (const [request, since] of this.#reading) {
      if (since > oldest) continue;
      this.#reading.delete(request);
      request.destroy();
    }
  }
}
