import {
  DEFAULT_INSTANCE,
  decodeRecord,
  operationHash,
  parseStrictJson,
  type Hasher,
  type JsonObject,
  type LogRecord,
  type ValueHash,
} from "@swoosh/kernel";
import { isEngineRecord } from "./is-engine-record.ts";
import type { History, ProposeOp } from "./history.ts";

/** A record of the log with what the checks ask of it again and again. */
export interface KnownRecord {
  readonly index: number;
  readonly text: string;
  readonly record: LogRecord;
  /** null: the engine made it of itself. */
  readonly key: string | null;
  readonly operation: ValueHash;
}

/** A delivery as far as it can be read. */
export interface Delivery {
  readonly op: ProposeOp;
  readonly body: JsonObject;
}

export interface ReadHistory {
  readonly history: History;
  readonly records: readonly KnownRecord[];
  /** Deliveries that are no dry runs, by key. */
  readonly deliveries: ReadonlyMap<string, readonly Delivery[]>;
}

/** Reads the log and groups deliveries by key; gives the first record that cannot be read instead. */
export function readHistory(
  hasher: Hasher,
  history: History,
): ReadHistory | { readonly unreadable: number; readonly problem: string } {
  const records: KnownRecord[] = [];
  for (const [index, text] of history.log.entries()) {
    const decoded = decodeRecord(text);
    if (!decoded.ok) return { unreadable: index, problem: `${decoded.place}: ${decoded.problem}` };
    const { record } = decoded;
    const key = isEngineRecord(record) ? null : record.proposal.idem_key;
    records.push({ index, text, record, key, operation: operationOf(hasher, record) });
  }
  const deliveries = new Map<string, Delivery[]>();
  for (const op of history.ops) {
    if (op.kind !== "propose" || op.dryRun) continue;
    const body = bodyOf(op.request);
    const key = body["idem_key"];
    if (typeof key !== "string") continue;
    const there = deliveries.get(key) ?? [];
    there.push({ op, body });
    deliveries.set(key, there);
  }
  return { history, records, deliveries };
}

/** Does the record hold this very delivery: the same signature over the same body? */
export function isDeliveryOf({ body }: Delivery, { record }: KnownRecord): boolean {
  return (
    body["signature"] === record.signature &&
    body["hlc"] === record.proposal.hlc &&
    body["current_state_hash"] === record.proposal.current_state_hash &&
    body["inputs_hash"] === record.proposal.inputs_hash
  );
}

function bodyOf(request: string): JsonObject {
  const parsed = parseStrictJson(request, { place: "" });
  return parsed.ok && isObject(parsed.value) ? parsed.value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function operationOf(hasher: Hasher, { proposal }: LogRecord): ValueHash {
  return operationHash(hasher, {
    instance: proposal.instance ?? DEFAULT_INSTANCE,
    transition: proposal.transition,
    inputsHash: proposal.inputs_hash,
    signer: proposal.signer,
  });
}
