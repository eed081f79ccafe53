import { JSON_MEDIA_TYPE, type Access, type Route, type RouteAnswer } from "../route.ts";

const HTML = "text/html; charset=utf-8";

/** How the node is, and pages for people. */
export const HOUSE_ROUTES = [
  house("readHealth", "/health", "Say how the node and its log are", "session", [
    {
      status: 200,
      description: "It does its work",
      content: [{ media: JSON_MEDIA_TYPE, schema: "Health" }],
    },
    {
      status: 503,
      description: "It cannot: `status` and `problems` say why",
      content: [{ media: JSON_MEDIA_TYPE, schema: "Health" }],
    },
  ]),
  house("readLiveness", "/healthz", "Say that the process answers", "public", [
    {
      status: 200,
      description: "It answers",
      content: [{ media: JSON_MEDIA_TYPE, schema: "Alive" }],
    },
  ]),
  house("readReadiness", "/readyz", "Say whether all that it depends on is there", "session", [
    {
      status: 200,
      description: "Ready",
      content: [{ media: JSON_MEDIA_TYPE, schema: "Ready" }],
    },
    {
      status: 503,
      description: "Not ready; names what is missing",
      content: [{ media: JSON_MEDIA_TYPE, schema: "Ready" }],
    },
  ]),
  house("readMetrics", "/metrics", "Metrics for Prometheus", "session", [
    {
      status: 200,
      description: "Prometheus' text format",
      content: [{ media: "text/plain; version=0.0.4; charset=utf-8" }],
    },
  ]),
  house("readOpenApi", "/openapi.json", "This description", "session", [
    { status: 200, description: "OpenAPI 3.1", content: [{ media: JSON_MEDIA_TYPE }] },
  ]),
  house("readDocs", "/docs", "The reference page", "session", [page("The reference")]),
  house("readDebug", "/debug", "State of the process for people who debug", "session", [
    { status: 200, description: "What it holds and does", content: [{ media: JSON_MEDIA_TYPE }] },
  ]),
  house("showDebug", "/debug/dashboard", "Health, last records and refusals", "session", [
    page("A page without scripts that refreshes itself"),
  ]),
  house("showDashboard", "/", "The dashboard", "session", [page("The dashboard")]),
] as const satisfies readonly Route[];

function page(description: string): RouteAnswer {
  return { status: 200, description, content: [{ media: HTML }] };
}

function house<Id extends string>(
  id: Id,
  path: string,
  summary: string,
  access: Access,
  answers: readonly RouteAnswer[],
): Route & { readonly id: Id } {
  return {
    id,
    method: "GET",
    path,
    area: "house",
    access,
    summary,
    pathParameters: [],
    query: [],
    answers,
    codes: access === "public" ? [] : ["unauthenticated"],
  };
}
