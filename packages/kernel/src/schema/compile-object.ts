import type { JsonObject } from "../json/json.ts";
import { isJsonObject } from "../json/json.ts";
import { placeOfKey } from "../json/place.ts";
import { countCodePoints } from "../json/text.ts";
import { MAP_ENTRIES_MAX, MAP_KEY_LENGTH_MAX } from "../limits.ts";
import type { Check, Findings } from "./check.ts";
import type { Schema } from "./schema.ts";

interface Member {
  readonly check: Check;
  readonly isRequired: boolean;
}

interface ObjectRules {
  readonly members: ReadonlyMap<string, Member>;
  readonly required: readonly string[];
  /** Of keys that `members` does not have; undefined: there may be none. */
  readonly entry: Check | undefined;
}

/** Own keys alone count: a key like `constructor` is data and never found on a prototype. */
export function compileObject(schema: Schema, compile: (schema: Schema) => Check): Check {
  const required = schema.required ?? [];
  const rules: ObjectRules = {
    members: new Map(
      Object.entries(schema.properties ?? {}).map(([name, property]) => [
        name,
        { check: compile(property), isRequired: required.includes(name) },
      ]),
    ),
    required,
    entry: schema.additionalProperties ? compile(schema.additionalProperties) : undefined,
  };
  const requiredMembers = required.filter((name) => rules.members.has(name)).length;
  const requiredEntries = required.filter((name) => !rules.members.has(name));
  return {
    fits: (value) =>
      isJsonObject(value) &&
      countRequired(rules, value) === requiredMembers &&
      requiredEntries.every((name) => Object.hasOwn(value, name)),
    explain: (value, place, findings) => {
      if (isJsonObject(value)) explainObject(rules, value, place, findings);
    },
  };
}

/** How many required members are there; −1 where a key or its value does not fit. */
function countRequired(rules: ObjectRules, object: JsonObject): number {
  let required = 0;
  let entries = 0;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) return -1;
    const member = rules.members.get(key);
    if (member !== undefined) {
      if (!member.check.fits(value)) return -1;
      if (member.isRequired) required += 1;
    } else {
      entries += 1;
      if (rules.entry === undefined || entries > MAP_ENTRIES_MAX) return -1;
      if (isLongKey(key) || !rules.entry.fits(value)) return -1;
    }
  }
  return required;
}

/** What is missing is told first: it explains most of the rest. */
function explainObject(
  rules: ObjectRules,
  object: JsonObject,
  place: string,
  findings: Findings,
): void {
  for (const name of rules.required) {
    if (!Object.hasOwn(object, name))
      findings.add(placeOfKey(place, name), "required, but missing");
  }
  const entries = Object.keys(object).filter((key) => !rules.members.has(key)).length;
  if (rules.entry !== undefined && entries > MAP_ENTRIES_MAX) {
    findings.add(place, `${entries} entries; at most ${MAP_ENTRIES_MAX}`);
  }
  for (const [key, value] of Object.entries(object)) {
    if (findings.isFull) return;
    const below = placeOfKey(place, key);
    const check = rules.members.get(key)?.check ?? rules.entry;
    if (check === undefined) findings.add(below, `unknown; ${knownKeys(rules.members)}`);
    else if (!check.fits(value)) check.explain(value, below, findings);
    if (rules.entry !== undefined && !rules.members.has(key) && isLongKey(key)) {
      findings.add(
        place,
        `a key has ${countCodePoints(key)} characters; at most ${MAP_KEY_LENGTH_MAX}`,
      );
    }
  }
}

function isLongKey(key: string): boolean {
  return key.length > MAP_KEY_LENGTH_MAX && countCodePoints(key) > MAP_KEY_LENGTH_MAX;
}

function knownKeys(members: ReadonlyMap<string, Member>): string {
  if (members.size === 0) return "no key is allowed here";
  return `known here: ${[...members.keys()].join(", ")}`;
}
