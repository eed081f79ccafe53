import type { Json, Schema } from "@swoosh/kernel";
import type { Draws } from "./draws.ts";

/**
 * A value for a schema: mostly one that fits, now and then one that does not, so that refusals are part of the trace
 * too. Characters come from all planes, because texts are where engines differ first.
 */
export function randomValue(schema: Schema, draws: Draws): Json {
  if (draws.oneIn(40)) return draws.pick<Json>([null, true, -1, "", [], {}, 9_007_199_254_740_991]);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return draws.pick(schema.enum);
  const types = typeof schema.type === "object" ? schema.type : [schema.type ?? "object"];
  switch (draws.pick(types)) {
    case "string":
      return randomText(schema, draws);
    case "integer":
      return (schema.minimum ?? 0) + draws.below(Math.min(1_000, (schema.maximum ?? 999) + 1));
    case "boolean":
      return draws.oneIn(2);
    case "array":
      return Array.from({ length: draws.below(Math.min(5, (schema.maxItems ?? 4) + 1)) }, () =>
        randomValue(schema.items ?? { type: "integer" }, draws),
      );
    case "object":
      return randomObject(schema, draws);
    default:
      return null;
  }
}

function randomObject(schema: Schema, draws: Draws): Json {
  const required = new Set(schema.required ?? []);
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const isThere = required.has(name) ? !draws.oneIn(60) : draws.oneIn(2);
    if (isThere) members.push([name, randomValue(member, draws)]);
  }
  return Object.fromEntries(members);
}

const CHARACTERS = [
  "a",
  "Z",
  "0",
  " ",
  '"',
  "\\",
  "\n",
  "\u007F",
  "é",
  "ß",
  "İ",
  "ſ",
  "中",
  "\uFFFD",
  "😀",
  "𝔘",
];

function randomText(schema: Schema, draws: Draws): string {
  const length = (schema.minLength ?? 0) + draws.below(12);
  return Array.from({ length }, () => draws.pick(CHARACTERS)).join("");
}
