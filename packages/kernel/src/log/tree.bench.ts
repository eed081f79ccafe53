import process from "node:process";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import { leafHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { batchLength, encodeBatch } from "./batch.ts";
import { decodeRecord } from "./decode-record.ts";
import { encodeRecord } from "./encode-record.ts";
import { scanSegment } from "./scan-segment.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./segment-header.ts";
import { sampleRecord } from "./test/sample-record.ts";
import { expecting, IDENTITY } from "./test/sample-segment.ts";
import { createTree } from "./tree.ts";

/** What one record costs the log: the bound is 3 µs for its leaf and the frontier. */
const {
  effects: _effects,
  parts: _parts,
  ...small
} = sampleRecord({ inputs: { who: "ann" }, outcomes: [] });
const record = { ...small, effects: { closed: [], opened: [] }, parts: [] };
const text = canonicalize(JSON.parse(JSON.stringify(record)) as Json);
const body = new TextEncoder().encode(text);
const tree = createTree(nodeHasher);
const leaf = leafHash(nodeHasher, text);

const RECORDS = 256;
const bodies = Array.from({ length: RECORDS }, () => body);
const segment = new Uint8Array(SEGMENT_HEADER_BYTES + batchLength(bodies));
segment.set(encodeSegmentHeader({ ...IDENTITY, firstIndex: 0, generation: 0 }));
const place = { firstIndex: 0, durable: -1, term: 1 };
const into = { target: segment, offset: SEGMENT_HEADER_BYTES };
encodeBatch(bodies, place, into);

const measured = measure([
  { name: "leaf hash and frontier", run: () => tree.append(leafHash(nodeHasher, text)) },
  { name: "  of it: leaf hash", run: () => leafHash(nodeHasher, text) },
  { name: "  of it: frontier", run: () => tree.append(leaf) },
  { name: "encode record", run: () => encodeRecord(record) },
  { name: "decode record", run: () => decodeRecord(text) },
  {
    name: "frame in a batch of 256",
    run: () => encodeBatch(bodies, place, into),
    operations: RECORDS,
  },
  {
    name: "scan of a batch of 256",
    run: () => scanSegment(segment, expecting()),
    operations: RECORDS,
  },
]);
process.stdout.write(printTable(`a record of ${body.length} bytes`, measured));
