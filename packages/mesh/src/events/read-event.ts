import type { LogEvent } from "./log-event.ts";
import { EVENT_FIELDS } from "./log-event.ts";

/** An event with its place in the log, or what is wrong with the line. */
export type ReadEvent =
  | {
      readonly ok: true;
      readonly event: LogEvent;
      readonly seq: number;
      readonly tick: number;
      readonly sum: string;
    }
  | { readonly ok: false; readonly problem: string };

/** One line as an event, by the table of fields: what is missing, too much or of the wrong kind is named. */
export function readEvent(line: string): ReadEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return bad("not JSON: the line is damaged or cut");
  }
  if (!isRecord(value)) return bad("not an object");
  const { seq, tick, type, sum } = value;
  if (!isCount(seq)) return bad(`seq ${show(seq)} is no count`);
  if (!isCount(tick)) return bad(`tick ${show(tick)} is no count`);
  if (typeof sum !== "string" || !/^[0-9a-f]{16}$/.test(sum))
    return bad(`sum ${show(sum)} is not 16 hex digits`);
  const problem = problemOfFields(value);
  if (problem !== undefined) return bad(problem);
  return isEvent(value)
    ? { ok: true, event: value, seq, tick, sum }
    : bad(`unknown type ${show(type)}`);
}

function problemOfFields(value: Readonly<Record<string, unknown>>): string | undefined {
  const { type } = value;
  if (!isType(type)) return `unknown type ${show(type)}`;
  const fields = EVENT_FIELDS[type];
  for (const [name, kind] of fields) {
    const field = value[name];
    if (kind === "count" && !isCount(field)) return `${type}.${name} ${show(field)} is no count`;
    if (kind === "integer" && !Number.isSafeInteger(field))
      return `${type}.${name} ${show(field)} is no integer`;
    if (kind === "text" && typeof field !== "string")
      return `${type}.${name} ${show(field)} is no text`;
    if (Array.isArray(kind) && !kind.includes(field))
      return `${type}.${name} ${show(field)} is none of ${kind.join(", ")}`;
  }
  const known = new Set(["seq", "tick", "type", "sum", ...fields.map(([name]) => name)]);
  const extra = Object.keys(value).find((name) => !known.has(name));
  return extra === undefined ? undefined : `${type} has no field ${extra}`;
}

/** The fields were checked against the table, which the writer's types mirror. */
function isEvent(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & LogEvent {
  return problemOfFields(value) === undefined;
}

function isType(type: unknown): type is LogEvent["type"] {
  return typeof type === "string" && Object.hasOwn(EVENT_FIELDS, type);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? "(absent)" : JSON.stringify(value);
}

function bad(problem: string): ReadEvent {
  return { ok: false, problem };
}
