import { NDJSON_MEDIA_TYPE, routeOf } from "@swoosh/protocol";
import type { AddRoutes } from "../http-app.ts";
import { answerStream } from "../answer-stream.ts";

/** `POST /transitions`: NDJSON of proposals in, NDJSON of answers out, in order, while the request still runs. */
export const addTransitionsRoute: AddRoutes = (app, context) => {
  const { path } = routeOf("proposeTransitions");
  // Its own scope: the body is a stream here, and a text elsewhere.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(NDJSON_MEDIA_TYPE, (_request, _payload, done) => done(null));
    scope.post(path, { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
      reply.hijack();
      await answerStream(context, request.raw, reply.raw);
    });
  });
};
