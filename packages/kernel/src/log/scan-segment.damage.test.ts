import { describe, expect, it } from "vitest";
import { encodeBatch } from "./batch.ts";
import type { ScannedRecord } from "./scan-segment.ts";
import { scanSegment } from "./scan-segment.ts";
import { SEGMENT_HEADER_BYTES } from "./segment-header.ts";
import { bodyOf, expecting, sampleSegment } from "./test/sample-segment.ts";

/** 256 records in batches of many sizes, one record alone at the end. */
const SAMPLE = sampleSegment({ counts: [1, 60, 7, 100, 1, 1, 40, 45, 1], zeros: 1_300 });
const WHOLE = scanSegment(SAMPLE.bytes, expecting()).records;
const IS_SOAK = Number(process.env["SWOOSH_SOAK"] ?? 0) > 0;
/** From one damaged place to the next. Under mutation these run for hundreds of mutants, and places of one kind are many. */
const STRIDE = process.env["SWOOSH_MUTATION"] === "1" ? 13 : 1;

/** Throws unless the records are the first ones of the sample: cheaper than `expect` in a loop. */
function mustBePrefix(records: readonly ScannedRecord[], count: number, what: string): void {
  if (records.length !== count) throw new Error(`${what}: ${records.length} records, not ${count}`);
  for (const [at, record] of records.entries()) {
    const original = WHOLE[at];
    if (
      record.index !== at ||
      record.offset !== original?.offset ||
      record.body.length !== original.body.length
    ) {
      throw new Error(`${what}: record ${at} is another one`);
    }
  }
}

describe("a segment cut at every byte", () => {
  it("keeps whole batches and cuts the torn one, whether zeros follow or nothing does", () => {
    expect(WHOLE).toHaveLength(256);
    const zeroed = SAMPLE.bytes.slice();
    for (let cut = SAMPLE.end - 1; cut >= SEGMENT_HEADER_BYTES; cut -= STRIDE) {
      zeroed.fill(0, cut, cut + STRIDE);
      const batch = SAMPLE.batches.find(({ offset, end }) => offset <= cut && cut < end);
      const count = batch?.firstIndex ?? -1;
      const kind = cut === batch?.offset ? "clean" : "torn";
      mustEnd(zeroed, { cut, kind, count, offset: batch?.offset });
      // A file that is cut instead takes the same ways: once in a while is enough.
      if (cut % 7 === 0 || IS_SOAK) {
        mustEnd(SAMPLE.bytes.subarray(0, cut), { cut, kind, count, offset: batch?.offset });
      }
      // The same bytes are corruption as soon as the batch is known to have been durable.
      if (cut % 5 !== 0 && !IS_SOAK) continue;
      const known = scanSegment(zeroed, expecting({ knownDurable: count })).end;
      if (known.kind !== "corrupt" || known.index < count)
        throw new Error(`cut at ${cut}: ${JSON.stringify(known)}`);
    }
  }, 60_000);

  function mustEnd(
    bytes: Uint8Array,
    want: {
      readonly cut: number;
      readonly kind: string;
      readonly count: number;
      readonly offset: number | undefined;
    },
  ): void {
    const { records, end, nextIndex } = scanSegment(
      bytes,
      expecting({ knownDurable: want.count - 1 }),
    );
    mustBePrefix(records, want.count, `cut at ${want.cut}`);
    if (end.kind !== want.kind || end.offset !== want.offset || nextIndex !== want.count) {
      throw new Error(`cut at ${want.cut}: ${JSON.stringify(end)}`);
    }
  }

  it("is corruption where the cut is in the segment's header", () => {
    for (let cut = 0; cut < SEGMENT_HEADER_BYTES; cut++) {
      const scan = scanSegment(SAMPLE.bytes.subarray(0, cut), expecting());
      expect(scan.end).toMatchObject({ kind: "corrupt", offset: 0, index: 0 });
    }
  });
});

describe("a segment with a bit flipped", () => {
  it("in any byte of header or batches is corruption, though nothing says that the last batch was durable", () => {
    const bytes = SAMPLE.bytes.slice();
    let flips = 0;
    for (let at = 0; at < SAMPLE.end; at += STRIDE) {
      const batch = SAMPLE.batches.find(({ offset, end }) => offset <= at && at < end);
      for (let bit = IS_SOAK ? 0 : at % 8; bit < (IS_SOAK ? 8 : (at % 8) + 1); bit++) {
        flips += 1;
        const good = bytes[at] ?? 0;
        bytes[at] = good ^ (1 << bit);
        const { records, end } = scanSegment(bytes, expecting());
        bytes[at] = good;
        mustBePrefix(records, batch?.firstIndex ?? 0, `bit ${bit} of ${at}`);
        // The bodies are views: what was taken must not reach into what was damaged.
        const taken = records.at(-1);
        if (taken !== undefined && taken.offset + 9 + taken.body.length > at)
          throw new Error(`${at}`);
        if (end.kind !== "corrupt") throw new Error(`bit ${bit} of ${at}: ${JSON.stringify(end)}`);
        const last = batch === undefined ? 0 : batch.firstIndex + batch.count - 1;
        if (end.index < (batch?.firstIndex ?? 0) || end.index > last) {
          throw new Error(
            `bit ${bit} of ${at} is in ${batch?.firstIndex} … ${last}, not in ${end.index}`,
          );
        }
      }
    }
    expect(flips).toBe(Math.ceil(SAMPLE.end / STRIDE) * (IS_SOAK ? 8 : 1));
  });

  it("in the zeros behind them loses no record and adds none", () => {
    const bytes = SAMPLE.bytes.slice();
    for (let at = SAMPLE.end; at < bytes.length; at += STRIDE) {
      bytes[at] = 1 << (at % 8);
      const { records, end } = scanSegment(bytes, expecting());
      bytes[at] = 0;
      mustBePrefix(records, 256, `a bit at ${at}`);
      const isShort = at - SAMPLE.end < 39;
      const boundary = Math.ceil(SAMPLE.end / 512) * 512;
      const kind = isShort || at >= boundary ? "torn" : "corrupt";
      if (end.kind !== kind || end.offset !== SAMPLE.end)
        throw new Error(`${at}: ${JSON.stringify(end)}`);
    }
    expect(scanSegment(bytes, expecting()).end).toEqual({ kind: "clean", offset: SAMPLE.end });
  });
});

describe("a last batch of which the disk wrote only some sectors, in any order, the last one perhaps in part", () => {
  /** Texts that leave no zeros of their own. */
  const records = Array.from({ length: 40 }, (_, at) => bodyOf(3 + ((at * 5) % 23)));

  it("is cut, or is there as a whole; it is never corruption", () => {
    let verdicts = 0;
    const step = IS_SOAK ? 1 : 7 * STRIDE;
    for (let pad = 0; pad < 512; pad += step) {
      const before = sampleSegment({
        counts: [1, 1],
        zeros: 4_096,
        bodies: () => new Uint8Array(pad + 1).fill(65),
      });
      const whole = before.bytes.slice();
      const end = encodeBatch(
        records,
        { firstIndex: 2, durable: 1, term: 7 },
        { target: whole, offset: before.end },
      );
      const sectors = sectorsOf(before.end, end);
      for (let subset = 0; subset < 2 ** sectors.length; subset++) {
        for (const part of [512, 200]) {
          const bytes = before.bytes.slice();
          const written = sectors.filter((_, at) => (subset & (1 << at)) !== 0);
          for (const [at, [from, to]] of written.entries()) {
            const stop = at === written.length - 1 ? Math.min(to, from + part) : to;
            bytes.set(whole.subarray(from, stop), from);
          }
          const scan = scanSegment(bytes, expecting({ knownDurable: 1 }));
          const isWhole = Buffer.compare(bytes, whole) === 0;
          const count = isWhole ? 2 + records.length : 2;
          if (scan.end.kind === "corrupt" || scan.records.length !== count) {
            throw new Error(
              `batch at ${before.end}, sectors ${subset}: ${JSON.stringify(scan.end)}`,
            );
          }
          verdicts += 1;
        }
      }
    }
    expect(verdicts).toBeGreaterThan(5_000 / STRIDE);
  });

  function sectorsOf(from: number, to: number): (readonly [number, number])[] {
    const sectors: (readonly [number, number])[] = [];
    for (let at = from; at < to; at = at - (at % 512) + 512) {
      sectors.push([at, Math.min(to, at - (at % 512) + 512)]);
    }
    return sectors;
  }
});
