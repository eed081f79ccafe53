import { describe, expect, it } from "vitest";
import { encodeBatch } from "./batch.ts";
import type { BatchPlace } from "./batch.ts";
import { crc32c } from "./crc32c.ts";
import type { SegmentEnd, SegmentExpectation } from "./scan-segment.ts";
import { scanSegment } from "./scan-segment.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./segment-header.ts";
import { bodyOf, expecting, IDENTITY, sampleSegment } from "./test/sample-segment.ts";

const SAMPLE = sampleSegment({ counts: [1, 3, 40, 2] });
const [, second, third, last] = SAMPLE.batches;
if (second === undefined || third === undefined || last === undefined)
  throw new Error("four batches");

/** A copy with some bytes changed. */
function withBytes(
  change: (bytes: Uint8Array) => void,
  from: Uint8Array = SAMPLE.bytes,
): Uint8Array {
  const bytes = from.slice();
  change(bytes);
  return bytes;
}

function endOf(bytes: Uint8Array, over: Partial<SegmentExpectation> = {}): SegmentEnd {
  return scanSegment(bytes, expecting(over)).end;
}

/** A segment of one batch of one record at 0, then `place` with these records. */
function followedBy(
  place: BatchPlace,
  records: readonly Uint8Array[],
  fix?: (bytes: Uint8Array) => void,
): Uint8Array {
  const first = sampleSegment({ counts: [1], zeros: 5_000 });
  encodeBatch(records, place, { target: first.bytes, offset: first.end });
  fix?.(first.bytes.subarray(first.end));
  return first.bytes;
}

/** Mends a batch header's checksum after its fields were changed. */
function resign(batch: Uint8Array): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  view.setUint32(36, crc32c(view, 0, 36), true);
}

describe("scanSegment", () => {
  it("gives every record with its index, offset and body, and where the next batch begins", () => {
    const scan = scanSegment(SAMPLE.bytes, expecting({ term: 7 }));
    expect(scan.end).toEqual({ kind: "clean", offset: SAMPLE.end });
    expect(scan.header).toEqual({ ...IDENTITY, firstIndex: 0, generation: 3 });
    expect(scan.records).toHaveLength(46);
    for (const [at, record] of scan.records.entries()) {
      expect(record.index).toBe(at);
      expect(Buffer.from(record.body)).toEqual(bodyOf(at));
      expect(record.body).toEqual(
        SAMPLE.bytes.subarray(record.offset + 8, record.offset + 8 + record.body.length),
      );
    }
    expect(scan).toMatchObject({ durable: 43, nextIndex: 46, term: 7 });
  });

  it("reads a segment that is not the first, from within a larger buffer, without a byte behind it", () => {
    const sample = sampleSegment({ counts: [5, 5], firstIndex: 2 ** 33, zeros: 0 });
    const larger = new Uint8Array(sample.bytes.length + 20).fill(0xff);
    larger.set(sample.bytes, 9);
    const scan = scanSegment(
      larger.subarray(9, 9 + sample.bytes.length),
      expecting({ firstIndex: 2 ** 33 }),
    );
    expect(scan.end).toEqual({ kind: "clean", offset: sample.end });
    expect(scan.records.map((record) => record.index)).toEqual(
      Array.from({ length: 10 }, (_, at) => 2 ** 33 + at),
    );
    expect(scan.durable).toBe(2 ** 33 + 4);
  });

  it("ends cleanly after no batch at all", () => {
    const empty = sampleSegment({ counts: [] });
    expect(scanSegment(empty.bytes, expecting())).toMatchObject({
      records: [],
      durable: -1,
      nextIndex: 0,
      term: 0,
      end: { kind: "clean", offset: SEGMENT_HEADER_BYTES },
    });
    expect(endOf(empty.bytes.subarray(0, SEGMENT_HEADER_BYTES))).toEqual({
      kind: "clean",
      offset: SEGMENT_HEADER_BYTES,
    });
  });

  it("refuses a head that is not this segment's, naming what it is", () => {
    const head = (over: object) =>
      withBytes((bytes) =>
        bytes.set(encodeSegmentHeader({ ...IDENTITY, firstIndex: 0, generation: 3, ...over })),
      );
    const raw = (at: number, value: number) =>
      withBytes((bytes) => {
        const view = new DataView(bytes.buffer);
        view.setUint32(at, value, true);
        view.setUint32(72, crc32c(view, 0, 72), true);
      });
    const cases: [Uint8Array, string][] = [
      [SAMPLE.bytes.subarray(0, 75), "75 bytes"],
      [new Uint8Array(0), "0 bytes"],
      [new Uint8Array(1_000), "does not begin as a segment"],
      [withBytes((bytes) => bytes.fill(0, 8, 20)), "checksum of the segment's header"],
      [raw(4, 2), "format 2"],
      [head({ clusterId: new Uint8Array(16) }), "another cluster"],
      [head({ nodeId: new Uint8Array(32) }), "another node"],
      [head({ firstIndex: 5 }), "begins at record 5, not at 0"],
      [raw(60, 0xffff_ffff), "begins at record undefined"],
      [raw(68, 0xffff_ffff), "generation is no safe integer"],
    ];
    for (const [bytes, problem] of cases) {
      const scan = scanSegment(bytes, expecting());
      expect(scan.end).toMatchObject({ kind: "corrupt", offset: 0, index: 0 });
      expect(scan.end.kind === "corrupt" && scan.end.problem).toContain(problem);
      expect(scan).toMatchObject({ header: undefined, records: [], nextIndex: 0 });
    }
  });

  it("torn: a span no longer than a header", () => {
    for (const kept of [1, 39, 40]) {
      const bytes = withBytes((all) => all.fill(0, last.offset + kept));
      bytes[last.offset + kept - 1] = 1;
      expect(endOf(bytes)).toEqual({
        kind: "torn",
        offset: last.offset,
        bytes: kept,
        reason: `${kept} bytes of a batch's header of 40`,
      });
    }
    const whole = withBytes((all) => all.fill(0, last.offset));
    whole[last.offset + 40] = 1;
    expect(endOf(whole)).toMatchObject({ kind: "corrupt", offset: last.offset, index: 44 });
  });

  it("torn: a span shorter than its valid header says; the same under a bad header is corruption", () => {
    const cut = withBytes((bytes) => bytes.fill(0, last.end - 1));
    const says = last.end - last.offset;
    expect(endOf(cut)).toEqual({
      kind: "torn",
      offset: last.offset,
      bytes: says - 1,
      reason: `${says - 1} bytes of a batch of ${says}`,
    });
    expect(endOf(cut.subarray(0, last.end - 1))).toMatchObject({ kind: "torn", bytes: says - 1 });
    cut[last.offset + 20] = 9;
    expect(endOf(cut)).toMatchObject({
      kind: "corrupt",
      offset: last.offset,
      problem: "no batch with a valid header begins here",
    });
  });

  it("torn: a whole aligned sector of zeros, and nothing less", () => {
    const long = sampleSegment({ counts: [2, 60] });
    const batch = long.batches[1];
    const sector = Math.ceil((batch?.offset ?? 0) / 512) * 512;
    expect(sector + 1_024).toBeLessThan(long.end);
    const zeroed = withBytes((bytes) => bytes.fill(0, sector + 512, sector + 1_024), long.bytes);
    expect(endOf(zeroed)).toEqual({
      kind: "torn",
      offset: batch?.offset,
      bytes: long.end - (batch?.offset ?? 0),
      reason: `the sector at ${sector + 512} was never written`,
    });
    for (const keep of [sector + 512, sector + 1_023]) {
      const almost = withBytes((bytes) => {
        bytes[keep] = 32;
      }, zeroed);
      expect(endOf(almost)).toMatchObject({ kind: "corrupt" });
    }
    const shifted = withBytes((bytes) => bytes.fill(0, sector + 500, sector + 1_012), long.bytes);
    expect(endOf(shifted)).toMatchObject({ kind: "corrupt" });
  });

  it("torn: the sector in which the span begins, if its part in the span is zeros", () => {
    const long = sampleSegment({ counts: [2, 60] });
    const offset = long.batches[1]?.offset ?? 0;
    const boundary = Math.ceil(offset / 512) * 512;
    expect(boundary - offset).toBeGreaterThan(40);
    const unwritten = withBytes((bytes) => bytes.fill(0, offset, boundary), long.bytes);
    expect(endOf(unwritten)).toMatchObject({
      kind: "torn",
      offset,
      reason: `the sector at ${boundary - 512} was never written`,
    });
    const almost = withBytes((bytes) => {
      bytes[boundary - 1] = 32;
    }, unwritten);
    expect(endOf(almost)).toMatchObject({ kind: "corrupt", offset });
  });

  it("never torn: what is known to be durable, from the superblock, the next segment, or a batch further down", () => {
    const cut = withBytes((bytes) => bytes.fill(0, last.offset + 50));
    expect(endOf(cut, { knownDurable: 43 })).toMatchObject({ kind: "torn" });
    expect(endOf(cut, { knownDurable: 44 })).toMatchObject({ kind: "corrupt", index: 44 });
    expect(endOf(cut, { nextFirstIndex: 44 })).toMatchObject({ kind: "torn" });
    expect(endOf(cut, { nextFirstIndex: 45 })).toMatchObject({ kind: "corrupt", index: 44 });
    // A whole sector of the third batch is lost, but the fourth one says that it was durable.
    const sector = Math.ceil(third.offset / 512) * 512;
    const lost = withBytes((bytes) => bytes.fill(0, sector, sector + 512));
    expect(endOf(lost)).toMatchObject({ kind: "corrupt" });
    const withoutFourth = withBytes((bytes) => bytes.fill(0, last.offset), lost);
    expect(endOf(withoutFourth)).toMatchObject({ kind: "torn", offset: third.offset });
    const headerOfFourthOnly = withBytes((bytes) => bytes.fill(0, last.offset + 40), lost);
    expect(endOf(headerOfFourthOnly)).toMatchObject({ kind: "corrupt" });
    // Its magic alone proves nothing.
    const badFourth = withBytes((bytes) => {
      bytes[last.offset + 30] = 99;
    }, lost);
    expect(endOf(badFourth)).toMatchObject({ kind: "torn", offset: third.offset });
  });

  it("never torn: a batch of one record that the next batch calls durable", () => {
    const big = sampleSegment({ counts: [1, 1, 1], bodies: () => new Uint8Array(1_600).fill(65) });
    const [, middle, next] = big.batches;
    const lost = withBytes((bytes) => bytes.fill(0, 2_048, 2_560), big.bytes);
    expect(middle?.offset).toBeLessThan(2_048);
    expect(endOf(lost)).toMatchObject({
      kind: "corrupt",
      offset: (middle?.offset ?? 0) + 40,
      index: 1,
    });
    const alone = withBytes((bytes) => bytes.fill(0, next?.offset), lost);
    expect(endOf(alone)).toMatchObject({ kind: "torn", offset: middle?.offset });
  });

  it("names the record in which a batch is bad, and gives none of that batch", () => {
    const scan = scanSegment(SAMPLE.bytes, expecting());
    const bad = scan.records[20];
    const bytes = withBytes((all) => {
      all[(bad?.offset ?? 0) + 10] = 0x5a;
    });
    expect(scanSegment(bytes, expecting())).toMatchObject({
      nextIndex: 4,
      durable: 0,
      end: {
        kind: "corrupt",
        offset: bad?.offset,
        index: 20,
        problem: "the record's checksum is wrong",
      },
    });
    expect(scanSegment(bytes, expecting()).records).toHaveLength(4);
  });

  it("clean is corruption where durable records are missing, or the next segment begins too early", () => {
    const cut = withBytes((bytes) => bytes.fill(0, last.offset));
    expect(endOf(cut)).toEqual({ kind: "clean", offset: last.offset });
    expect(endOf(cut, { knownDurable: 43 })).toMatchObject({ kind: "clean" });
    expect(endOf(cut, { knownDurable: 45 })).toEqual({
      kind: "corrupt",
      offset: last.offset,
      index: 44,
      problem: "the segment ends here, but record 45 was durable",
    });
    expect(endOf(cut, { nextFirstIndex: 44 })).toMatchObject({ kind: "clean" });
    expect(endOf(cut, { nextFirstIndex: 45 })).toMatchObject({ kind: "corrupt", index: 44 });
    expect(endOf(cut, { nextFirstIndex: 43 })).toEqual({
      kind: "corrupt",
      offset: last.offset,
      index: 43,
      problem: "the next segment begins at record 43 already",
    });
  });

  it("corruption: a whole batch that no writer can have written there, also with a sector of zeros behind it", () => {
    const big = Array.from({ length: 3 }, () => new Uint8Array(700).fill(65));
    const cases: [BatchPlace, string, ((bytes: Uint8Array) => void)?][] = [
      [{ firstIndex: 2, durable: 0, term: 7 }, "begins at record 2, not at 1"],
      [{ firstIndex: 0, durable: -1, term: 7 }, "begins at record 0, not at 1"],
      [{ firstIndex: 1, durable: 0, term: 6 }, "term 6 after term 7"],
      [
        { firstIndex: 1, durable: 0, term: 7 },
        "calls record 1 durable",
        (bytes) => {
          bytes[20] = 1;
          resign(bytes);
        },
      ],
      [
        { firstIndex: 1, durable: 0, term: 7 },
        "no records",
        (bytes) => {
          bytes.fill(0, 8, 12);
          resign(bytes);
        },
      ],
      [
        { firstIndex: 1, durable: 0, term: 7 },
        "709 bytes more than its 2 records",
        (bytes) => {
          bytes[8] = 2;
          resign(bytes);
        },
      ],
    ];
    for (const [place, problem, fix] of cases) {
      const bytes = followedBy(place, big, fix);
      const scan = scanSegment(bytes, expecting());
      expect(scan.end).toMatchObject({
        kind: "corrupt",
        problem: expect.stringContaining(problem),
      });
      expect(scan.records).toHaveLength(1);
      if (problem.includes("more than")) continue;
      const zeroed = withBytes((all) => all.fill(0, 1_024, 1_536), bytes);
      expect([problem, endOf(zeroed).kind]).toEqual([problem, "corrupt"]);
    }
    // The two records that it counts are whole, and a sector of what it does not count was never written.
    const uncounted = followedBy(
      { firstIndex: 1, durable: 0, term: 7 },
      [bodyOf(1), bodyOf(2), new Uint8Array(2_000).fill(65)],
      (bytes) => {
        bytes[8] = 2;
        resign(bytes);
        bytes.fill(0, 600, 1_700);
      },
    );
    expect(endOf(uncounted)).toMatchObject({
      kind: "corrupt",
      problem: "2009 bytes more than its 2 records",
    });
    // durable may not go back either
    const third = sampleSegment({ counts: [1, 1], zeros: 200 });
    encodeBatch(
      [bodyOf(2)],
      { firstIndex: 2, durable: -1, term: 7 },
      { target: third.bytes, offset: third.end },
    );
    expect(endOf(third.bytes)).toMatchObject({ kind: "corrupt", index: 2 });
    encodeBatch(
      [bodyOf(2)],
      { firstIndex: 2, durable: 0, term: 7 },
      { target: third.bytes, offset: third.end },
    );
    expect(endOf(third.bytes)).toMatchObject({ kind: "clean" });
    expect(endOf(SAMPLE.bytes, { term: 8 })).toMatchObject({
      kind: "corrupt",
      problem: "a batch of term 7 after term 8",
    });
  });

  it("corruption: frames that do not fill their batch, whatever their checksums say", () => {
    const place = { firstIndex: 1, durable: 0, term: 7 };
    const refit = (at: number, length: number) => (batch: Uint8Array) => {
      const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
      view.setUint32(at, length, true);
      view.setUint32(at + 4, crc32c(view, at + 8, at + 8 + length, crc32c(view, at, at + 4)), true);
    };
    const recount = (count: number) => (batch: Uint8Array) => {
      batch[8] = count;
      resign(batch);
    };
    const two = [new Uint8Array(20).fill(65), new Uint8Array(20).fill(66)];
    const cases: [(batch: Uint8Array) => void, string, number][] = [
      [refit(40, 0), "a record of 0 bytes", 1],
      [refit(40, 4_000), "the batch ends within the record", 1],
      [refit(69, 21), "the batch ends within the record", 2],
      [refit(69, 19), "no line ends behind the record", 2],
      [recount(3), "the batch ends before all of its records", 3],
      [
        (batch) => {
          batch[97] = 0x0b;
        },
        "no line ends behind the record",
        2,
      ],
      [
        (batch) => {
          batch[77] = 0x43;
        },
        "the record's checksum is wrong",
        2,
      ],
      [
        (batch) => {
          batch[71] = 1;
        },
        "a record of 65556 bytes",
        2,
      ],
    ];
    for (const [change, problem, index] of cases) {
      const bytes = followedBy(place, two, change);
      expect(endOf(bytes)).toMatchObject({
        kind: "corrupt",
        index,
        problem: expect.stringContaining(problem),
      });
    }
  });

  it("takes records of up to 65,535 bytes, and a header whose numbers are not safe for none", () => {
    const place = { firstIndex: 0, durable: -1, term: 0 };
    const bytes = new Uint8Array(140_000);
    bytes.set(encodeSegmentHeader({ ...IDENTITY, firstIndex: 0, generation: 0 }));
    const into = { target: bytes, offset: SEGMENT_HEADER_BYTES };
    const end = encodeBatch(
      [new Uint8Array(65_535).fill(65), new Uint8Array(1).fill(65)],
      place,
      into,
    );
    expect(endOf(bytes)).toEqual({ kind: "clean", offset: end });
    for (const at of [12, 20, 28]) {
      const unsafe = withBytes((all) => {
        new DataView(all.buffer).setUint32(SEGMENT_HEADER_BYTES + at + 4, 0x0020_0000, true);
        resign(all.subarray(SEGMENT_HEADER_BYTES));
      }, bytes);
      expect(endOf(unsafe)).toMatchObject({
        kind: "corrupt",
        problem: "no batch with a valid header begins here",
      });
    }
  });
});
