import { CHART_STATES_MAX } from "../limits.ts";
import { assert } from "../invariant.ts";
import { isJsonObject } from "../json/json.ts";
import { nearest } from "./did-you-mean.ts";
import { everyState, type NamedState } from "./named-state.ts";
import type { NormalCandidate, NormalState } from "./normal-chart.ts";
import { readActions, readAfters, required } from "./read-action.ts";
import {
  itemsOf,
  NO_FIELDS,
  readBoolean,
  readFields,
  readNamed,
  readText,
  wrongType,
  type Fields,
  type Place,
} from "./read-place.ts";
import {
  from,
  readGuardNames,
  readTargets,
  readTransitionName,
  readTransitionNames,
  type Reading,
} from "./reading.ts";

type Kind = NormalState["type"];
const KINDS: readonly Kind[] = ["atomic", "compound", "parallel", "final", "history"];

export const STATE_KEYS = [
  "type",
  "initial",
  "states",
  "entry",
  "exit",
  "on",
  "always",
  "onDone",
  "after",
  "sticky",
  "onFailure",
];
const HISTORY_KEYS = ["history", "target"];
export const ALL_STATE_KEYS = [...STATE_KEYS, ...HISTORY_KEYS];

/** Keys that a state of this kind cannot have, with the reason. */
const REFUSED: { readonly [kind in Kind]: { readonly [key: string]: string } } = {
  atomic: {
    initial: "it has no states to begin with",
    onDone: "it has no final state below it",
    onFailure: "it is no region with states to go to",
    ...keys(HISTORY_KEYS, "only history states have it"),
  },
  compound: keys(HISTORY_KEYS, "only history states have it"),
  parallel: {
    initial: "all its states are entered together",
    ...keys(HISTORY_KEYS, "only history states have it"),
  },
  final: {
    ...keys(
      ["initial", "states", "on", "always", "onDone", "after", "onFailure"],
      "nothing happens in a final state",
    ),
    ...keys(HISTORY_KEYS, "only history states have it"),
  },
  history: keys(STATE_KEYS.slice(1), "a history state only remembers"),
};

/** What the root cannot have: it is never left, and its end is the end of the instance. */
const REFUSED_AT_ROOT: { readonly [key: string]: string } = {
  exit: "the root is never left",
  onDone: "when the root is done the instance has ended",
  sticky: "the root is never left",
};

function keys(names: readonly string[], reason: string): { readonly [key: string]: string } {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

/** Reads the root out of the fields of the chart itself. */
export function readRoot(reading: Reading, place: Place, fields: Fields): NormalState {
  const states = everyState(reading.root).length;
  if (states > CHART_STATES_MAX) {
    const message = `the chart has ${states} states; at most ${CHART_STATES_MAX}`;
    reading.problems.error("too_many_states", [...place.path, "states"], message, "key");
  }
  const own = new Map([...fields].filter(([key]) => STATE_KEYS.includes(key)));
  refuse(reading, own, REFUSED_AT_ROOT, "the root");
  return readFieldsOfState(reading, place, own, { named: reading.root, byDefault: [] });
}

/** A state in its place: `byDefault` is what entering its parent means, the default of its history states. */
interface Placed {
  readonly named: NamedState;
  readonly byDefault: readonly string[];
}

function readState(reading: Reading, place: Place, placed: Placed): NormalState {
  const { named } = placed;
  const shape = { what: `state ${named.path}`, keys: ALL_STATE_KEYS };
  const fields = readFields(reading.problems, place, shape) ?? NO_FIELDS;
  return readFieldsOfState(reading, place, fields, placed);
}

function readFieldsOfState(
  reading: Reading,
  place: Place,
  fields: Fields,
  placed: Placed,
): NormalState {
  const { problems } = reading;
  const { named, byDefault } = placed;
  const type = readKind(reading, fields, named);
  const what = named.parent === null ? `the root (${type})` : `${named.path} (${type})`;
  refuse(reading, fields, REFUSED[type], what);
  const real = [...named.children.values()].filter((child) => !child.isHistory);
  const mustHaveStates = named.parent === null || type === "compound" || type === "parallel";
  const states = fields.get("states");
  const isMap = states === undefined || isJsonObject(states.value);
  if (mustHaveStates && real.length === 0 && isMap) {
    const message = `${what} needs at least one state under "states"`;
    problems.error("no_states", place.path, message);
  }
  const initial = type === "compound" ? readInitial(reading, fields, named) : [];
  const entered = type === "compound" ? initial : real.map((child) => child.path);
  const state: NormalState = {
    type,
    initial,
    history: type === "history" ? readHistoryKind(reading, fields) : null,
    target: type === "history" ? readHistoryTarget(reading, fields, named, byDefault) : [],
    states: readChildren(reading, fields, named, entered),
    entry: readActions(reading, fields.get("entry")),
    exit: readActions(reading, fields.get("exit")),
    on: readOn(reading, fields, named),
    always: readCandidates(reading, fields.get("always"), named),
    onDone: readCandidates(reading, fields.get("onDone"), named),
    after: readAfters(reading, fields.get("after")),
    sticky: readSticky(reading, fields.get("sticky")),
    onFailure: readOnFailure(reading, fields.get("onFailure"), named),
  };
  return from(reading, place, state);
}

function refuse(
  reading: Reading,
  fields: Fields,
  refused: { readonly [key: string]: string },
  what: string,
): void {
  for (const [key, field] of fields) {
    if (!Object.hasOwn(refused, key)) continue;
    const message = `${what} cannot have "${key}": ${refused[key] ?? ""}`;
    reading.problems.error("not_allowed", field.path, message, "key");
  }
}

function readChildren(
  reading: Reading,
  fields: Fields,
  named: NamedState,
  byDefault: readonly string[],
): readonly (readonly [string, NormalState])[] {
  const children = readNamed(reading.problems, fields.get("states"), "states");
  return [...children].map(([name, place]): readonly [string, NormalState] => {
    const child = named.children.get(name);
    assert(child !== undefined, "the scan saw every state that is read");
    return [name, readState(reading, place, { named: child, byDefault })];
  });
}

function readKind(reading: Reading, fields: Fields, named: NamedState): Kind {
  const fallback = named.children.size > 0 ? "compound" : "atomic";
  const place = fields.get("type");
  if (place === undefined) return fallback;
  const type = KINDS.find((kind) => kind === place.value);
  if (type === undefined) {
    const text = readText(reading.problems, place, "the type of a state");
    if (text === undefined) return fallback;
    const message = `there is no type "${text}" of states${reading.problems.hints.suggestion(text, KINDS)}`;
    reading.problems.error("unknown_type", place.path, message);
    const meant = nearest(text, KINDS);
    return meant === "parallel" && named.children.size > 0 ? meant : fallback;
  }
  if (type === "history" && named.parent === null) {
    reading.problems.error("not_allowed", place.path, "the root cannot be a history state");
    return fallback;
  }
  if (type === "atomic" && named.children.size > 0) {
    const message = `${named.path} is atomic, but has states; leave "type" out, or say compound`;
    reading.problems.error("not_allowed", place.path, message);
    return fallback;
  }
  return type;
}

/** Default: the first state in document order (SCXML 3.6). */
function readInitial(reading: Reading, fields: Fields, named: NamedState): readonly string[] {
  const place = fields.get("initial");
  const first = [...named.children.values()].find((child) => !child.isHistory);
  const fallback = first === undefined ? [] : [first.path];
  if (place === undefined) return fallback;
  const targets = readTargets(reading, place, named, "child");
  return targets.length === 0 ? fallback : targets;
}

function readHistoryKind(reading: Reading, fields: Fields): "shallow" | "deep" {
  const place = fields.get("history");
  if (place === undefined || place.value === "shallow") return "shallow";
  if (place.value === "deep") return "deep";
  wrongType(reading.problems, place, "history", "shallow or deep");
  return "shallow";
}

function readHistoryTarget(
  reading: Reading,
  fields: Fields,
  named: NamedState,
  byDefault: readonly string[],
): readonly string[] {
  const place = fields.get("target");
  const targets = place === undefined ? [] : readTargets(reading, place, named, "sibling");
  return targets.length === 0 ? byDefault : targets;
}

function readOn(
  reading: Reading,
  fields: Fields,
  named: NamedState,
): { readonly [event: string]: readonly NormalCandidate[] } {
  const on: [string, readonly NormalCandidate[]][] = [];
  for (const [event, place] of readNamed(reading.problems, fields.get("on"), "on")) {
    const candidates = readCandidates(reading, place, named);
    const name = readTransitionName(reading, { value: event, path: place.path }, "key");
    if (name === undefined) continue;
    reading.used.transitions.add(name);
    on.push([name, candidates]);
  }
  return Object.fromEntries(on);
}

/** One candidate or a list of them, in order; a text alone is its target. */
function readCandidates(
  reading: Reading,
  place: Place | undefined,
  named: NamedState,
): readonly NormalCandidate[] {
  return itemsOf(place).flatMap((item) => {
    const shape = { what: "a candidate", keys: ["target", "guards", "actions", "internal"] };
    const short = typeof item.value === "string";
    const fields = short ? new Map([["target", item]]) : readFields(reading.problems, item, shape);
    if (fields === undefined) return [];
    const target = fields.get("target");
    const targets = target === undefined ? [] : readTargets(reading, target, named, "sibling");
    const candidate: NormalCandidate = {
      target: targets.length === 0 ? null : targets,
      internal: readBoolean(reading.problems, fields.get("internal"), "internal"),
      guards: readGuardNames(reading, fields.get("guards")),
      actions: readActions(reading, fields.get("actions")),
    };
    return [from(reading, item, candidate)];
  });
}

function readSticky(
  reading: Reading,
  place: Place | undefined,
): { readonly leaveBy: readonly string[] } | null {
  if (place === undefined) return null;
  const fields = readFields(reading.problems, place, { what: "sticky", keys: ["leaveBy"] });
  if (fields === undefined) return null;
  const leaveBy = required(reading, place, fields, {
    what: "sticky",
    key: "leaveBy",
    meaning: "the transitions that may leave the state",
  });
  return { leaveBy: readTransitionNames(reading, leaveBy, "leaveBy") };
}

function readOnFailure(
  reading: Reading,
  place: Place | undefined,
  named: NamedState,
): string | null {
  if (place === undefined) return null;
  const [target, ...others] = readTargets(reading, place, named, "child");
  if (others.length > 0) {
    reading.problems.error("wrong_type", place.path, "onFailure is one state, not several");
  }
  return target ?? null;
}
