import { isJsonObject } from "../json/json.ts";
import {
  aBoolean,
  aCount,
  anyJson,
  anyJsonObject,
  arrayOf,
  aString,
  exactly,
  objectOf,
  optional,
  sortedBy,
  stringOf,
} from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Shapes of records, and those that snapshots share with them. */

export const aValueHash = stringOf(
  /^sha256-[0-9a-f]{64}$/,
  "a hash, `sha256-` and 64 lower-case hex digits",
);
export const aLeafHash = stringOf(/^[0-9a-f]{64}$/, "a leaf hash of 64 lower-case hex digits");
export const aChartName = stringOf(/^[a-z][a-z0-9_-]{0,31}$/, "a chart's name");
/** `chart/id` (transition API; kernel design §2). */
export const anInstance = stringOf(
  /^[a-z][a-z0-9_-]{0,31}\/[A-Za-z0-9_-]{1,128}$/,
  "an instance, `chart/id`",
);
const aTransition = stringOf(/^@?[A-Za-z][A-Za-z0-9_]{0,63}$/, "a transition's name");
export const anIdentityKey = stringOf(
  /^hmmm:pubkey:[A-Za-z0-9_-]{43}$/,
  "an identity, `hmmm:pubkey:` and 32 bytes in base64url",
);
/** Padding zeros in the counter are allowed: a proposal keeps its clock as it was signed. */
export const anHlc = stringOf(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00#\d{1,32}$/,
  "a hybrid logical clock, `YYYY-MM-DDTHH:MM:SS.mmm+00:00#N`",
);
export const aSignature = stringOf(/^[A-Za-z0-9_-]{86}$/, "a signature, 64 bytes in base64url");

/** Strings by UTF-16 units, each once. */
export const sortedStrings: Shape = sortedBy(aString, String);
export const sortedFlags: Shape = sortedBy(aCount, Number);

const dueAt = objectOf({ at: aCount });
const dueBeat = objectOf({ beat: aCount });
/** `{at}` in ms or `{beat}`, never both. */
export const aDue: Shape = (value) =>
  value !== undefined && isJsonObject(value) && Object.hasOwn(value, "beat")
    ? dueBeat(value)
    : dueAt(value);

export const anEffect = objectOf({
  answer: arrayOf(aString),
  due: aDue,
  effect: aString,
  fence: aCount,
  id: aString,
  name: aString,
  owner: aString,
  state: aString,
  with: anyJson,
});

export const aTimer = objectOf({ due: aDue, event: aString, id: aString, state: aString });

const someEffects = objectOf({ closed: arrayOf(aString), opened: arrayOf(anEffect) });
const someOutcomes = arrayOf(objectOf({ guard: aString, ok: aBoolean, reasons: arrayOf(aString) }));

export const aProposal = objectOf({
  current_state_hash: aValueHash,
  evidence: optional(arrayOf(aString)),
  hlc: anHlc,
  idem_key: aString,
  inputs_hash: aValueHash,
  instance: optional(anInstance),
  justification: optional(aString),
  origin: aString,
  signer: anIdentityKey,
  transition: aTransition,
  window_id: optional(aString),
});

export const someVerdicts = arrayOf(aBoolean);

const aPart = objectOf({
  configuration: sortedStrings,
  effects: someEffects,
  inputs: anyJsonObject,
  instance: anInstance,
  outcomes: someOutcomes,
  post: aValueHash,
  pre: aValueHash,
  seq: aCount,
  transition: aTransition,
});

export const aRecord = objectOf({
  at: aCount,
  configuration: sortedStrings,
  effects: someEffects,
  flags: sortedFlags,
  index: aCount,
  inputs: optional(anyJsonObject),
  inputs_ref: optional(aValueHash),
  now: optional(aCount),
  outcomes: someOutcomes,
  parts: arrayOf(aPart),
  post: aValueHash,
  pre: aValueHash,
  prev: aLeafHash,
  proposal: aProposal,
  raised: arrayOf(objectOf({ event: aString, failed: optional(aString), taken: aBoolean })),
  reads: sortedBy(objectOf({ hash: aValueHash, instance: anInstance }), (item) =>
    String(isJsonObject(item) && item["instance"]),
  ),
  seq: aCount,
  signature: aSignature,
  v: exactly(1),
  verdict: someVerdicts,
});
