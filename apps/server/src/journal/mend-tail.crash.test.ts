import {
  BATCH_HEADER_BYTES,
  encodeBatch,
  encodeSegmentHeader,
  NO_INDEX,
  scanSegment,
  SEGMENT_HEADER_BYTES,
  type SegmentScan,
} from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { mendTail } from "./mend-tail.ts";
import { takeBack } from "./take-back.ts";
import { afterPowerLoss, settled, workOn, type TornFile } from "./test/torn-file.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const IDENTITY = { clusterId: new Uint8Array(16).fill(3), nodeId: new Uint8Array(32).fill(9) };
const FILE_BYTES = 3_072;
/** Where in its sector the batch begins that is torn: early, where its header reaches into the next one, at its very start. */
const PLACES = isSoak ? [100, 440, 473, 490, 511, 0] : [100, 490];
const BODY_BYTES = isSoak ? [30, 500, 1_200] : [700];
/** Starts that are interrupted, one after the other. */
const INTERRUPTIONS = isSoak ? 2 : 1;
const COMBINATIONS_MAX = 8;

interface Sample {
  /** The segment before the batch was begun; all of it was acknowledged. */
  readonly before: Uint8Array;
  readonly offset: number;
  readonly batch: Uint8Array;
}

function sampleAt(place: number, bodyBytes: number): Sample {
  const before = new Uint8Array(FILE_BYTES);
  before.set(encodeSegmentHeader({ ...IDENTITY, firstIndex: 0, generation: 0 }));
  const around = SEGMENT_HEADER_BYTES + BATCH_HEADER_BYTES + 9;
  const body = new Uint8Array(1_024 + place - around).fill(65);
  const offset = encodeBatch(
    [body],
    { firstIndex: 0, durable: NO_INDEX, term: 1 },
    { target: before, offset: SEGMENT_HEADER_BYTES },
  );
  expect(offset % 512).toBe(place);
  const batch = new Uint8Array(BATCH_HEADER_BYTES + 9 + bodyBytes);
  encodeBatch(
    [new Uint8Array(bodyBytes).fill(66)],
    { firstIndex: 1, durable: 0, term: 1 },
    { target: batch, offset: 0 },
  );
  return { before, offset, batch };
}

/** Bytes after which a write may end: those around whatever matters. */
function endsOf(length: number, offset: number): readonly number[] {
  const marks = [1, BATCH_HEADER_BYTES - 1, BATCH_HEADER_BYTES, BATCH_HEADER_BYTES + 1, length - 1];
  for (let at = 512 - (offset % 512); at < length; at += 512) marks.push(at - 1, at, at + 1);
  return [0, ...new Set(marks.filter((at) => at > 0 && at < length)), length];
}

function scanOf(bytes: Uint8Array): SegmentScan {
  const known = { firstIndex: 0, knownDurable: NO_INDEX, nextFirstIndex: null, term: 0 };
  return scanSegment(bytes, { ...IDENTITY, ...known });
}

type Work = Parameters<typeof workOn>[1];

/** Opens what there is, as a start does; throws where it would be refused or an acknowledged record is gone. */
function start(file: TornFile): { readonly work: Work; readonly scan: SegmentScan } {
  const scan = scanOf(file.cached);
  if (scan.end.kind === "corrupt")
    throw new Error(`refused: ${scan.end.problem} at ${scan.end.offset}`);
  if (scan.records.length === 0) throw new Error("the acknowledged record is gone");
  const tail = { bytes: file.cached, firstIndex: 0, scan };
  return { scan, work: (disk) => mendTail(disk, 3, tail) };
}

/** Lets starts be interrupted in every way, again and again, and looks at each that is not. */
class Interruptions {
  readonly seen = new Map<string, number>();
  readonly #offset: number;
  starts = 0;

  constructor(offset: number) {
    this.#offset = offset;
  }

  /** Everything that may be there after `work` ended at some call, and is started on then. */
  *ends(file: TornFile, work: Work): Generator<TornFile> {
    const { calls } = workOn(file, work);
    for (const [call, length] of calls.entries())
      for (const bytes of length === 0 ? [0] : endsOf(length, this.#offset)) {
        const ended = workOn(file, work, { call, bytes }).file;
        yield ended;
        yield* this.losses(ended);
      }
  }

  losses(file: TornFile): Generator<TornFile> {
    const length = file.pending[0]?.bytes.length ?? 0;
    const bytes = endsOf(length, this.#offset);
    return afterPowerLoss(file, { combinationsMax: COMBINATIONS_MAX, bytes });
  }

  startOn(file: TornFile, left: number): void {
    const key = keyOf(file);
    if ((this.seen.get(key) ?? -1) >= left) return;
    this.seen.set(key, left);
    this.starts += 1;
    const { work, scan } = start(file);
    const whole = workOn(file, work).file;
    const after = scanOf(whole.durable);
    // F2, and what is read is what is on the disk.
    const isSame = Buffer.compare(whole.durable, whole.cached) === 0;
    if (after.end.kind !== "clean" || after.end.offset !== scan.end.offset || !isSame)
      throw new Error(`it shows ${scan.end.offset}, and has ${JSON.stringify(after.end)}`);
    if (left === 0) return;
    for (const ended of this.ends(file, work)) this.startOn(ended, left - 1);
  }
}

function keyOf({ durable, cached, pending }: TornFile): string {
  const sectors = pending.flatMap((write) => write.sectors.map(({ bytes }) => bytes));
  const parts = [durable, cached, ...sectors];
  const places = pending.map(({ offset, bytes }) => `${offset}+${bytes.length}`).join();
  return `${places} ${Buffer.concat(parts).toString("latin1")}`;
}

const samples = PLACES.flatMap((place) => BODY_BYTES.map((bytes) => [place, bytes] as const));

describe("a start that is interrupted while it mends the end of the log", () => {
  it.each(samples)(
    "of a batch at %i of its sector with %i bytes: the next one mends it",
    (...of) => {
      const { before, offset, batch } = sampleAt(...of);
      const interruptions = new Interruptions(offset);
      const append: Work = (disk) => {
        disk.write(3, batch, offset);
        disk.sync(3);
      };
      for (const torn of interruptions.ends(settled(before), append))
        interruptions.startOn(torn, INTERRUPTIONS);
      expect(interruptions.starts).toBeGreaterThan(100);
    },
  );
});

describe("a batch that found no room and is taken back", () => {
  it.each(samples)(
    "at %i of its sector with %i bytes: a start mends it wherever it ended",
    (...of) => {
      const { before, offset, batch } = sampleAt(...of);
      const interruptions = new Interruptions(offset);
      const back: Work = (disk) =>
        takeBack(disk, 3, { offset, bytes: batch.length, hasHeader: true });
      const append: Work = (disk) => disk.write(3, batch, offset);
      for (const bytes of endsOf(batch.length, offset)) {
        const begun = workOn(settled(before), append, { call: 0, bytes }).file;
        for (const ended of interruptions.ends(begun, back))
          interruptions.startOn(ended, INTERRUPTIONS - 1);
        expect(scanOf(workOn(begun, back).file.durable).end).toEqual({ kind: "clean", offset });
      }
    },
  );

  it("a torn one whose header has rotted too is mended, wherever that ends", () => {
    const { before, offset, batch } = sampleAt(100, 1_200);
    const bytes = before.slice();
    bytes.set(batch, offset);
    bytes.fill(0, 2_048 - 512, 2_048);
    bytes[offset + 9] = 1;
    const interruptions = new Interruptions(offset);
    interruptions.startOn(settled(bytes), INTERRUPTIONS);
    expect(interruptions.starts).toBeGreaterThan(20);
  });
});
