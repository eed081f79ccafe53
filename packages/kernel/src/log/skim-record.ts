import type { Json } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { isPlainInOrder } from "../json/parse-json.ts";
import { RECORD_BYTES_MAX, RECORD_DEPTH_MAX } from "../limits.ts";
import { aProposal, aSignature, sortedFlags, someVerdicts } from "./record-shapes.ts";
import type { LogRecord } from "./record.ts";

/** What of a record replay hands to reduce: all that is not decided, but told. */
export type ToldRecord = Pick<
  LogRecord,
  "at" | "flags" | "index" | "inputs" | "now" | "prev" | "proposal" | "signature" | "verdict"
>;

/**
 * Reads the told parts of a record's text as strictly as `decodeRecord` does, and nothing else: half the work. Whoever
 * takes this must make the whole record's text out of it and find it equal to this one. That proves the rest: each field
 * once, in canonical order, of its shape, and none beside them. Undefined: `decodeRecord` must look, and say what is wrong.
 */
export function skimRecord(text: string): ToldRecord | undefined {
  // Longer ones may pass the bound in bytes.
  if (text.length * 3 > RECORD_BYTES_MAX || text.includes("\\ud")) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || isJsonArray(value)) return undefined;
  return isTold(value) ? value : undefined;
}

function isTold(value: {
  readonly [field: string]: Json | undefined;
}): value is ToldRecord & typeof value {
  const { at, flags, index, inputs, now, prev, proposal, signature, verdict } = value;
  if (!isCount(at) || !isCount(index) || !(now === undefined || isCount(now))) return false;
  if (typeof prev !== "string" || inputs === undefined || proposal === undefined) return false;
  if (!isJsonObject(inputs) || !isPlainInOrder(inputs, RECORD_DEPTH_MAX - 1)) return false;
  if (!isPlainInOrder(proposal, RECORD_DEPTH_MAX - 1)) return false;
  return (
    aProposal(proposal) === undefined &&
    aSignature(signature) === undefined &&
    someVerdicts(verdict) === undefined &&
    flags !== undefined &&
    isPlainInOrder(flags, 1) &&
    sortedFlags(flags) === undefined
  );
}

function isCount(value: Json | undefined): boolean {
  return Number.isSafeInteger(value) && typeof value === "number" && value >= 0;
}
