import type { LogEvent } from "./log-event.ts";
import { SUM_PATTERN } from "./line-sum.ts";
import { EVENT_FIELDS, LOG_SCHEMA } from "./log-event.ts";

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
  if (!isList(value))
    return bad(
      `not an array: a line of schema ${LOG_SCHEMA} is [seq, tick, type, its fields, sum]; older logs were objects, and are read by the version that wrote them`,
    );
  const [seq, tick, type, ...rest] = value;
  if (!isCount(seq)) return bad(`seq ${show(seq)} is no count`);
  if (!isCount(tick)) return bad(`tick ${show(tick)} is no count`);
  if (!isType(type)) return bad(`unknown type ${show(type)}`);
  const fields = EVENT_FIELDS[type];
  const named: Record<string, unknown> = { type };
  for (const [index, [name]] of fields.entries()) named[name] = rest[index];
  const problem = problemOfFields(named);
  if (problem !== undefined) return bad(problem);
  if (rest.length > fields.length + 1)
    return bad(`${type} has ${fields.length} fields and a sum, not ${rest.length} values`);
  const sum = rest[fields.length];
  if (typeof sum !== "string" || !SUM.test(sum)) return bad(`sum ${show(sum)} is not 11 letters`);
  return isEvent(named)
    ? { ok: true, event: named, seq, tick, sum }
    : bad(`unknown type ${show(type)}`);
}

const SUM = new RegExp(SUM_PATTERN);

function problemOfFields(value: Readonly<Record<string, unknown>>): string | undefined {
  const { type } = value;
  if (!isType(type)) return `unknown type ${show(type)}`;
  for (const [name, kind] of EVENT_FIELDS[type]) {
    const field = value[name];
    if (kind === "count" && !isCount(field)) return `${type}.${name} ${show(field)} is no count`;
    if (kind === "integer" && !Number.isSafeInteger(field))
      return `${type}.${name} ${show(field)} is no integer`;
    if (kind === "text" && typeof field !== "string")
      return `${type}.${name} ${show(field)} is no text`;
    if (Array.isArray(kind) && !kind.includes(field))
      return `${type}.${name} ${show(field)} is none of ${kind.join(", ")}`;
  }
  return undefined;
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

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? "(absent)" : JSON.stringify(value);
}

function bad(problem: string): ReadEvent {
  return { ok: false, problem };
}
