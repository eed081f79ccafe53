import type { JsonObject } from "@swoosh/kernel";

/** BACKBEAT's INT-A, version 1 (facts: `backbeat.beatframe.v1`), one a beat. */
export interface BeatFrame {
  readonly type: "backbeat.beatframe.v1";
  readonly cluster_id: string;
  readonly beat_index: number;
  readonly downbeat: boolean;
  readonly phase: BeatPhase;
  readonly hlc: string;
  /** RFC 3339: when this beat's phase must be complete. */
  readonly deadline_at: string;
  readonly tempo_bpm: number;
  readonly window_id: string;
  readonly metadata?: JsonObject;
}

export type BeatPhase = "plan" | "execute" | "review";

export type ReadBeatFrame =
  | { readonly ok: true; readonly frame: BeatFrame }
  | { readonly ok: false; readonly problems: readonly string[] };

const KEYS = new Set([
  "type",
  "cluster_id",
  "beat_index",
  "downbeat",
  "phase",
  "hlc",
  "deadline_at",
  "tempo_bpm",
  "window_id",
  "metadata",
]);
const TYPE = "backbeat.beatframe.v1";
const CLUSTER = /^[a-zA-Z0-9_-]{1,64}$/;
const HLC = /^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}$/;
const WINDOW = /^[0-9a-fA-F]{32}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const TEMPO_STEPS_MIN = 1;
const TEMPO_STEPS_MAX = 10_000;
/** Bytes of a frame: its fixed fields take 400, metadata may take the rest. */
export const FRAME_BYTES_MAX = 16_384;

/** Reads a frame as it came; every rule of the schema that it breaks is told. Metadata is not looked at. */
export function readBeatFrame(bytes: Uint8Array): ReadBeatFrame {
  if (bytes.length > FRAME_BYTES_MAX)
    return no(`the frame has ${bytes.length} bytes; at most ${FRAME_BYTES_MAX}`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return no("the frame is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return no("the frame is no object");
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const problems = problemsOf(fields);
  if (problems.length > 0 || !isFrame(fields)) return { ok: false, problems };
  return { ok: true, frame: fields };
}

function problemsOf(fields: Readonly<Record<string, unknown>>): readonly string[] {
  const problems = Object.keys(fields)
    .filter((key) => !KEYS.has(key))
    .map((key) => `unknown field ${JSON.stringify(key.slice(0, 40))}`);
  const rule = (key: string, holds: boolean, wanted: string): void => {
    if (!holds) problems.push(`${key} is ${shown(fields[key])}; ${wanted}`);
  };
  const {
    beat_index,
    cluster_id,
    deadline_at,
    downbeat,
    hlc,
    metadata,
    phase,
    tempo_bpm,
    type,
    window_id,
  } = fields;
  rule("type", type === TYPE, `${TYPE} is expected`);
  rule("cluster_id", isText(cluster_id, CLUSTER), "1 to 64 letters, digits, _ or -");
  rule(
    "beat_index",
    Number.isSafeInteger(beat_index) && Number(beat_index) >= 0,
    "an integer from 0 to 2^53-1",
  );
  rule("downbeat", typeof downbeat === "boolean", "true or false");
  rule(
    "phase",
    phase === "plan" || phase === "execute" || phase === "review",
    "plan, execute or review",
  );
  rule("hlc", isText(hlc, HLC), "three times four hex digits");
  rule(
    "deadline_at",
    isText(deadline_at, INSTANT) && !Number.isNaN(Date.parse(String(deadline_at))),
    "an RFC 3339 date and time",
  );
  rule("tempo_bpm", isTempo(tempo_bpm), "a number from 0.1 to 1000 in steps of 0.1");
  rule("window_id", isText(window_id, WINDOW), "32 hex digits");
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  rule("metadata", metadata === undefined || isObject, "an object");
  return problems;
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function isTempo(value: unknown): boolean {
  if (typeof value !== "number") return false;
  const steps = Math.round(value * 10);
  return steps >= TEMPO_STEPS_MIN && steps <= TEMPO_STEPS_MAX && steps / 10 === value;
}

/** The rules above, for the compiler; `problemsOf` has checked them. */
function isFrame(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & BeatFrame {
  return fields["type"] === TYPE;
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
}

function no(problem: string): ReadBeatFrame {
  return { ok: false, problems: [problem] };
}

/** Where a frame came from. */
export type BeatSource = "pulse" | "nats" | "local";

/** Inputs of `Beat_Observed`. `evidence`: hash of the frame's bytes where they are stored. */
export function beatInputs(frame: BeatFrame, source: BeatSource, evidence?: string): JsonObject {
  return {
    beat_index: frame.beat_index,
    cluster: frame.cluster_id,
    deadline_at: Date.parse(frame.deadline_at),
    downbeat: frame.downbeat,
    phase: frame.phase,
    source,
    tempo_mbpm: Math.round(frame.tempo_bpm * 1_000),
    window_id: frame.window_id.toLowerCase(),
    ...(evidence === undefined ? {} : { frame: evidence }),
  };
}
