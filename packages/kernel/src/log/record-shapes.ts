import type { Shape } from "./shape.ts";
import {
  aBoolean,
  aCount,
  anyJson,
  aString,
  arrayOf,
  isPlainObject,
  objectOf,
  sortedBy,
  stringOf,
} from "./shape.ts";

/** Shapes that records and snapshots share. Fields stand in canonical order. */

export const aValueHash = stringOf(
  /^sha256-[0-9a-f]{64}$/,
  "a hash, `sha256-` and 64 lower-case hex digits",
);
export const aLeafHash = stringOf(/^[0-9a-f]{64}$/, "a leaf hash of 64 lower-case hex digits");
/** `chart/id`; the pattern bounds both (transition API, kernel design §2). */
export const anInstance = stringOf(
  /^[a-z][a-z0-9_-]{0,31}\/[A-Za-z0-9_-]{1,128}$/,
  "an instance, `chart/id`",
);
export const aName = stringOf(/^@?[A-Za-z][A-Za-z0-9_]{0,63}$/, "a name of letters, digits and _");
export const anIdentityKey = stringOf(
  /^hmmm:pubkey:[A-Za-z0-9_-]{43}$/,
  "an identity, `hmmm:pubkey:` and 32 bytes",
);
/** Padding zeros in the counter are allowed: a proposal keeps them as it was signed. */
export const anHlc = stringOf(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00#\d{1,16}$/,
  "a hybrid logical clock, `YYYY-MM-DDTHH:MM:SS.mmm+00:00#N`",
);

function itself(item: unknown): string {
  return typeof item === "string" ? item : "";
}

/** Strings by UTF-16 units, each once. */
export const aSortedStrings: Shape = sortedBy(aString, itself);

export function fieldOf(name: string): (item: unknown) => string {
  return (item) => (isPlainObject(item) ? itself(item[name]) : "");
}

const dueAt = objectOf([{ name: "at", shape: aCount }]);
const dueBeat = objectOf([{ name: "beat", shape: aCount }]);

/** `{at}` in ms or `{beat}`, never both. */
export const aDue: Shape = (value) =>
  isPlainObject(value) && Object.hasOwn(value, "beat") ? dueBeat(value) : dueAt(value);

export const anEffect: Shape = objectOf([
  { name: "answer", shape: arrayOf(aString) },
  { name: "due", shape: aDue },
  { name: "effect", shape: aString },
  { name: "fence", shape: aCount },
  { name: "id", shape: aString },
  { name: "name", shape: aString },
  { name: "owner", shape: aString },
  { name: "state", shape: aString },
  { name: "with", shape: anyJson },
]);

export const someEffects: Shape = objectOf([
  { name: "closed", shape: arrayOf(aString) },
  { name: "opened", shape: arrayOf(anEffect) },
]);

export const someOutcomes: Shape = arrayOf(
  objectOf([
    { name: "guard", shape: aString },
    { name: "ok", shape: aBoolean },
    { name: "reasons", shape: arrayOf(aString) },
  ]),
);
