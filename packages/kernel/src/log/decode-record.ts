import { parseStrictJson } from "../json/parse-json.ts";
import { RECORD_BYTES_MAX, RECORD_DEPTH_MAX } from "../limits.ts";
import { aRecord } from "./record-shapes.ts";
import type { LogRecord } from "./record.ts";
import type { ShapeProblem } from "./shape.ts";
import { shapeProblem } from "./shape.ts";

export type DecodedRecord =
  | { readonly ok: true; readonly record: LogRecord }
  | { readonly ok: false; readonly place: string; readonly problem: string };

/**
 * Reads the text of one record, strictly: canonical bytes, at most 65,535 of them, every field there and of its
 * shape, nothing else. A text is accepted only if `encodeRecord` of what it gives is that text again.
 * Total: whatever the text, the answer is a value. Whether the record is *true* (hashes, signature, chain) is not
 * asked here.
 */
export function decodeRecord(text: string): DecodedRecord {
  const parsed = parseStrictJson(text, {
    place: "record",
    depthMax: RECORD_DEPTH_MAX,
    bytesMax: RECORD_BYTES_MAX,
  });
  if (!parsed.ok) return { ok: false, place: parsed.place, problem: parsed.problem };
  const { value } = parsed;
  if (!parsed.canonical) {
    return {
      ok: false,
      place: "record",
      problem: "its bytes are not the canonical JSON of its value",
    };
  }
  const found = shapeProblem(value, aRecord, "record");
  if (found !== undefined) return { ok: false, ...found };
  const record = asRecord(value);
  const crossed = crossProblem(record);
  return crossed === undefined ? { ok: true, record } : { ok: false, ...crossed };
}

/** What no single field shows. */
function crossProblem(record: LogRecord): ShapeProblem | undefined {
  if ((record.inputs === undefined) === (record.inputs_ref === undefined)) {
    return {
      place: "record.inputs",
      problem: "exactly one of `inputs` and `inputs_ref` must be there",
    };
  }
  if (record.now === record.at) {
    return { place: "record.now", problem: "is written only where it differs from `at`" };
  }
  return undefined;
}

/** The one place where a value that was checked field by field becomes a record. */
function asRecord(value: unknown): LogRecord {
  return value as LogRecord;
}
