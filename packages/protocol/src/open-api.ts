import type { Json, JsonObject } from "@swoosh/kernel";
import { CODES, type WireCode } from "./codes.ts";
import { PROBLEM_MEDIA_TYPE } from "./problem.ts";
import {
  AREAS,
  schemaOfParameter,
  type Access,
  type Area,
  type Content,
  type PathParameter,
  type QueryParameter,
  type Route,
  type RouteAnswer,
} from "./route.ts";
import { refTo } from "./schema/json-schema.ts";
import { SCHEMAS } from "./schema/schemas.ts";

const AREA_TEXTS: Readonly<Record<Area, string>> = {
  transitions: "Signed proposals in, durable answers out",
  reading: "Instances, decisions and charts",
  log: "The journal and the proofs that it is append-only",
  evidence: "Bytes that records refer to by their hash",
  sessions: "Tokens for reading from afar",
  memory: "Memories of the mesh, found again after cells died",
  house: "How the node is, and pages for people",
};

/** The OpenAPI 3.1 description of routes: all of it comes from the routes and the schemas. Plain JSON. */
export function openApiOf(
  routes: readonly Route[],
  about: { readonly version: string; readonly server?: string },
): JsonObject {
  const paths = new Map<string, [string, Json][]>();
  for (const route of routes) {
    const operations = paths.get(route.path) ?? [];
    operations.push([route.method.toLowerCase(), operationOf(route)]);
    paths.set(route.path, operations);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Swoosh",
      version: about.version,
      summary: "A control plane that decides, records and proves every step",
    },
    ...(about.server === undefined ? {} : { servers: [{ url: about.server }] }),
    tags: AREAS.map((name) => ({ name, description: AREA_TEXTS[name] })),
    paths: Object.fromEntries(
      [...paths].map(([path, operations]) => [path, Object.fromEntries(operations)]),
    ),
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        session: {
          type: "http",
          scheme: "bearer",
          description: "A token from POST /session; callers on the loopback need none to read.",
        },
      },
    },
  };
}

function operationOf(route: Route): JsonObject {
  return {
    operationId: route.id,
    tags: [route.area],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: securityOf(route.access),
    parameters: [...route.pathParameters.map(pathParameter), ...route.query.map(queryParameter)],
    ...(route.request === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf([route.request.content]) } }),
    responses: Object.fromEntries([
      ...route.answers.map((answer) => [String(answer.status), answerOf(answer)] as const),
      ...problemAnswers(route),
    ]),
  };
}

/** `signed` needs no token: the body carries the signature. An empty requirement beside the token makes it optional. */
function securityOf(access: Access): Json {
  switch (access) {
    case "public":
    case "signed":
      return [];
    case "session":
      return [{ session: [] }, {}];
    case "bearer":
      return [{ session: [] }];
  }
}

function pathParameter({ name, description, pattern }: PathParameter): JsonObject {
  return { name, in: "path", required: true, description, schema: { type: "string", pattern } };
}

function queryParameter(parameter: QueryParameter): JsonObject {
  const { name, required, description } = parameter;
  return { name, in: "query", required, description, schema: schemaOfParameter(parameter) };
}

function answerOf({ description, content, headers }: RouteAnswer): JsonObject {
  return {
    description,
    ...(content.length === 0 ? {} : { content: contentOf(content) }),
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [
              name,
              { description: text, schema: { type: "string" } },
            ]),
          ),
        }),
  };
}

function contentOf(content: readonly Content[]): JsonObject {
  return Object.fromEntries(
    content.map(({ media, schema }) => [
      media,
      schema === undefined ? {} : { schema: refTo(schema) },
    ]),
  );
}

/** One entry a status: the description names its codes. Answers of the route itself win: they say more. */
function problemAnswers(route: Route): readonly (readonly [string, JsonObject])[] {
  const own = new Set(route.answers.map(({ status }) => status));
  const byStatus = new Map<number, WireCode[]>();
  for (const code of [...route.codes, "internal" as const]) {
    const { status } = CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus]
    .filter(([status]) => !own.has(status))
    .toSorted(([one], [other]) => one - other)
    .map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${CODES[code].title}`).join("; "),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: refTo("Problem") } },
      },
    ]);
}
