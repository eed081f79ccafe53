import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeHasher } from "../testing/node-hasher.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { parseCosignature } from "./cosignature.ts";
import { decodeRecord } from "./decode-record.ts";
import { encodeRecord } from "./encode-record.ts";
import { parseNote } from "./note.ts";
import { scanSegment } from "./scan-segment.ts";
import { decodeSegmentHeader } from "./segment-header.ts";
import { decodeChunk } from "./snapshot-chunk.ts";
import { decodeManifest, encodeManifest } from "./snapshot-manifest.ts";
import { takeSnapshot } from "./test/take-snapshot.ts";
import { decodeSuperblock } from "./superblock.ts";
import { sampleFacts, sampleHead } from "./test/sample-document.ts";
import { sampleRecord } from "./test/sample-record.ts";
import { expecting, IDENTITY, sampleSegment } from "./test/sample-segment.ts";
import { parseTilePath } from "./tile.ts";
import { parseVerifierKey } from "./verifier-key.ts";

/** Under mutation these run for hundreds of mutants. */
const RUNS =
  process.env["SWOOSH_MUTATION"] === "1"
    ? 200
    : 1_000 * (1 + 20 * Number(process.env["SWOOSH_SOAK"] ?? 0));

const heads = Array.from({ length: 5 }, (_, id) => sampleHead(id));
const snapshot = takeSnapshot(nodeHasher, { facts: sampleFacts(), heads }, null);
const [ref] = snapshot.decoded.chunks;
if (ref === undefined) throw new Error("a chunk");
const RECORD = encodeRecord(sampleRecord());
const CHUNK = snapshot.chunks.get(ref.hash) ?? "";
const SEGMENT = sampleSegment({ counts: [3, 1, 9], zeros: 600 });
const WHOLE = scanSegment(SEGMENT.bytes, expecting()).records;

/** Small damage of the kinds that wires, disks and people do to texts. */
function mutationsOf(text: string): fc.Arbitrary<string> {
  const place = fc.nat(text.length);
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\\",
      "0",
      "-",
      "1e9",
      "null",
      "\u0000",
      "\ud800",
      "__proto__",
    ),
    fc.string({ maxLength: 3 }),
    fc.tuple(place, fc.nat(40)).map(([from, length]) => text.slice(from, from + length)),
  );
  return fc
    .array(fc.tuple(place, fc.nat(3), piece), { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce((all, [at, cut, put]) => all.slice(0, at) + put + all.slice(at + cut), text),
    );
}

describe("decoders of texts", () => {
  it("give a changed record back as what it says, or refuse it; they never throw", () => {
    fc.assert(
      fc.property(fc.oneof(mutationsOf(RECORD), fc.string(), fc.json()), (text) => {
        const decoded = decodeRecord(text);
        expect(decoded.ok ? encodeRecord(decoded.record) : text).toBe(text);
        expect(decoded.ok ? "record" : decoded.place).toMatch(/^record/);
      }),
      { numRuns: RUNS },
    );
  });

  it("accept no changed manifest and no changed chunk", () => {
    fc.assert(
      fc.property(fc.oneof(mutationsOf(snapshot.manifest), fc.string(), fc.json()), (text) => {
        const decoded = decodeManifest(nodeHasher, text);
        expect(decoded.ok).toBe(text === snapshot.manifest);
        expect(decoded.ok ? encodeManifest(decoded.manifest) : text).toBe(text);
      }),
      { numRuns: RUNS },
    );
    fc.assert(
      fc.property(fc.oneof(mutationsOf(CHUNK), fc.string(), fc.json()), (text) => {
        expect(decodeChunk(nodeHasher, text, ref).ok).toBe(text === CHUNK);
      }),
      { numRuns: RUNS },
    );
  });

  it("of notes, keys and paths are total", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        expect(parseNote(text).ok).toBe(false);
        expect(parseCheckpoint(`${text}\n\n`).ok).toBe(false);
        expect(parseVerifierKey(nodeHasher, text)).toBeUndefined();
        expect(parseTilePath(text)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });
});

describe("decoders of bytes", () => {
  it("are total over random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(scanSegment(bytes, expecting()).end.kind).toBe("corrupt");
        expect(decodeSegmentHeader(bytes, expecting()).ok).toBe(false);
        expect(decodeSuperblock(bytes, 0).ok).toBe(false);
        // Any 72 bytes are a cosignature but for a time that is not safe, so few random ones are none.
        expect(parseCosignature(bytes) === undefined || bytes.length === 72).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it("give no record but those that were written, in order, however a segment is damaged", () => {
    const damage = fc.oneof(
      fc.record({
        at: fc.nat(SEGMENT.bytes.length - 1),
        with: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      }),
      fc
        .record({ at: fc.nat(SEGMENT.bytes.length - 1), length: fc.nat(600) })
        .map(({ at, length }) => ({ at, with: new Uint8Array(length) })),
      fc
        .record({
          at: fc.nat(SEGMENT.bytes.length - 1),
          from: fc.nat(SEGMENT.bytes.length),
          length: fc.nat(600),
        })
        .map(({ at, from, length }) => ({ at, with: SEGMENT.bytes.slice(from, from + length) })),
    );
    fc.assert(
      fc.property(
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        fc.nat(13),
        (damages, known) => {
          const bytes = SEGMENT.bytes.slice();
          for (const { at, with: piece } of damages)
            bytes.set(piece.subarray(0, bytes.length - at), at);
          const { records, end, nextIndex } = scanSegment(
            bytes,
            expecting({ knownDurable: known - 1 }),
          );
          expect(nextIndex).toBe(records.length);
          for (const [at, record] of records.entries()) {
            expect(record.index).toBe(at);
            expect(Buffer.compare(record.body, WHOLE[at]?.body ?? Buffer.alloc(0))).toBe(0);
          }
          expect(end.kind === "corrupt" || records.length >= known).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("take over what a writer of another identity wrote in no case", () => {
    for (const over of [
      { clusterId: new Uint8Array(16) },
      { nodeId: new Uint8Array(32) },
      { firstIndex: 1 },
    ]) {
      expect(scanSegment(SEGMENT.bytes, expecting({ ...IDENTITY, ...over })).records).toEqual([]);
    }
  });
});
