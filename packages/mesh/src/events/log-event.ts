import { SUM_PATTERN } from "./line-sum.ts";
import type { MeshEvent } from "../shards/mesh-event.ts";

/** The first line of a log: all that a replay needs beside the events. */
export interface BeginEvent {
  readonly type: "begin";
  /** Version of this format. */
  readonly schema: number;
  readonly width: number;
  readonly height: number;
  readonly wraps: 0 | 1;
  readonly reach: number;
  readonly seed: number;
}

/** The automaton's part: a start state and the noise that it was exposed to; all else follows from the rule. */
export interface GridEvent {
  readonly type: "grid";
  /** Start state as RLE, with its own header line; torus of the size that the header names. */
  readonly rle: string;
  readonly flipsPerMillion: number;
  readonly seed: number;
}

/** Hash of the automaton's state at this tick, to compare a replay with. */
export interface StateEvent {
  readonly type: "state";
  readonly hash: string;
}

/** Amplitude put into the field by an adapter, by the adapter's hash. */
export interface PulseEvent {
  readonly type: "pulse";
  readonly adapter: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly amplitudeThousandths: number;
}

/** An embedding came in: an input, recorded by its codes, never computed again. */
export interface EmbedEvent {
  readonly type: "embed";
  readonly model: string;
  readonly text: string;
  /** The 768 codes, base64url. */
  readonly codes: string;
}

/** The log was closed in order; figures at its end. */
export interface CloseEvent {
  readonly type: "close";
  readonly injected: number;
  readonly delivered: number;
  readonly inFlight: number;
}

/** Whatever a line of a log can tell. */
export type LogEvent =
  | BeginEvent
  | GridEvent
  | StateEvent
  | PulseEvent
  | EmbedEvent
  | CloseEvent
  | MeshEvent;

/** Version of the format that is written here. Lines of version 1 were objects. */
export const LOG_SCHEMA = 2;

type FieldKind = "count" | "integer" | "text" | readonly string[];

const CAUSES = ["unreachable", "cell-died", "expired"];

/** Fields of each type in the order of the line, between `seq`, `tick`, `type` and the sum. No field is optional. */
export const EVENT_FIELDS: Readonly<
  Record<LogEvent["type"], readonly (readonly [string, FieldKind])[]>
> = {
  begin: [
    ["schema", "count"],
    ["width", "count"],
    ["height", "count"],
    ["wraps", "count"],
    ["reach", "count"],
    ["seed", "integer"],
  ],
  grid: [
    ["rle", "text"],
    ["flipsPerMillion", "count"],
    ["seed", "integer"],
  ],
  state: [["hash", "text"]],
  pulse: [
    ["adapter", "text"],
    ["x", "count"],
    ["y", "count"],
    ["radius", "count"],
    ["amplitudeThousandths", "integer"],
  ],
  embed: [
    ["model", "text"],
    ["text", "text"],
    ["codes", "text"],
  ],
  close: [
    ["injected", "count"],
    ["delivered", "count"],
    ["inFlight", "count"],
  ],
  inject: [
    ["shard", "count"],
    ["cell", "count"],
    ["to", "integer"],
    ["payload", "text"],
    ["ttlTicks", "count"],
  ],
  reject: [
    ["cell", "count"],
    ["reason", ["window", "dead"]],
  ],
  hop: [
    ["shard", "count"],
    ["from", "count"],
    ["to", "count"],
    ["reason", ["target", "beside", "greedy", "back"]],
    ["hops", "count"],
  ],
  deliver: [
    ["shard", "count"],
    ["cell", "count"],
    ["hops", "count"],
  ],
  duplicate: [
    ["shard", "count"],
    ["cell", "count"],
  ],
  lost: [
    ["shard", "count"],
    ["cell", "count"],
    ["cause", [...CAUSES, "doubled"]],
  ],
  recover: [
    ["shard", "count"],
    ["cell", "count"],
    ["hops", "count"],
  ],
  end: [
    ["shard", "count"],
    ["cause", CAUSES],
  ],
  kill: [["cell", "count"]],
  heal: [["cell", "count"]],
};

/** JSON Schema (draft 2020-12) of a line of each type, for programs of others. */
export function eventSchemas(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(EVENT_FIELDS).map(([type, fields]) => [type, schemaOf(type, fields)]),
  );
}

function schemaOf(type: string, fields: readonly (readonly [string, FieldKind])[]): unknown {
  const count = { type: "integer", minimum: 0 };
  const prefixItems = [
    { title: "seq", ...count },
    { title: "tick", ...count },
    { title: "type", const: type },
    ...fields.map(([name, kind]) => ({ title: name, ...schemaOfKind(kind) })),
    { title: "sum", type: "string", pattern: SUM_PATTERN },
  ];
  return { type: "array", prefixItems, items: false, minItems: prefixItems.length };
}

function schemaOfKind(kind: FieldKind): object {
  if (kind === "count") return { type: "integer", minimum: 0 };
  if (kind === "integer" || kind === "text") return { type: kind === "text" ? "string" : kind };
  return { enum: kind };
}
