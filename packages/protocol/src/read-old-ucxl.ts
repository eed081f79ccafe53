import { parseUcxl, UCXL_LENGTH_MAX, type UcxlAddress, type UcxlField } from "./ucxl.ts";

/** What was read otherwise than it is written. */
export interface UcxlReading {
  readonly field: UcxlField;
  /** As it stands in the old address; empty: nothing stood there. */
  readonly old: string;
  readonly message: string;
}

export type ReadOldUcxl =
  | {
      readonly ok: true;
      /** Of the strict grammar: `raw` is its text, not the old one. */
      readonly address: UcxlAddress;
      /** [] where the address was strict already. */
      readonly readings: readonly UcxlReading[];
    }
  | {
      readonly ok: false;
      readonly field: UcxlField;
      readonly message: string;
      readonly raw: string;
    };

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?$/;
/** Times of older generations, and what the strict grammar says for them. */
const TIMES: ReadonlyMap<string, readonly [strict: string, message: string]> = new Map([
  ["#", ["*^", "the present is the latest"]],
  ["~~", ["~~1", "the past without a count is one back"]],
  ["^^", ["^^1", "the future without a count is one forward"]],
]);

/**
 * Reads an address that an older generation wrote, as it stands in stored evidence: `*` for any component, no task, no
 * tail, `#` and uncounted times, a query or a fragment. Gives the strict address, and what was read otherwise; or which
 * part cannot be read. An instant is such a part: the strict grammar counts and has no clock. What is new is written
 * strictly; this is only for reading. Total, linear.
 */
export function readOldUcxl(raw: string): ReadOldUcxl {
  const strict = parseUcxl(raw);
  if (strict.ok) return { ok: true, address: strict.address, readings: [] };
  const scheme = /^ucxl:\/\//i.exec(raw)?.[0];
  if (scheme === undefined || raw.length > UCXL_LENGTH_MAX) return strict;
  const readings: UcxlReading[] = [];
  const read = (field: UcxlField, old: string, message: string): void => {
    readings.push({ field, old, message });
  };
  if (scheme !== "ucxl://") read("address", scheme, "the scheme is written small");
  const [authority = "", ...tail] = raw.slice(scheme.length).split("/");
  const [time = "", ...path] = tail;
  if (INSTANT.test(time))
    return {
      ok: false,
      field: "temporal",
      message: `"${time}" is an instant; a strict address counts from the latest and has no clock`,
      raw,
    };
  const text = [
    `ucxl://${withoutWildcards(authority, read)}`,
    tail.length === 0 ? latest(read) : timeOf(time, read),
    pathOf(path.join("/"), read),
  ].join("/");
  const again = parseUcxl(text);
  return again.ok ? { ok: true, address: again.address, readings } : { ...again, raw };
}

type Note = (field: UcxlField, old: string, message: string) => void;

function withoutWildcards(authority: string, read: Note): string {
  const [who = "", what, ...more] = authority.split("@");
  if (what === undefined || more.length > 0) return authority;
  const [agent = "", role, ...others] = who.split(":");
  const [project = "", task, ...rest] = what.split(":");
  if (role === undefined || others.length > 0 || rest.length > 0) return authority;
  const any = (field: UcxlField, component: string): string => {
    if (component !== "*") return component;
    read(field, "*", "* is any");
    return "any";
  };
  if (task === undefined) read("task", "", "no task is any");
  const half = [any("agent", agent), any("role", role)].join(":");
  return `${half}@${any("project", project)}:${task === undefined ? "any" : any("task", task)}`;
}

function latest(read: Note): string {
  read("temporal", "", "no time is the latest");
  return "*^";
}

function timeOf(time: string, read: Note): string {
  const known = TIMES.get(time);
  if (known === undefined) return time;
  const [strict, message] = known;
  read("temporal", time, message);
  return strict;
}

/** A query and a fragment look into what the address names. */
function pathOf(path: string, read: Note): string {
  const end = path.search(/[?#]/);
  if (end < 0) return path;
  read("path", path.slice(end), "query and fragment are left out");
  return path.slice(0, end);
}
