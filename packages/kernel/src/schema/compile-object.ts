import type { JsonObject } from "../json/json.ts";
import { isJsonObject } from "../json/json.ts";
import { placeOfKey } from "../json/place.ts";
import { Findings, type Check } from "./check.ts";
import { keyLengthMaxOf, keysMaxOf } from "./map-bounds.ts";
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
  /** Of the keys themselves that `members` does not have; those were looked at with the schema. */
  readonly key: Check;
  readonly keysMax: number;
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
    key: compile({ ...schema.propertyNames, type: "string", maxLength: keyLengthMaxOf(schema) }),
    keysMax: keysMaxOf(schema),
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
  let keys = 0;
  for (const key of Object.keys(object)) {
    const value = object[key];
    keys += 1;
    if (value === undefined || keys > rules.keysMax) return -1;
    const member = rules.members.get(key);
    if (member !== undefined) {
      if (!member.check.fits(value)) return -1;
      if (member.isRequired) required += 1;
    } else {
      if (rules.entry === undefined) return -1;
      if (!rules.key.fits(key) || !rules.entry.fits(value)) return -1;
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
  const keys = Object.keys(object).length;
  if (rules.entry !== undefined && keys > rules.keysMax) {
    findings.add(place, `${keys} entries; at most ${rules.keysMax}`);
  }
  for (const [key, value] of Object.entries(object)) {
    if (findings.isFull) return;
    const below = placeOfKey(place, key);
    const check = rules.members.get(key)?.check ?? rules.entry;
    if (check === undefined) findings.add(below, `unknown; ${knownKeys(rules.members)}`);
    else if (!check.fits(value)) check.explain(value, below, findings);
    const isEntry = rules.entry !== undefined && !rules.members.has(key);
    if (isEntry && !rules.key.fits(key)) {
      const own = new Findings();
      rules.key.explain(key, place, own);
      for (const { problem } of own.all) findings.add(place, `the key ${problem}`);
    }
  }
}

function knownKeys(members: ReadonlyMap<string, Member>): string {
  if (members.size === 0) return "no key is allowed here";
  return `known here: ${[...members.keys()].join(", ")}`;
}
