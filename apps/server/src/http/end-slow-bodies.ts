import type { IncomingMessage } from "node:http";
import type { HttpApp } from "./http-app.ts";
import { CONNECTIONS_CHECK_MS, REQUEST_TIMEOUT_MS } from "./limits.ts";

/**
 * Ends connections whose body takes too long. Node's own limit is one for all requests, and a stream of proposals may run
 * for ever; so bodies that are read whole are watched here, by one timer for all of them.
 */
export function endSlowBodies(app: HttpApp): void {
  const reading = new Map<IncomingMessage, number>();
  app.addHook("onRequest", (request, _reply, done) => {
    if (request.method !== "GET") reading.set(request.raw, performance.now());
    done();
  });
  // A stream is the route's own affair once its parser has let it through.
  app.addHook("preValidation", (request, _reply, done) => {
    reading.delete(request.raw);
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    reading.delete(request.raw);
    done();
  });
  app.addHook("onRequestAbort", (request, done) => {
    reading.delete(request.raw);
    done();
  });
  const timer = setInterval(() => {
    const oldest = performance.now() - REQUEST_TIMEOUT_MS;
    for (const [request, since] of reading) {
      if (since > oldest) continue;
      reading.delete(request);
      request.destroy();
    }
  }, CONNECTIONS_CHECK_MS);
  timer.unref();
  app.addHook("onClose", (_app, done) => {
    clearInterval(timer);
    done();
  });
}
