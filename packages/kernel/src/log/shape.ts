import { DEPTH_MAX } from "../limits.ts";

/** What is wrong with a value, where; `place` reads like `parts[2].effects`, empty for the value itself. */
export interface ShapeProblem {
  readonly place: string;
  readonly problem: string;
}

/** The first thing wrong with a value, or undefined. Total: takes anything and never throws. */
export type Shape = (value: unknown) => ShapeProblem | undefined;

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly optional?: boolean;
}

/** Puts `key` in front of the place of a problem that was found below it. */
function below(key: string, found: ShapeProblem): ShapeProblem {
  const joint = found.place === "" || found.place.startsWith("[") ? "" : ".";
  return { place: `${key}${joint}${found.place}`, problem: found.problem };
}

function here(problem: string): ShapeProblem {
  return { place: "", problem };
}

/** A value as a message shows it: short, and never of more than one line. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * An object of exactly these fields. They are given, and must come, in canonical order (UTF-16 units), so that
 * a value that passes at every level is in canonical form as soon as its text has no spaces and escapes of its own.
 */
export function objectOf(fields: readonly Field[]): Shape {
  const known = new Set(fields.map((field) => field.name));
  return (value) => {
    if (!isPlainObject(value)) return here(`must be an object, is ${shown(value)}`);
    const keys = Object.keys(value);
    let next = 0;
    for (const field of fields) {
      if (keys[next] !== field.name) {
        if (field.optional === true && !Object.hasOwn(value, field.name)) continue;
        return wrongKey(keys[next], { expected: field.name, known });
      }
      const found = field.shape(value[field.name]);
      if (found !== undefined) return below(field.name, found);
      next += 1;
    }
    const extra = keys[next];
    return extra === undefined ? undefined : wrongKey(extra, { expected: "nothing more", known });
  };
}

function wrongKey(
  key: string | undefined,
  about: { readonly expected: string; readonly known: ReadonlySet<string> },
): ShapeProblem {
  if (key !== undefined && !about.known.has(key)) return { place: key, problem: "unknown field" };
  return {
    place: about.expected,
    problem: `missing, or out of canonical order before ${shown(key)}`,
  };
}

export function arrayOf(item: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return here(`must be a list, is ${shown(value)}`);
    for (let at = 0; at < value.length; at++) {
      const found = item(value[at]);
      if (found !== undefined) return below(`[${at}]`, found);
    }
    return undefined;
  };
}

/** A list whose items grow strictly by `key`, compared by UTF-16 units or as numbers: a set in its one order. */
export function sortedBy(item: Shape, key: (item: unknown) => string | number): Shape {
  const list = arrayOf(item);
  return (value) => {
    const found = list(value);
    if (found !== undefined || !Array.isArray(value)) return found;
    for (let at = 1; at < value.length; at++) {
      if (!(key(value[at - 1]) < key(value[at]))) {
        return {
          place: `[${at}]`,
          problem: `must come after ${shown(key(value[at - 1]))}, each once`,
        };
      }
    }
    return undefined;
  };
}

/** A map from well-formed names, none like an array index, to values of one shape; in canonical order. */
export function mapOf(item: Shape): Shape {
  return (value) => {
    if (!isPlainObject(value)) return here(`must be an object, is ${shown(value)}`);
    let before: string | undefined;
    for (const key of Object.keys(value)) {
      const wrong = keyProblem(key, before);
      if (wrong !== undefined) return { place: key, problem: wrong };
      const found = item(value[key]);
      if (found !== undefined) return below(key, found);
      before = key;
    }
    return undefined;
  };
}

function keyProblem(key: string, before: string | undefined): string | undefined {
  if (/^(0|[1-9][0-9]*)$/.test(key)) return "no key may look like an array index";
  if (key === "__proto__") return "`__proto__` is no key";
  if (!isWellFormed(key)) return "keys must be well-formed Unicode";
  if (before !== undefined && !(before < key))
    return `out of canonical order after ${shown(before)}`;
  return undefined;
}

/** In unicode mode this class matches a surrogate only where it stands alone. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Any text of well-formed Unicode. */
export const aString: Shape = (value) => {
  if (typeof value !== "string") return here(`must be a string, is ${shown(value)}`);
  return isWellFormed(value)
    ? undefined
    : here("must be well-formed Unicode: it holds a lone surrogate");
};

/** A string that `pattern` matches; `what` names the form for the message. */
export function stringOf(pattern: RegExp, what: string): Shape {
  return (value) =>
    typeof value === "string" && pattern.test(value)
      ? undefined
      : here(`must be ${what}, is ${shown(value)}`);
}

export const aBoolean: Shape = (value) =>
  typeof value === "boolean" ? undefined : here(`must be true or false, is ${shown(value)}`);

/** A safe integer of at least 0: indexes, times in ms, sequence numbers. */
export const aCount: Shape = (value) =>
  Number.isSafeInteger(value) && typeof value === "number" && value >= 0
    ? undefined
    : here(`must be an integer from 0 to 2^53 - 1, is ${shown(value)}`);

export function exactly(expected: string | number): Shape {
  return (value) =>
    value === expected ? undefined : here(`must be ${shown(expected)}, is ${shown(value)}`);
}

/** Any JSON as the kernel keeps it (`json/json.ts`), at most `DEPTH_MAX` objects and lists deep. */
export const anyJson: Shape = jsonUpTo(DEPTH_MAX);

function jsonUpTo(depth: number): Shape {
  if (depth < 0) return () => here(`must be at most ${DEPTH_MAX} objects and lists deep`);
  // Built when first needed: each depth is a closure over the one below it.
  let list: Shape | undefined;
  let map: Shape | undefined;
  return (value) => {
    if (value === null || typeof value === "boolean") return undefined;
    if (typeof value === "string") return aString(value);
    if (typeof value === "number") {
      return Number.isSafeInteger(value)
        ? undefined
        : here(`must be a safe integer, is ${shown(value)}`);
    }
    if (Array.isArray(value)) return (list ??= arrayOf(jsonUpTo(depth - 1)))(value);
    return (map ??= mapOf(jsonUpTo(depth - 1)))(value);
  };
}

/** A JSON object, as `anyJson`. */
export const anyJsonObject: Shape = (value) =>
  isPlainObject(value) ? anyJson(value) : here(`must be an object, is ${shown(value)}`);
