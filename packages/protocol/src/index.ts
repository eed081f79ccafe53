// The protocol's door: the wire as data and types. The server mounts it, the SDK speaks it, the documents print it.
export {
  CODES,
  EDGE_CODES,
  isWireCode,
  statusOf,
  type CodeMeaning,
  type EdgeCode,
  type WireCode,
} from "./codes.ts";
export {
  edgeProblem,
  PROBLEM_MEDIA_TYPE,
  problemHeaders,
  problemOf,
  problemType,
  type Problem,
  type ProblemHead,
  type ProblemHelp,
  type Retry,
} from "./problem.ts";
export {
  BODY_BYTES_MAX,
  CHALLENGE_MS,
  CURSOR_LENGTH_MAX,
  EVIDENCE_BYTES_MAX,
  INTEGER_MAX,
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  PROJECTION_LENGTH_MAX,
  PROPOSAL_INPUTS_BYTES_MAX,
  SESSION_MS,
} from "./limits.ts";
export {
  AREAS,
  JSON_MEDIA_TYPE,
  NDJSON_MEDIA_TYPE,
  schemaOfParameter,
  SSE_MEDIA_TYPE,
  type Access,
  type Area,
  type Content,
  type Method,
  type PathParameter,
  type QueryParameter,
  type Route,
  type RouteAnswer,
} from "./route.ts";
export { routeOf, ROUTES, type RouteId } from "./routes.ts";
export { readQuery, type QueryValues, type ReadQuery } from "./read-query.ts";
export { openApiOf } from "./open-api.ts";
export type { JsonSchema } from "./schema/json-schema.ts";
export { SCHEMAS, standalone, type SchemaName } from "./schema/schemas.ts";
