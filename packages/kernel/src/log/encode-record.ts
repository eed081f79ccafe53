import type { LogRecord } from "./record.ts";

/**
 * The journal's text of a record: canonical JSON (RFC 8785), the bytes that its leaf hash covers.
 * Records are built in canonical key order with integers alone (kernel design §2), and of such values
 * `JSON.stringify` is the canonical form; `decodeRecord` refuses any text of which that is not true.
 * The bound of 65,535 bytes is the reducer's to refuse (`record_too_large`), not ours.
 */
export function encodeRecord(record: LogRecord): string {
  return JSON.stringify(record);
}
