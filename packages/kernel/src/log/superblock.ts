import type { ValueHash } from "../hash.ts";
import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { crc32c } from "./crc32c.ts";
import { hexBytes } from "./hex-bytes.ts";
import type { JournalIdentity } from "./journal-identity.ts";
import {
  IDENTITY_BYTES,
  identityProblem,
  readIdentity,
  writeIdentity,
} from "./journal-identity.ts";
import { readCount, readU64, writeU64 } from "./u64.ts";

/**
 * Where recovery begins. Two slots are written alternately, each synced before the other is touched, so one whole copy
 * always stands: generation g lies in slot g mod 2. Written at each snapshot and at a clean stop (kernel design §4), and
 * twice, before the first batch of each segment: so the loss of a whole segment is noticed, the last one's too, also where
 * one superblock is lost with it.
 *
 * | at | bytes | field |
 * |---|---|---|
 * | 0 | 4 | magic: `SWSB` in ASCII |
 * | 4 | 4 | u32 format: 1 |
 * | 8 | 16 | cluster id |
 * | 24 | 32 | node id |
 * | 56 | 8 | u64 generation: one more at each write |
 * | 64 | 8 | u64 term |
 * | 72 | 8 | u64 durable: highest durable index; all bits set = none |
 * | 80 | 8 | u64 index of the last record in the snapshot; all bits set = no snapshot |
 * | 88 | 32 | value hash of the snapshot's manifest, raw; zeros = no snapshot |
 * | 120 | 4 | u32 flags: bit 0 = stopped cleanly; bit 1 = a segment is named; all others 0 |
 * | 124 | 8 | u64 first index of the segment that was being written; 0 where none is named |
 * | 132 | 376 | zeros |
 * | 508 | 4 | u32 CRC-32C of bytes 0 … 507 |
 *
 * Integers are little-endian; a superblock is one sector.
 */
export interface Superblock extends JournalIdentity {
  readonly durable: number;
  readonly generation: number;
  /** First index of the segment that was being written: its file is there. Null in superblocks of builds that named none. */
  readonly segment: number | null;
  /** Newest snapshot, or null. */
  readonly snapshot: { readonly index: number; readonly manifest: ValueHash } | null;
  readonly term: number;
  /** Nothing was appended after `durable` when this was written. */
  readonly wasStopped: boolean;
}

export const SUPERBLOCK_BYTES = 512;
/** `SWSB` as the four bytes lie on disk. */
const MAGIC = 0x42_53_57_53;
const FORMAT = 1;

const AT_FORMAT = 4;
const AT_IDENTITY = 8;
const AT_GENERATION = AT_IDENTITY + IDENTITY_BYTES;
const AT_TERM = AT_GENERATION + 8;
const AT_DURABLE = AT_TERM + 8;
const AT_SNAPSHOT = AT_DURABLE + 8;
const AT_MANIFEST = AT_SNAPSHOT + 8;
const AT_FLAGS = AT_MANIFEST + 32;
const AT_SEGMENT = AT_FLAGS + 4;
const AT_CRC = SUPERBLOCK_BYTES - 4;

const WAS_STOPPED = 1;
const NAMES_SEGMENT = 2;
const HASH_PREFIX = "sha256-";

/** The slot, 0 or 1, that a generation is written to. */
export function slotOf(generation: number): number {
  return generation % 2;
}

export function encodeSuperblock(superblock: Superblock): Uint8Array {
  const { snapshot, durable, segment } = superblock;
  assert(snapshot === null || snapshot.index <= durable, "a snapshot holds durable records alone");
  assert(segment === null || segment <= durable + 1, "a segment begins behind what is durable");
  const bytes = new Uint8Array(SUPERBLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(AT_FORMAT, FORMAT, true);
  writeIdentity(bytes, AT_IDENTITY, superblock);
  writeU64(view, AT_GENERATION, superblock.generation);
  writeU64(view, AT_TERM, superblock.term);
  writeU64(view, AT_DURABLE, durable);
  writeU64(view, AT_SNAPSHOT, snapshot === null ? -1 : snapshot.index);
  if (snapshot !== null)
    bytes.set(hexBytes(snapshot.manifest.slice(HASH_PREFIX.length)), AT_MANIFEST);
  const flags = (superblock.wasStopped ? WAS_STOPPED : 0) | (segment === null ? 0 : NAMES_SEGMENT);
  view.setUint32(AT_FLAGS, flags, true);
  writeU64(view, AT_SEGMENT, segment ?? 0);
  view.setUint32(AT_CRC, crc32c(view, 0, AT_CRC), true);
  return bytes;
}

export type DecodedSuperblock =
  | { readonly ok: true; readonly superblock: Superblock }
  | { readonly ok: false; readonly problem: string };

/** Reads what lies in a slot. Total over any bytes. */
export function decodeSuperblock(bytes: Uint8Array, slot: number): DecodedSuperblock {
  if (bytes.length !== SUPERBLOCK_BYTES)
    return refuse(`${bytes.length} bytes, not ${SUPERBLOCK_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse("it does not begin as a superblock does");
  if (view.getUint32(AT_CRC, true) !== crc32c(view, 0, AT_CRC))
    return refuse("its checksum is wrong");
  const format = view.getUint32(AT_FORMAT, true);
  if (format !== FORMAT)
    return refuse(`it has format ${format}; this build reads format ${FORMAT}`);
  const generation = readCount(view, AT_GENERATION);
  const term = readCount(view, AT_TERM);
  const durable = readU64(view, AT_DURABLE);
  const index = readU64(view, AT_SNAPSHOT);
  const named = readCount(view, AT_SEGMENT);
  if (
    generation === undefined ||
    term === undefined ||
    durable === undefined ||
    index === undefined ||
    named === undefined
  ) {
    return refuse("a number in it is no safe integer");
  }
  if (slotOf(generation) !== slot)
    return refuse(`generation ${generation} does not belong into slot ${slot}`);
  if (index > durable)
    return refuse(`a snapshot of record ${index}, but only ${durable} was durable`);
  const flags = view.getUint32(AT_FLAGS, true);
  if (flags > (WAS_STOPPED | NAMES_SEGMENT))
    return refuse(`flags ${flags} that this build does not know`);
  const segment = (flags & NAMES_SEGMENT) === 0 ? null : named;
  if (segment === null ? named !== 0 : segment > durable + 1)
    return refuse(`a segment at record ${named}, but only ${durable} was durable`);
  const manifest: ValueHash = `sha256-${hex(bytes.subarray(AT_MANIFEST, AT_FLAGS))}`;
  const snapshot = index < 0 ? null : { index, manifest };
  const identity = readIdentity(bytes, AT_IDENTITY);
  const wasStopped = (flags & WAS_STOPPED) !== 0;
  return {
    ok: true,
    superblock: { ...identity, durable, generation, segment, snapshot, term, wasStopped },
  };
}

function refuse(problem: string): DecodedSuperblock {
  return { ok: false, problem };
}

export type ChosenSuperblock =
  | { readonly ok: true; readonly superblock: Superblock }
  /** What is wrong with slot 0 and slot 1. */
  | { readonly ok: false; readonly problems: readonly [string, string] };

/**
 * The newest valid superblock. `slots` are the bytes of both, undefined where there is no such file. One bad slot is what
 * a torn write leaves; a slot of another cluster or node is refused whatever the other says.
 */
export function chooseSuperblock(
  slots: readonly [Uint8Array | undefined, Uint8Array | undefined],
  expected: JournalIdentity,
): ChosenSuperblock {
  const [first, second] = [readSlot(slots[0], 0), readSlot(slots[1], 1)];
  const foreign: readonly [string | undefined, string | undefined] = [
    foreignProblem(first, expected),
    foreignProblem(second, expected),
  ];
  if (foreign[0] !== undefined || foreign[1] !== undefined) {
    return {
      ok: false,
      problems: [foreign[0] ?? problemOf(first), foreign[1] ?? problemOf(second)],
    };
  }
  if (first.ok && second.ok) {
    return first.superblock.generation > second.superblock.generation ? first : second;
  }
  if (first.ok) return first;
  if (second.ok) return second;
  return { ok: false, problems: [first.problem, second.problem] };
}

function readSlot(bytes: Uint8Array | undefined, slot: number): DecodedSuperblock {
  return bytes === undefined ? refuse("it is missing") : decodeSuperblock(bytes, slot);
}

function foreignProblem(slot: DecodedSuperblock, expected: JournalIdentity): string | undefined {
  return slot.ok ? identityProblem(slot.superblock, expected) : undefined;
}

function problemOf(slot: DecodedSuperblock): string {
  return slot.ok ? "it is whole" : slot.problem;
}
