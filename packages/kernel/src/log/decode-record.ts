import { RECORD_BYTES_MAX } from "../limits.ts";
import {
  aLeafHash,
  anHlc,
  anIdentityKey,
  anInstance,
  aName,
  aSortedStrings,
  aValueHash,
  fieldOf,
  someEffects,
  someOutcomes,
} from "./record-shapes.ts";
import type { LogRecord } from "./record.ts";
import {
  aBoolean,
  aCount,
  anyJsonObject,
  aString,
  arrayOf,
  exactly,
  objectOf,
  sortedBy,
  stringOf,
} from "./shape.ts";
import type { ShapeProblem } from "./shape.ts";
import { utf8Length } from "./utf8-length.ts";

export type DecodedRecord =
  | { readonly ok: true; readonly record: LogRecord }
  | { readonly ok: false; readonly place: string; readonly problem: string };

const proposal = objectOf([
  { name: "current_state_hash", shape: aValueHash },
  { name: "evidence", shape: arrayOf(aString), optional: true },
  { name: "hlc", shape: anHlc },
  { name: "idem_key", shape: aString },
  { name: "inputs_hash", shape: aValueHash },
  { name: "instance", shape: anInstance, optional: true },
  { name: "justification", shape: aString, optional: true },
  { name: "origin", shape: aString },
  { name: "signer", shape: anIdentityKey },
  { name: "transition", shape: aName },
  { name: "window_id", shape: aString, optional: true },
]);

const part = objectOf([
  { name: "configuration", shape: aSortedStrings },
  { name: "effects", shape: someEffects },
  { name: "inputs", shape: anyJsonObject },
  { name: "instance", shape: anInstance },
  { name: "outcomes", shape: someOutcomes },
  { name: "post", shape: aValueHash },
  { name: "pre", shape: aValueHash },
  { name: "seq", shape: aCount },
  { name: "transition", shape: aName },
]);

const raised = objectOf([
  { name: "event", shape: aString },
  { name: "failed", shape: aString, optional: true },
  { name: "taken", shape: aBoolean },
]);

const read = objectOf([
  { name: "hash", shape: aValueHash },
  { name: "instance", shape: anInstance },
]);

const record = objectOf([
  { name: "at", shape: aCount },
  { name: "configuration", shape: aSortedStrings },
  { name: "effects", shape: someEffects },
  { name: "flags", shape: sortedBy(aCount, (flag) => Number(flag)) },
  { name: "index", shape: aCount },
  { name: "inputs", shape: anyJsonObject, optional: true },
  { name: "inputs_ref", shape: aValueHash, optional: true },
  { name: "now", shape: aCount, optional: true },
  { name: "outcomes", shape: someOutcomes },
  { name: "parts", shape: arrayOf(part) },
  { name: "post", shape: aValueHash },
  { name: "pre", shape: aValueHash },
  { name: "prev", shape: aLeafHash },
  { name: "proposal", shape: proposal },
  { name: "raised", shape: arrayOf(raised) },
  { name: "reads", shape: sortedBy(read, fieldOf("instance")) },
  { name: "seq", shape: aCount },
  {
    name: "signature",
    shape: stringOf(/^[A-Za-z0-9_-]{86}$/, "a signature, base64url of 64 bytes"),
  },
  { name: "v", shape: exactly(1) },
  { name: "verdict", shape: arrayOf(aBoolean) },
]);

/**
 * Reads the text of one record, strictly: canonical bytes, at most 65,535 of them, every field there and of its
 * shape, nothing else. A text is accepted exactly if `encodeRecord` of what it gives is that text again.
 * Total: whatever the text, the answer is a value. Whether the record is *true* (hashes, signature, chain) is not
 * asked here.
 */
export function decodeRecord(text: string): DecodedRecord {
  const bytes = utf8Length(text);
  if (bytes > RECORD_BYTES_MAX) {
    return refuse("record", `is ${bytes} bytes long; the bound is ${RECORD_BYTES_MAX}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("record", "is not JSON");
  }
  const found = record(value) ?? crossProblem(value as LogRecord);
  if (found !== undefined)
    return refuse(found.place === "" ? "record" : found.place, found.problem);
  if (JSON.stringify(value) !== text) {
    return refuse(
      "record",
      "is not canonical JSON: spaces, escapes, number forms or keys given twice",
    );
  }
  return { ok: true, record: value as LogRecord };
}

/** What no single field shows. */
function crossProblem(value: LogRecord): ShapeProblem | undefined {
  if ((value.inputs === undefined) === (value.inputs_ref === undefined)) {
    return { place: "inputs", problem: "exactly one of `inputs` and `inputs_ref` must be there" };
  }
  if (value.now === value.at)
    return { place: "now", problem: "is written only where it differs from `at`" };
  return undefined;
}

function refuse(place: string, problem: string): DecodedRecord {
  return { ok: false, place, problem };
}
