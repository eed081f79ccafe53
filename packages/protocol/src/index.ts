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
  MEMORIES_DEFAULT,
  MEMORIES_FOUND_MAX,
  MEMORY_QUERY_LENGTH_MAX,
  MEMORY_SOURCE_LENGTH_MAX,
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
export type {
  Accepted,
  Chart,
  ChartSummary,
  DecisionRecord,
  EvidenceStored,
  FoundMemories,
  FoundMemory,
  KeptMemory,
  MemoriesKept,
  Cause,
  Explain,
  Explained,
  Health,
  InstanceSummary,
  Page,
  Projected,
  Proof,
  Session,
  SessionChallenge,
  StateAnswer,
  UnsignedProposal,
  WireProposal,
} from "./answers.ts";
export {
  isCommitment,
  openingOf,
  readOpening,
  REDACTION_CHART,
  REDACTION_ORDER,
  REDACTION_TABLE,
  redactionOf,
  type Redactable,
} from "./redaction.ts";
export { SESSION_TYPE, sessionPayload } from "./session.ts";
export { openApiOf } from "./open-api.ts";
export type { JsonSchema } from "./schema/json-schema.ts";
export { SCHEMAS, standalone, wireProblem, type SchemaName } from "./schema/schemas.ts";
export {
  formatUcxl,
  parseUcxl,
  UCXL_LENGTH_MAX,
  type ParsedUcxl,
  type UcxlAddress,
  type UcxlField,
  type UcxlTemporal,
} from "./ucxl.ts";
export { readOldUcxl, type ReadOldUcxl, type UcxlReading } from "./read-old-ucxl.ts";

export {
  AGENT_LEASES_MAX,
  CALL_DEADLINE_MS_MAX,
  CALL_ID_LENGTH_MAX,
  CAPABILITIES_MAX,
  CREDIT_FRAMES_MAX,
  FRAME_BYTES_MAX,
  HANDSHAKE_MS,
  HEARTBEAT_MS,
  HEARTBEAT_MS_MAX,
  HEARTBEAT_MS_MIN,
  JOIN_TOKEN_LENGTH_MAX,
  MESSAGE_LENGTH_MAX,
  RECONNECT_MS_MAX,
  RUNNER_AGENTS_MAX,
  WORD_LENGTH_MAX,
} from "./agent/agent-limits.ts";
export { CLOSE_CODES, CLOSINGS, type CloseCode, type Closing } from "./agent/close-codes.ts";
export { CONTROLLER_FRAMES, LEGACY_RUNNER_FRAMES, RUNNER_FRAMES } from "./agent/frame-schemas.ts";
export {
  helloPayload,
  RUNNER_HELLO_TYPE,
  type CallError,
  type CancelFrame,
  type ChallengeFrame,
  type ControllerFrame,
  type CreditFrame,
  type ErrorFrame,
  type EventFrame,
  type HeartbeatFrame,
  type HeldLease,
  type HelloFrame,
  type Lease,
  type LeaseFrame,
  type OfferedAgent,
  type RejectFrame,
  type ReleaseFrame,
  type RequestFrame,
  type ResponseFrame,
  type RosterFrame,
  type RunnerFrame,
  type WelcomeFrame,
} from "./agent/frames.ts";
export type {
  LegacyControllerFrame,
  LegacyError,
  LegacyEvent,
  LegacyGuilds,
  LegacyHello,
  LegacyRequest,
  LegacyResponse,
  LegacyRunnerFrame,
} from "./agent/legacy-frames.ts";
export {
  readControllerFrame,
  readHello,
  readLegacyFrame,
  readRunnerFrame,
  type AnyHello,
  type ReadFrame,
} from "./agent/read-frame.ts";
export {
  AGENT_VERSIONS,
  negotiate,
  RUNNER_VERSIONS,
  SUPPORTED_VERSIONS,
  type AgentVersion,
  type Negotiated,
  type VersionRange,
} from "./agent/version.ts";
