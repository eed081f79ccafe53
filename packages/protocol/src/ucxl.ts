/**
 * UCXL addresses: how agents of the wider system name a thing in a context at a time. Strict grammar of its Go
 * generation, which is the normative one:
 *
 *     ucxl://agent:role@project:task/temporal/path
 *
 * Components are `[A-Za-z0-9_-]+` (`any` is a wildcard word), the path may be empty. Never dereferenced here.
 */
export interface UcxlAddress {
  readonly agent: string;
  readonly path: string;
  readonly project: string;
  readonly raw: string;
  readonly role: string;
  readonly task: string;
  readonly temporal: UcxlTemporal;
}

export type UcxlTemporal =
  | { readonly type: "latest" }
  | { readonly type: "any" }
  /** `*~N`: the N-th. */
  | { readonly type: "specific"; readonly count: number }
  /** `~~N`: N back, `^^N`: N forward. */
  | {
      readonly type: "relative";
      readonly count: number;
      readonly direction: "backward" | "forward";
    };

export type ParsedUcxl =
  | { readonly ok: true; readonly address: UcxlAddress }
  | {
      readonly ok: false;
      readonly field: UcxlField;
      readonly message: string;
      readonly raw: string;
    };

export type UcxlField = "address" | "agent" | "role" | "project" | "task" | "temporal" | "path";

/** UTF-16 units: an address stands in evidence, whose entries are bounded so. */
export const UCXL_LENGTH_MAX = 512;

const SCHEME = "ucxl://";
const COMPONENT = /^[A-Za-z0-9_-]+$/;
const FORM = "ucxl://agent:role@project:task/temporal/path";

/** Reads an address, strictly; names the part that is wrong. Total, linear. */
export function parseUcxl(raw: string): ParsedUcxl {
  const no = (field: UcxlField, message: string): ParsedUcxl => ({
    ok: false,
    field,
    message,
    raw,
  });
  if (raw.length > UCXL_LENGTH_MAX)
    return no("address", `it has ${raw.length} characters; at most ${UCXL_LENGTH_MAX}`);
  if (!raw.startsWith(SCHEME)) return no("address", `it must begin with ${SCHEME}`);
  const [authority = "", temporal, ...path] = raw.slice(SCHEME.length).split("/");
  const halves = authority.split("@");
  if (halves.length !== 2) return no("address", `one @ parts who from what: ${FORM}`);
  const [who = [], what = []] = halves.map((half) => half.split(":"));
  if (who.length !== 2) return no("role", `one colon parts agent and role: ${FORM}`);
  if (what.length !== 2) return no("task", `one colon parts project and task: ${FORM}`);
  const [agent = "", role = ""] = who;
  const [project = "", task = ""] = what;
  const components = { agent, role, project, task } as const;
  for (const field of ["agent", "role", "project", "task"] as const) {
    if (!COMPONENT.test(components[field]))
      return no(field, `"${components[field]}" is not letters, digits, _ and -`);
  }
  if (temporal === undefined || path.length === 0)
    return no("temporal", `a temporal segment and a slash follow: ${FORM}`);
  const time = temporalOf(temporal);
  if (time === undefined)
    return no("temporal", `"${temporal}" is none of *^, *~, *~N, ~~N, ^^N with N up to 2^53 − 1`);
  const rest = path.join("/");
  if (!/^[A-Za-z0-9_\-/.]*$/.test(rest))
    return no("path", `"${rest}" has others than letters, digits, _ - / and .`);
  return { ok: true, address: { ...components, path: rest, raw, temporal: time } };
}

/** The address as text: of what `parseUcxl` gave, the same text again, but for zeros that pad a count. */
export function formatUcxl(address: Omit<UcxlAddress, "raw">): string {
  const { agent, role, project, task, temporal, path } = address;
  return `${SCHEME}${agent}:${role}@${project}:${task}/${temporalText(temporal)}/${path}`;
}

function temporalOf(text: string): UcxlTemporal | undefined {
  if (text === "*^") return { type: "latest" };
  if (text === "*~") return { type: "any" };
  const match = /^(\*~|~~|\^\^)([0-9]+)$/.exec(text);
  if (match === null) return undefined;
  const [, mark, digits] = match;
  const count = Number(digits);
  if (!Number.isSafeInteger(count)) return undefined;
  if (mark === "*~") return { type: "specific", count };
  return { type: "relative", count, direction: mark === "~~" ? "backward" : "forward" };
}

function temporalText(temporal: UcxlTemporal): string {
  switch (temporal.type) {
    case "latest":
      return "*^";
    case "any":
      return "*~";
    case "specific":
      return `*~${temporal.count}`;
    case "relative":
      return `${temporal.direction === "backward" ? "~~" : "^^"}${temporal.count}`;
  }
}
