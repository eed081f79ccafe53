import type { JsonSchema } from "../schema/json-schema.ts";
import { closedObject, listOf } from "../schema/json-schema.ts";
import { INTEGER_MAX } from "../limits.ts";
import { WORD_SCHEMAS } from "../schema/word-schemas.ts";
import {
  AGENT_LEASES_MAX,
  CALL_DEADLINE_MS_MAX,
  CALL_ID_LENGTH_MAX,
  CAPABILITIES_MAX,
  CREDIT_FRAMES_MAX,
  HEARTBEAT_MS_MAX,
  HEARTBEAT_MS_MIN,
  JOIN_TOKEN_LENGTH_MAX,
  MESSAGE_LENGTH_MAX,
  RUNNER_AGENTS_MAX,
  WELCOME_LEASES_MAX,
  WORD_LENGTH_MAX,
} from "./agent-limits.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { AGENT_VERSIONS } from "./version.ts";

const id: JsonSchema = { title: "id", type: "string", pattern: "^[A-Za-z0-9_-]{1,128}$" };
const callId: JsonSchema = {
  title: "call",
  type: "string",
  minLength: 1,
  maxLength: CALL_ID_LENGTH_MAX,
};
const word: JsonSchema = {
  title: "word",
  type: "string",
  pattern: "^[A-Za-z][A-Za-z0-9_.-]*$",
  maxLength: WORD_LENGTH_MAX,
};
const text: JsonSchema = { type: "string", maxLength: MESSAGE_LENGTH_MAX };
const count: JsonSchema = { type: "integer", minimum: 0, maximum: INTEGER_MAX };
const data: JsonSchema = { type: "object" };
const version: JsonSchema = {
  title: "version",
  type: "string",
  pattern: "^[0-9]{1,6}\\.[0-9]{1,6}\\.[0-9]{1,6}$",
};
const range = closedObject({ max: version, min: version });
const challenge: JsonSchema = {
  title: "base64url of 32 bytes",
  type: "string",
  pattern: "^[A-Za-z0-9_-]{43}$",
};
const heldLease = closedObject({ agent: id, fence: count, session: id });
const offered = listOf(
  closedObject({
    capabilities: listOf(word, { maxItems: CAPABILITIES_MAX }),
    id,
    leases: listOf(closedObject({ fence: count, session: id }), { maxItems: AGENT_LEASES_MAX }),
    pool: id,
  }),
  { maxItems: RUNNER_AGENTS_MAX },
);

const request = frame("req", {
  agent: id,
  data,
  deadline_ms: { type: "integer", minimum: 1, maximum: CALL_DEADLINE_MS_MAX },
  id: callId,
  op: word,
});
const response = frame("resp", {
  "data?": {},
  "error?": closedObject({ code: word, message: text }),
  id: callId,
  ok: { type: "boolean" },
});
const cancel = frame("cancel", { id: callId });
const event = frame("event", { agent: id, data, event: word });
const release = frame("release", {
  agent: id,
  fence: count,
  id: callId,
  reason: word,
  session: id,
});
const heartbeat = frame("heartbeat", { ack: count, beat: count });
const credit = frame("credit", {
  frames: { type: "integer", minimum: 1, maximum: CREDIT_FRAMES_MAX },
});

/** What a runner may send, by `type`. */
export const RUNNER_FRAMES = {
  hello: frame("hello", {
    agents: offered,
    "join?": { type: "string", minLength: 1, maxLength: JOIN_TOKEN_LENGTH_MAX },
    protocol: range,
    runner: id,
    signature: {
      title: "base64url of 64 bytes",
      type: "string",
      pattern: WORD_SCHEMAS.Signature.pattern,
    },
    signer: { title: "identity", type: "string", pattern: WORD_SCHEMAS.IdentityKey.pattern },
  }),
  req: request,
  resp: response,
  cancel,
  event,
  release,
  roster: frame("roster", { agents: offered }),
  heartbeat,
  credit,
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** What a controller may send, by `type`. */
export const CONTROLLER_FRAMES = {
  challenge: frame("challenge", { challenge, origin: { type: "string", minLength: 1 } }),
  welcome: frame("welcome", {
    adopt: listOf(heldLease, { maxItems: WELCOME_LEASES_MAX }),
    connection: count,
    credit: { type: "integer", minimum: 1, maximum: CREDIT_FRAMES_MAX },
    heartbeat_ms: { type: "integer", minimum: HEARTBEAT_MS_MIN, maximum: HEARTBEAT_MS_MAX },
    protocol: { enum: AGENT_VERSIONS },
    release: listOf(heldLease, { maxItems: WELCOME_LEASES_MAX }),
  }),
  reject: frame("reject", {
    code: { enum: CLOSE_CODES },
    message: text,
    "supported?": range,
  }),
  req: request,
  resp: response,
  cancel,
  event,
  lease: frame("lease", { agent: id, data, fence: count, id: callId, kind: word, session: id }),
  release,
  heartbeat,
  credit,
  error: frame("error", { error: text }),
} as const satisfies Readonly<Record<string, JsonSchema>>;

const snowflake: JsonSchema = { type: "string", minLength: 1, maxLength: WORD_LENGTH_MAX };
const perhaps: JsonSchema = { type: ["string", "null"], maxLength: WORD_LENGTH_MAX };

/** What a legacy runner may send, by `type`; members beyond these are borne. */
export const LEGACY_RUNNER_FRAMES = {
  hello: legacy("hello", {
    agentId: snowflake,
    "botUserId?": perhaps,
    guildIds: listOf(snowflake),
    "poolId?": perhaps,
    "ready?": { type: "boolean" },
    "runnerId?": { type: "string", maxLength: WORD_LENGTH_MAX },
    "runnerSecret?": { type: "string", maxLength: JOIN_TOKEN_LENGTH_MAX },
    "tag?": perhaps,
  }),
  guilds: legacy("guilds", { guildIds: listOf(snowflake) }),
  event: legacy("event", {
    event: word,
    "guildId?": snowflake,
    "kind?": word,
    "reason?": word,
    "voiceChannelId?": perhaps,
  }),
  resp: legacy("resp", {
    "data?": {},
    "error?": text,
    id: callId,
    ok: { type: "boolean" },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;

function frame(type: string, members: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return closedObject({ type: { const: type }, ...members });
}

function legacy(type: string, members: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const { additionalProperties, ...open } = frame(type, members);
  return additionalProperties === undefined ? frame(type, members) : open;
}
