import { isJsonObject } from "../json/json.ts";
import type { NormalAction, NormalAfter, NormalEmit } from "./normal-chart.ts";
import {
  itemsOf,
  readBoolean,
  readExpression,
  readFields,
  readText,
  wrongType,
  type Fields,
  type Place,
} from "./read-place.ts";
import {
  from,
  readLocalId,
  readTransitionName,
  readTransitionNames,
  type Reading,
} from "./reading.ts";

const ACTIONS = ["assign", "raise", "emit", "cancel", "join"];
const EMIT_KEYS = [
  "id",
  "effect",
  "owner",
  "with",
  "deadlineMs",
  "deadlineBeats",
  "onDeadline",
  "answer",
  "keep",
];

const ID_MEANING = "a name for `cancel`, once in the chart";

/** One action or a list of them. */
export function readActions(reading: Reading, place: Place | undefined): readonly NormalAction[] {
  return itemsOf(place).flatMap((item) => {
    const action = readAction(reading, item);
    return action === undefined ? [] : [from(reading, item, action)];
  });
}

function readAction(reading: Reading, place: Place): NormalAction | undefined {
  const { problems } = reading;
  if (!isJsonObject(place.value)) {
    wrongType(problems, place, "an action", `a map with one of ${ACTIONS.join(", ")}`);
    return undefined;
  }
  const keys = Object.keys(place.value);
  const [kind] = keys;
  if (kind === undefined || keys.length > 1) {
    const message = `an action is one of ${ACTIONS.join(", ")}; this one has ${keys.join(" and ") || "nothing"}`;
    problems.error("bad_action", place.path, message);
    return undefined;
  }
  const inner = { value: place.value[kind] ?? null, path: [...place.path, kind] };
  switch (kind) {
    case "assign":
      return readAssign(reading, inner);
    case "raise": {
      const event = readTransitionName(reading, inner);
      if (event !== undefined) reading.raised.add(event);
      return event === undefined ? undefined : { raise: event };
    }
    case "emit": {
      const emit = readEmit(reading, inner);
      return emit === undefined ? undefined : { emit: from(reading, inner, emit) };
    }
    case "cancel": {
      const id = readText(problems, inner, "the id to cancel");
      if (id === undefined) return undefined;
      reading.cancels.push(inner);
      return { cancel: id };
    }
    case "join":
      return readJoin(reading, inner);
    default:
      problems.error(
        "unknown_action",
        inner.path,
        `there is no action "${kind}"${problems.hints.suggestion(kind, ACTIONS)}`,
        "key",
      );
      return undefined;
  }
}

function readAssign(reading: Reading, place: Place): NormalAction | undefined {
  if (!isJsonObject(place.value)) {
    wrongType(reading.problems, place, "assign", "a map from context paths to CEL expressions");
    return undefined;
  }
  const pairs: (readonly [string, string])[] = [];
  for (const [path, value] of Object.entries(place.value)) {
    const item = { value, path: [...place.path, path] };
    const source = readExpression(reading.problems, item, `the value for "${path}"`);
    if (source !== undefined) pairs.push([path, source]);
  }
  return { assign: pairs };
}

function readJoin(reading: Reading, place: Place): NormalAction | undefined {
  const { problems } = reading;
  const shape = { what: "join", keys: ["instance", "transition", "inputs"] };
  const fields = readFields(problems, place, shape);
  if (fields === undefined) return undefined;
  const need = (key: string, meaning: string): Place | undefined =>
    required(reading, place, fields, { what: "join", key, meaning });
  const instance = need("instance", "a CEL expression that gives chart/name");
  const transition = need("transition", "a transition of that instance's chart");
  const inputs = fields.get("inputs");
  const parts = {
    instance: instance && readExpression(problems, instance, "the instance of a join"),
    transition: transition && readText(problems, transition, "the transition of a join"),
    inputs: inputs === undefined ? "{}" : readExpression(problems, inputs, "the inputs of a join"),
  };
  if (parts.instance === undefined || parts.transition === undefined) return undefined;
  if (parts.inputs === undefined) return undefined;
  const { instance: source, transition: name, inputs: given } = parts;
  return { join: { instance: source, transition: name, inputs: given } };
}

/** A key that must be there; its absence is reported at what lacks it. */
export function required(
  reading: Reading,
  place: Place,
  fields: Fields,
  { what, key, meaning }: { readonly what: string; readonly key: string; readonly meaning: string },
): Place | undefined {
  const field = fields.get(key);
  if (field === undefined) {
    reading.problems.error("missing_key", place.path, `${what} needs "${key}": ${meaning}`);
  }
  return field;
}

function readEmit(reading: Reading, place: Place): NormalEmit | undefined {
  const { problems } = reading;
  const fields = readFields(problems, place, { what: "emit", keys: EMIT_KEYS });
  if (fields === undefined) return undefined;
  const expression = (key: string): string | undefined => {
    const field = fields.get(key);
    return field && readExpression(problems, field, `${key} of an emit`);
  };
  const need = (key: string, meaning: string): Place | undefined =>
    required(reading, place, fields, { what: "emit", key, meaning });
  const idPlace = need("id", ID_MEANING);
  const effectPlace = need("effect", "what is to be done, as its owner knows it");
  const ownerPlace = need("owner", "a CEL expression that gives the identity that does it");
  const onDeadlinePlace = need("onDeadline", "the transition that is raised where no answer came");
  const id = readId(reading, idPlace, "an emit");
  const effect = effectPlace && readText(problems, effectPlace, "the effect of an emit");
  const owner = ownerPlace && expression("owner");
  const payload = fields.has("with") ? expression("with") : "{}";
  const deadline = readUnit(reading, place, fields, {
    what: "emit",
    ms: "deadlineMs",
    beats: "deadlineBeats",
  });
  const onDeadline = onDeadlinePlace && readTransitionName(reading, onDeadlinePlace);
  const answer = readAnswer(reading, place, fields);
  const keep = readBoolean(problems, fields.get("keep"), "keep of an emit");
  if (id === undefined || effect === undefined || owner === undefined) return undefined;
  if (payload === undefined || deadline === undefined || onDeadline === undefined) return undefined;
  const { ms: deadlineMs, beats: deadlineBeats } = deadline;
  return { id, effect, owner, with: payload, deadlineMs, deadlineBeats, onDeadline, answer, keep };
}

function readAnswer(reading: Reading, place: Place, fields: Fields): readonly string[] {
  const field = required(reading, place, fields, {
    what: "emit",
    key: "answer",
    meaning: "the transitions that report what became of it",
  });
  if (field === undefined) return [];
  const answer = readTransitionNames(reading, field, "answer");
  if (itemsOf(field).length === 0) {
    const message =
      "answer of an emit is empty: nobody could ever report what became of the effect";
    reading.problems.error("no_answer", field.path, message);
  }
  return answer;
}

/** Where an id could not be read, nobody knows what a `cancel` means. */
function readId(reading: Reading, place: Place | undefined, what: string): string | undefined {
  const id = place && readLocalId(reading, place, what);
  if (id === undefined && !reading.ids.has(String(place?.value))) reading.lost.add("ids");
  return id;
}

/** Exactly one of two keys that give the same span in two units. */
function readUnit(
  reading: Reading,
  place: Place,
  fields: Fields,
  names: { readonly what: string; readonly ms: string; readonly beats: string },
): { readonly ms: string | null; readonly beats: string | null } | undefined {
  const [ms, beats] = [fields.get(names.ms), fields.get(names.beats)];
  if ((ms === undefined) === (beats === undefined)) {
    const found = ms === undefined ? "neither" : "both";
    const message = `${names.what} needs exactly one of ${names.ms} and ${names.beats}; it has ${found}`;
    reading.problems.error("one_unit", place.path, message);
  }
  const source = (field: Place | undefined, key: string): string | null | undefined =>
    field === undefined ? null : readExpression(reading.problems, field, `${key} of ${names.what}`);
  const [msSource, beatsSource] = [source(ms, names.ms), source(beats, names.beats)];
  if (msSource === undefined || beatsSource === undefined) return undefined;
  if ((msSource === null) === (beatsSource === null)) return undefined;
  return { ms: msSource, beats: beatsSource };
}

/** `after: [{id, ms | beats, raise}]`. */
export function readAfters(reading: Reading, place: Place | undefined): readonly NormalAfter[] {
  return itemsOf(place).flatMap((item) => {
    const shape = { what: "after", keys: ["id", "ms", "beats", "raise"] };
    const fields = readFields(reading.problems, item, shape);
    if (fields === undefined) return [];
    const need = (key: string, meaning: string): Place | undefined =>
      required(reading, item, fields, { what: "after", key, meaning });
    const idPlace = need("id", ID_MEANING);
    const raisePlace = need("raise", "the transition that is raised when the time has passed");
    const id = readId(reading, idPlace, "a timer");
    const raise = raisePlace && readTransitionName(reading, raisePlace);
    const span = readUnit(reading, item, fields, { what: "after", ms: "ms", beats: "beats" });
    if (id === undefined || raise === undefined || span === undefined) return [];
    return [from(reading, item, { id, ...span, raise })];
  });
}
