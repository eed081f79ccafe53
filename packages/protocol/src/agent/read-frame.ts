import type { JsonSchema } from "../schema/json-schema.ts";
import { FRAME_BYTES_MAX } from "./agent-limits.ts";
import type { CloseCode } from "./close-codes.ts";
import { CONTROLLER_FRAMES, LEGACY_RUNNER_FRAMES, RUNNER_FRAMES } from "./frame-schemas.ts";
import type { ControllerFrame, HelloFrame, RunnerFrame } from "./frames.ts";
import type { LegacyHello, LegacyRunnerFrame } from "./legacy-frames.ts";
import { shapeProblem, shown } from "../schema/shape-problem.ts";
import type { AgentVersion } from "./version.ts";

export type ReadFrame<Frame> =
  | { readonly ok: true; readonly frame: Frame }
  | { readonly ok: false; readonly code: CloseCode; readonly message: string };

/** The first frame of a runner, of either generation. */
export type AnyHello =
  | { readonly generation: 1; readonly hello: LegacyHello }
  | { readonly generation: 2; readonly hello: HelloFrame };

/**
 * The first frame on a connection, which must be a hello. It says nothing about whether the version fits: look first who
 * it is (signature or secret), then `negotiate`, so that strangers cannot probe versions.
 */
export function readHello(text: string): ReadFrame<AnyHello> {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (value["type"] !== "hello")
    return bad("hello_required", `the first frame must be a hello, not ${shown(value["type"])}`);
  if (Object.hasOwn(value, "protocol")) {
    const problem = shapeProblem(RUNNER_FRAMES.hello, value, "hello");
    return problem === undefined
      ? { ok: true, frame: { generation: 2, hello: asFrame(value) } }
      : bad("bad_frame", problem);
  }
  const read = legacyFrame(value);
  if (!read.ok) return read;
  return read.frame.type === "hello"
    ? { ok: true, frame: { generation: 1, hello: read.frame } }
    : bad("hello_required", "the first frame must be a hello");
}

/** A later frame of a runner of version 2.x. */
export function readRunnerFrame(text: string, version: AgentVersion): ReadFrame<RunnerFrame> {
  return read<RunnerFrame>(text, RUNNER_FRAMES, version);
}

/** A frame of a controller, as a runner of version 2.x reads it. */
export function readControllerFrame(
  text: string,
  version: AgentVersion,
): ReadFrame<ControllerFrame> {
  return read<ControllerFrame>(text, CONTROLLER_FRAMES, version);
}

/** A later frame of a runner of version 1.0.0. */
export function readLegacyFrame(text: string): ReadFrame<LegacyRunnerFrame> {
  const parsed = parse(text);
  return parsed.ok ? legacyFrame(parsed.value) : parsed;
}

interface OpenObject {
  readonly [name: string]: unknown;
}

type ParsedObject =
  | { readonly ok: true; readonly value: OpenObject }
  | { readonly ok: false; readonly code: CloseCode; readonly message: string };

function parse(text: string): ParsedObject {
  // A unit is at least one byte: the socket has counted the bytes, this only holds for those who have no socket.
  if (text.length > FRAME_BYTES_MAX)
    return bad(
      "frame_too_large",
      `the frame has ${text.length} characters; at most ${FRAME_BYTES_MAX} bytes`,
    );
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value)
      ? { ok: true, value }
      : bad("bad_frame", `a frame is a JSON object, not ${shown(value)}`);
  } catch {
    return bad("bad_frame", "Invalid JSON");
  }
}

function read<Frame>(
  text: string,
  schemas: Readonly<Record<string, JsonSchema>>,
  version: AgentVersion,
): ReadFrame<Frame> {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  // The version is the connection's: a frame may repeat it, but not say another.
  const { v, ...value } = parsed.value;
  if (v !== undefined && v !== version)
    return bad("bad_frame", `v is ${shown(v)}, but this connection speaks ${version}`);
  const type = value["type"];
  const schema =
    typeof type === "string" && Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined)
    return bad("bad_frame", `type is ${shown(type)}; one of ${Object.keys(schemas).join(", ")}`);
  const problem = shapeProblem(schema, value, String(type)) ?? crossProblem(value);
  return problem === undefined ? { ok: true, frame: asFrame(value) } : bad("bad_frame", problem);
}

/** What no single member shows. */
function crossProblem(value: OpenObject): string | undefined {
  if (value["type"] !== "resp") return undefined;
  const { ok, data, error } = value;
  if (ok === true && error !== undefined) return "resp says ok, and has an error";
  if (ok === false && error === undefined) return "resp says no, and has no error";
  return ok === false && data !== undefined ? "resp says no, and has data" : undefined;
}

const VERSION_SPELLINGS = ["protocolVersion", "protocol_version", "protocolversion", "version"];

function legacyFrame(value: OpenObject): ReadFrame<LegacyRunnerFrame> {
  const type = value["type"];
  const schemas: Readonly<Record<string, JsonSchema>> = LEGACY_RUNNER_FRAMES;
  const schema =
    typeof type === "string" && Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) return bad("bad_frame", "Unknown message type");
  const problem = shapeProblem(schema, value, String(type));
  if (problem !== undefined) return bad("bad_frame", problem);
  const known = Object.keys(Object(schema["properties"]));
  const kept = Object.fromEntries(
    known.flatMap((name) => (Object.hasOwn(value, name) ? [[name, value[name]]] : [])),
  );
  if (type !== "hello") return { ok: true, frame: asFrame(kept) };
  const spelt = VERSION_SPELLINGS.map((name) => value[name]).find((one) => typeof one === "string");
  return {
    ok: true,
    frame: asFrame({ ...kept, ready: kept["ready"] === true, protocolVersion: spelt ?? null }),
  };
}

function isObject(value: unknown): value is OpenObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The one place where an object that fits the schema of a frame becomes that frame. */
function asFrame<Frame>(value: OpenObject): Frame {
  return value as unknown as Frame;
}

function bad(
  code: CloseCode,
  message: string,
): { readonly ok: false; readonly code: CloseCode; readonly message: string } {
  return { ok: false, code, message };
}
