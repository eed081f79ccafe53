import { checkJson } from "../json/check-json.ts";
import { isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { checkSchema } from "../schema/check-schema.ts";
import { salvageSchema } from "../schema/salvage-schema.ts";
import type { Schema } from "../schema/schema.ts";
import { matchRegion } from "./match-region.ts";
import { everyState, type NamedState } from "./named-state.ts";
import type { NormalGuard, NormalProjection, NormalTransition } from "./normal-chart.ts";
import { required } from "./read-action.ts";
import {
  itemsOf,
  readExpression,
  readFields,
  readList,
  readNamed,
  readReference,
  readText,
  wrongType,
  type Fields,
  type Place,
} from "./read-place.ts";
import { distinct, from, readGuardNames, readTransitionName, type Reading } from "./reading.ts";

const TRANSITION_KEYS = ["by", "joinedBy", "class", "inputs", "guards", "compensatedBy"];
const ROLE = /^[a-z][a-z0-9_-]{0,31}(:human)?$/;
const CLASS = /^[a-z][a-z0-9_-]{0,31}$/;
const JOINER = /^[a-z][a-z0-9_-]{0,31}\.[A-Za-z_][A-Za-z0-9_]*$/;
const EMPTY_OBJECT: Schema = { type: "object" };

export function readTransitions(
  reading: Reading,
  place: Place | undefined,
): { readonly [name: string]: NormalTransition } {
  const entries: [string, NormalTransition][] = [];
  for (const [name, field] of readNamed(reading.problems, place, "transitions")) {
    const shape = { what: `transition ${name}`, keys: TRANSITION_KEYS };
    const fields = readFields(reading.problems, field, shape);
    if (fields === undefined) continue;
    entries.push([name, from(reading, field, readTransition(reading, field, fields, name))]);
  }
  return Object.fromEntries(entries);
}

function readTransition(
  reading: Reading,
  place: Place,
  fields: Fields,
  name: string,
): NormalTransition {
  const by = required(reading, place, fields, {
    what: `transition ${name}`,
    key: "by",
    meaning: "the roles that may propose it; [] = only the chart raises it",
  });
  const compensatedBy = fields.get("compensatedBy");
  return {
    by: readPatterned(reading, by, {
      what: "by",
      pattern: ROLE,
      like: "a role like operator or operator:human; [] = only the chart raises it",
    }),
    joinedBy: readPatterned(reading, fields.get("joinedBy"), {
      what: "joinedBy",
      pattern: JOINER,
      like: "a transition of another chart, like order.Order_Submit",
    }),
    class: readClass(reading, fields.get("class")),
    inputs: readSchema(reading, fields.get("inputs"), "inputs"),
    guards: readGuardNames(reading, fields.get("guards")),
    compensatedBy:
      compensatedBy === undefined ? null : (readTransitionName(reading, compensatedBy) ?? null),
  };
}

/** A list of texts of one pattern. */
function readPatterned(
  reading: Reading,
  place: Place | undefined,
  shape: { readonly what: string; readonly pattern: RegExp; readonly like: string },
): readonly string[] {
  const names = readList(reading.problems, place, shape.what).flatMap((item) => {
    const name = readText(reading.problems, item, shape.what);
    if (name === undefined) return [];
    if (shape.pattern.test(name)) return [{ name, item }];
    reading.problems.error(
      "bad_value",
      item.path,
      `"${name}" in ${shape.what} must be ${shape.like}`,
    );
    return [];
  });
  return distinct(reading, names, shape.what);
}

function readClass(reading: Reading, place: Place | undefined): string | null {
  if (place === undefined) return null;
  const name = readText(reading.problems, place, "class");
  if (name === undefined || CLASS.test(name)) return name ?? null;
  reading.problems.error("bad_value", place.path, `class "${name}" must be a word like review`);
  return null;
}

/** The value in canonical key order. What the YAML edge would not have let in is a problem here too: then it is empty. */
function inOrder(reading: Reading, place: Place, what: string): Json {
  const checked = checkJson(place.value, { place: what });
  if (checked.ok) return checked.value;
  reading.problems.error("bad_value", place.path, `${checked.place}: ${checked.problem}`);
  return {};
}

/**
 * A schema of an object; absent means one without any property. In canonical key order, as in the normal form: the order of
 * properties decides which violation is told first, and a record may hold it.
 */
export function readSchema(
  reading: Reading,
  place: Place | undefined,
  what: "context" | "inputs",
): Schema {
  if (place === undefined) return EMPTY_OBJECT;
  const problems = checkSchema(place.value, place.path);
  for (const { path, message, spot } of problems) {
    reading.problems.error("schema", path, message, spot);
  }
  const schema = salvageSchema(inOrder(reading, place, what));
  if (schema.type === "object" && problems.length === 0) return schema;
  if (problems.length === 0) {
    reading.problems.error("schema", place.path, `${what} must be a schema of "type: object"`);
  }
  reading.lost.add(schema.type === "object" ? `part of ${what}` : what);
  return schema;
}

export function readGuards(
  reading: Reading,
  place: Place | undefined,
): { readonly [name: string]: NormalGuard } {
  const entries: [string, NormalGuard][] = [];
  for (const [name, field] of readNamed(reading.problems, place, "guards")) {
    const guard = readGuard(reading, field, `guard ${name}`);
    if (guard !== undefined) entries.push([name, from(reading, field, guard)]);
  }
  return Object.fromEntries(entries);
}

function readGuard(reading: Reading, place: Place, what: string): NormalGuard | undefined {
  const { problems } = reading;
  if (isJsonObject(place.value) && Object.hasOwn(place.value, "native")) {
    return readNativeGuard(reading, place, what);
  }
  const fields = readFields(problems, place, {
    what,
    keys: ["when", "reason", "okReason", "native", "with"],
  });
  if (fields === undefined) return undefined;
  const unexpected = fields.get("with");
  if (unexpected !== undefined) {
    problems.error(
      "not_allowed",
      unexpected.path,
      `${what} cannot have "with": it names no native`,
      "key",
    );
  }
  const need = (key: string, meaning: string): Place | undefined =>
    required(reading, place, fields, { what, key, meaning });
  const whenPlace = need("when", "a CEL expression that is true where the guard lets pass");
  const reasonPlace = need("reason", "what a person is told where it does not");
  const okReasonPlace = fields.get("okReason");
  const when = whenPlace && readExpression(problems, whenPlace, `when of ${what}`);
  const reason = reasonPlace && readText(problems, reasonPlace, `reason of ${what}`);
  const okReason = okReasonPlace && readText(problems, okReasonPlace, `okReason of ${what}`);
  if (when === undefined || reason === undefined) return undefined;
  return { when, reason, okReason: okReason ?? null };
}

function readNativeGuard(reading: Reading, place: Place, what: string): NormalGuard | undefined {
  const { problems, natives } = reading;
  const fields = readFields(problems, place, {
    what: `${what} (native)`,
    keys: ["native", "with"],
  });
  const nativePlace = fields?.get("native");
  if (fields === undefined || nativePlace === undefined) return undefined;
  const known = { code: "unknown_native", what: "a native guard", names: new Set(natives.names) };
  const name = readReference(problems, nativePlace, known);
  const native = name === undefined ? undefined : natives.newest(name);
  const given = readArguments(reading, fields.get("with"), what);
  if (native === undefined) return undefined;
  const properties = Object.keys(native.arguments.properties ?? {});
  for (const [argument, field] of given) {
    if (properties.includes(argument)) continue;
    const message = `${native.name} takes no argument "${argument}"${problems.hints.suggestion(argument, properties)}`;
    problems.error("unknown_argument", field.place.path, message, "key");
  }
  for (const argument of native.arguments.required ?? []) {
    if (given.has(argument)) continue;
    const message = `${native.name} needs the argument "${argument}" under "with"`;
    problems.error("missing_argument", place.path, message);
  }
  const entries = [...given].filter(([argument]) => properties.includes(argument));
  const sources = entries.map(([argument, { source }]): [string, string] => [argument, source]);
  return { native: native.name, with: Object.fromEntries(sources) };
}

function readArguments(
  reading: Reading,
  place: Place | undefined,
  what: string,
): ReadonlyMap<string, { readonly place: Place; readonly source: string }> {
  const given = new Map<string, { readonly place: Place; readonly source: string }>();
  for (const [argument, field] of readNamed(reading.problems, place, `with of ${what}`)) {
    const source = readExpression(reading.problems, field, `the argument ${argument}`);
    if (source !== undefined) given.set(argument, { place: field, source });
  }
  return given;
}

export function readReads(
  reading: Reading,
  place: Place | undefined,
): { readonly [name: string]: string } {
  const entries: [string, string][] = [];
  for (const [name, field] of readNamed(reading.problems, place, "reads")) {
    const source = readExpression(reading.problems, field, `read ${name}`);
    if (source !== undefined) entries.push([name, source]);
  }
  return Object.fromEntries(entries);
}

/** Default: the children of a parallel root, else the root. As written: these are the names that epochs and projections use. */
export function readRegions(reading: Reading, fields: Fields): readonly string[] {
  const place = fields.get("regions");
  const { root, problems } = reading;
  const real = [...root.children.values()].filter((child) => !child.isHistory);
  const isParallel = fields.get("type")?.value === "parallel";
  const byDefault = isParallel ? real.map((child) => child.path) : ["root"];
  if (place === undefined || real.length === 0) return byDefault;
  const states = everyState(root).filter((state) => !state.isHistory);
  const seen = new Map<string, string>();
  for (const item of readList(problems, place, "regions")) {
    const name = readText(problems, item, "a region");
    if (name === undefined) continue;
    const [state, ...others] = matchRegion(name, states);
    if (state === undefined || others.length > 0) {
      const meant = tellRegion(reading, item, { name, states });
      if (meant !== undefined && !seen.has(meant.path)) seen.set(meant.path, meant.name);
    } else if (seen.has(state.path)) {
      problems.error("duplicate", item.path, `"${name}" stands twice in regions`);
    } else seen.set(state.path, name);
  }
  if (itemsOf(place).length === 0) {
    problems.error("bad_value", place.path, "regions is empty; leave it out for the default");
  }
  return seen.size === 0 ? byDefault : [...seen.values()];
}

/** Why a name in `regions` is none: several states have it, or no state has. Gives the one that was meant, if it is clear. */
function tellRegion(
  reading: Reading,
  item: Place,
  { name, states }: { readonly name: string; readonly states: readonly NamedState[] },
): NamedState | undefined {
  const paths = matchRegion(name, states).map((state) => state.path);
  if (paths.length > 0) {
    const message = `region "${name}" could be ${paths.join(", ")}; write the path`;
    reading.problems.error("unknown_region", item.path, message);
    return undefined;
  }
  const names = [...new Set(states.slice(1).map((state) => state.name))];
  const { meant, text } = reading.problems.hints.look(name, names);
  const message = `region "${name}": there is no such state${text}`;
  reading.problems.error("unknown_region", item.path, message);
  const [state, ...others] = meant === undefined ? [] : matchRegion(meant, states);
  return others.length === 0 && state?.name === meant ? state : undefined;
}

/** Default: one for each region, with the whole context. */
export function readProjections(
  reading: Reading,
  place: Place | undefined,
  known: { readonly regions: readonly string[]; readonly context: Schema },
): { readonly [name: string]: NormalProjection } {
  if (place === undefined || reading.root.children.size === 0) {
    const whole = known.regions.map((name): [string, NormalProjection] => [
      name,
      { regions: [name], keys: null },
    ]);
    return Object.fromEntries(whole);
  }
  const entries: [string, NormalProjection][] = [];
  for (const [name, field] of readNamed(reading.problems, place, "projections")) {
    const short = Array.isArray(field.value);
    const shape = { what: `projection ${name}`, keys: ["regions", "keys"] };
    const fields: Fields | undefined = short
      ? new Map([["keys", field]])
      : readFields(reading.problems, field, shape);
    if (fields === undefined) continue;
    const regionsPlace = fields.get("regions") ?? { value: [name], path: field.path };
    const regions = readKnown(reading, regionsPlace, {
      code: "unknown_region",
      what: "a region",
      names: new Set(known.regions),
    });
    const keysPlace = reading.lost.has("context") ? undefined : fields.get("keys");
    const names = new Set(Object.keys(known.context.properties ?? {}));
    const keys =
      keysPlace &&
      readKnown(reading, keysPlace, { code: "unknown_context_key", what: "a context key", names });
    entries.push([name, { regions, keys: keys ?? null }]);
  }
  return Object.fromEntries(entries);
}

function readKnown(
  reading: Reading,
  place: Place,
  known: { readonly code: string; readonly what: string; readonly names: ReadonlySet<string> },
): readonly string[] {
  const names = readList(reading.problems, place, `the list of ${known.what.slice(2)}s`).flatMap(
    (item) => {
      const name = readReference(reading.problems, item, known);
      return name === undefined ? [] : [{ name, item, isMeant: name !== item.value }];
    },
  );
  return distinct(reading, names, `the list of ${known.what.slice(2)}s`);
}

/**
 * A plain object of the chart's own: `config`, `initialContext`. In canonical key order, as in the normal form: CEL folds
 * `config` when the chart is loaded, and a chart that was read back from its normal form must fold the same.
 */
export function readData(reading: Reading, place: Place | undefined, what: string): JsonObject {
  if (place === undefined) return {};
  const value = inOrder(reading, place, what);
  if (isJsonObject(value)) return value;
  wrongType(reading.problems, place, what, "a map of keys");
  return {};
}
