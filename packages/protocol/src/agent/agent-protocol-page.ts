import type { JsonSchema } from "../schema/json-schema.ts";
import {
  CALL_DEADLINE_MS_MAX,
  CREDIT_FRAMES_MAX,
  FRAME_BYTES_MAX,
  HANDSHAKE_MS,
  HEARTBEAT_MS,
  RECONNECT_MS_MAX,
  RUNNER_AGENTS_MAX,
} from "./agent-limits.ts";
import { CLOSE_CODES, CLOSINGS } from "./close-codes.ts";
import { CONTROLLER_FRAMES, LEGACY_RUNNER_FRAMES, RUNNER_FRAMES } from "./frame-schemas.ts";
import { RUNNER_HELLO_TYPE } from "./frames.ts";
import { AGENT_VERSIONS } from "./version.ts";

/** What each frame is for; the forms of its members come from its schema. */
const TEXTS: Readonly<Record<string, string>> = {
  hello:
    "the first frame: who the runner is, what it speaks, which agents it has and what they still work on",
  roster: "all agents, where they changed after the hello",
  challenge: "sent as soon as the socket is open; legacy runners ignore it",
  welcome:
    "the hello is taken: leases that go on, leases that are over, and the number of the connection",
  reject: "the hello is not taken; the socket closes behind it",
  req: "a call; answered by one `resp` with its `id` on this connection, or lost with it",
  resp: "the answer: `ok` with `data`, or not with `error`",
  cancel: "the caller no longer waits; what was done stays done",
  event: "something happened; no answer",
  lease: "the agent serves this session from now on; answered by `resp`",
  release: "the lease is over (controller: stop; runner: it has ended); answered by `resp`",
  heartbeat: "every `heartbeat_ms`; `ack` is the other side's last `beat`, or 0",
  credit: "so many frames more may be sent",
  error: "what was wrong with the runner or its frame; the socket closes behind it",
  guilds: "all guilds of the agent",
};

/** The page `docs/agent-protocol.md`: made of the schemas, so it cannot say anything else than they do. */
export function agentProtocolPage(): string {
  return [
    "# The agent protocol",
    "",
    "Between a controller and its runners: one WebSocket for each runner, many agents on it, one JSON object in each text frame. This page is made of the",
    "schemas in `packages/protocol/src/agent` (`SWOOSH_UPDATE=1`), never by hand.",
    "",
    "## Rules",
    "",
    ...rules(),
    "",
    "## Frames of a runner (2.0.0)",
    "",
    ...table(RUNNER_FRAMES),
    "",
    "## Frames of a controller (2.0.0)",
    "",
    ...table(CONTROLLER_FRAMES),
    "",
    "*id*: letters, digits, `_` and `-`, 1 to 128. *word*: a letter, then letters, digits, `_`, `.` and `-`, at most 64. *call*: 1 to 64 characters, unique on",
    "the connection and side. A member in brackets may be absent; members beyond these are refused.",
    "",
    "## Frames of a legacy runner (1.0.0)",
    "",
    ...table(LEGACY_RUNNER_FRAMES),
    "",
    "One connection for each agent; members beyond these are borne. The controller sends `req` {id, op, data, agentId} and `error` {error}.",
    "",
    "## Closings",
    "",
    "| code | status | reason |",
    "|---|---|---|",
    ...CLOSE_CODES.map(
      (code) => `| \`${code}\` | ${CLOSINGS[code].status} | ${CLOSINGS[code].reason} |`,
    ),
    "",
  ].join("\n");
}

function rules(): readonly string[] {
  return [
    `- Versions spoken: ${AGENT_VERSIONS.join(", ")}. The newest that lies in the hello's range is fixed for the connection; a frame may repeat it as \`v\`, but not say another.`,
    `- The controller looks first who the runner is, then what it speaks: a 2.x runner signs {challenge, origin, runner, signer} (canonical JSON, DSSE type \`${RUNNER_HELLO_TYPE}\`) with its Ed25519 identity; a 1.0.0 runner sends the shared secret.`,
    "- The server of today takes 2.x alone: a 1.0.0 runner is refused as `unauthorized`, a 2.x hello whose range ends before 2.0.0 as `incompatible`.",
    `- A frame has at most ${FRAME_BYTES_MAX} bytes, and a runner at most ${RUNNER_AGENTS_MAX} agents; the hello must come within ${HANDSHAKE_MS} ms, and nothing behind it before the welcome.`,
    `- A runner whose connection ends connects again, after ${RECONNECT_MS_MAX} ms at most.`,
    "- Of two connections of a runner the one with the higher number counts; the other is closed with `replaced`.",
    "- Pending calls end with their connection at once; ids mean nothing on another one.",
    `- A call may take up to ${CALL_DEADLINE_MS_MAX} ms, and says how long.`,
    `- Each side sends no more frames than the other gave credit for (at most ${CREDIT_FRAMES_MAX} outstanding); \`resp\`, \`heartbeat\` and \`credit\` cost none. Nothing is dropped silently.`,
    `- Heartbeats go both ways, every ${HEARTBEAT_MS} ms unless the welcome says otherwise.`,
    "- Executors refuse a fence lower than one that they have seen for the same agent and session. A lease whose outcome the log has is answered, and not served again.",
  ];
}

function table(frames: Readonly<Record<string, JsonSchema>>): readonly string[] {
  return [
    "| type | members | what it says |",
    "|---|---|---|",
    ...Object.entries(frames).map(
      ([type, schema]) => `| \`${type}\` | ${members(schema)} | ${TEXTS[type] ?? ""} |`,
    ),
  ];
}

/** Members but `type`, each with its form. */
function members(schema: JsonSchema): string {
  const properties = Object.entries(Object(schema["properties"])).filter(
    ([name]) => name !== "type",
  );
  const required: readonly unknown[] = [schema["required"] ?? []].flat();
  return properties
    .map(([name, form]) => {
      const text = `${name}: ${formOf(form)}`;
      return required.includes(name) ? text : `[${text}]`;
    })
    .join(", ");
}

function formOf(value: unknown): string {
  const schema: JsonSchema = Object(value);
  const { title, type, minimum, maximum, items, maxItems, properties } = schema;
  if (typeof title === "string") return title;
  const words = schema["enum"];
  if (Array.isArray(words)) return words.map((word) => `"${String(word)}"`).join(" or ");
  if (type === "array")
    return `list of ${formOf(items)}${maxItems === undefined ? "" : `, at most ${String(maxItems)}`}`;
  if (properties !== undefined) return `{${members(schema)}}`;
  if (type === "integer")
    return maximum === Number.MAX_SAFE_INTEGER
      ? "integer"
      : `${String(minimum)} to ${String(maximum)}`;
  if (type === undefined) return "any JSON";
  return [type].flat().join(" or ");
}
