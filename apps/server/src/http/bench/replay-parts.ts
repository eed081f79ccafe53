import type { Part } from "./profile-shares.ts";

/** What a record costs that is decided again from its bytes, as in a start without a snapshot. */
export const REPLAY_PARTS: readonly Part[] = [
  ["garbage collection", /^\(garbage collector\)/],
  [
    "log: calls of the system",
    /^(readSync|openSync|closeSync|open|close|read) |journal\/(whole-file|node-disk)\.ts/,
  ],
  ["log: text out of bytes", /^(utf8Slice|toString) /],
  [
    "log: frames and their checksums",
    /journal\/(read-frames|log-segments|record-marks)\.ts|log\/(batch|crc32c|scan-segment)\.ts/,
  ],
  ["log: search for names of charts", /engine\/charts-named-by\.ts/],
  ["told: JSON.parse of the record", /^skimRecord /],
  [
    "told: form and shape",
    /log\/(skim-record|record-shapes|shape)\.ts|json\/(json|parse-json|key)\.ts/,
  ],
  ["reduce: text of the document", /^(sealDraft|documentTooLarge|toDocument) /],
  ["reduce: hash of the document", /^hashOfCanonical /],
  ["reduce: text of the record", /^encodeRecord /],
  ["reduce: hash of the record", /^leafHash /],
  [
    "reduce: guards, step and assign",
    /src\/(cel|interpret|schema)\/|reduce\/(instance-step|guard-outcome|context-path|take-transition|draft)\.ts/,
  ],
  ["fold: tree", /log\/(tree|node-hash|hex-bytes)\.ts/],
  [
    "fold: keys",
    /engine\/(key-digest|key-of-text|idempotency-index)\.ts|journal\/(file-key-index|sealed-keys|key-file)\.ts/,
  ],
  [
    "fold: state, instances, dues",
    /engine\/(durable-state|due-index|due-heap)\.ts|^(apply|put|#put|#begin|#install|hlcOf) .*\/reduce\//,
  ],
  [
    "pages, comparison, turns of the loop",
    /reduce\/(replay|flags)\.ts|engine\/(recover|invariants)\.ts|node:internal\/process/,
  ],
  ["reduce: heads, clocks, authority, reads, record", /src\/reduce\//],
];
