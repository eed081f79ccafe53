import { fault } from "./simulated-disk.ts";

const SECTOR_BYTES = 512;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * A write that was not synced. What reaches the disk of it are sectors of the system's copy: they have what earlier writes put
 * into them too, whether those were synced, or a sync of them failed.
 */
interface PendingWrite extends Piece {
  readonly sectors: readonly Piece[];
}

/** One file of a disk that forgets (see `SimulatedDisk`), as a value: what one crash leaves can be looked at in every way. */
export interface TornFile {
  readonly durable: Uint8Array;
  readonly cached: Uint8Array;
  readonly pending: readonly PendingWrite[];
}

/** One call, and where it ends: after so many bytes of a write; before a sync, or in one that fails. */
export interface FileEnd {
  readonly call: number;
  readonly bytes: number;
}

/** What `work` asked of a file: the length of each write, 0 for each sync. */
export interface FileCalls {
  readonly calls: readonly number[];
  readonly file: TornFile;
}

/** Lets `work` write to a copy of `file`, up to `end`; a sync that `end` names fails, and its pages count as clean. */
export function workOn(
  before: TornFile,
  work: (disk: {
    readonly write: (file: number, bytes: Uint8Array, offset: number) => number;
    readonly sync: (file: number) => void;
  }) => void,
  end?: FileEnd,
): FileCalls {
  let { durable, pending } = before;
  const cached = before.cached.slice();
  const calls: number[] = [];
  let isOver = false;
  const put = (bytes: Uint8Array, offset: number): void => {
    if (bytes.length === 0) return;
    cached.set(bytes, offset);
    const sectors = sectorsOf(cached, { from: offset, to: offset + bytes.length });
    pending = [...pending, { offset, bytes: bytes.slice(), sectors }];
  };
  const meet = (length: number): boolean => {
    calls.push(length);
    isOver = calls.length - 1 === end?.call;
    return isOver;
  };
  const write = (_: number, bytes: Uint8Array, offset: number): number => {
    const hasEnded = meet(bytes.length);
    put(hasEnded ? bytes.subarray(0, end?.bytes) : bytes, offset);
    if (hasEnded) throw fault("EIO");
    return bytes.length;
  };
  const sync = (): void => {
    const hasFailed = meet(0);
    if (!hasFailed) durable = landed(durable, pending);
    pending = [];
    if (hasFailed) throw fault("EIO");
  };
  try {
    work({ write, sync });
  } catch (error) {
    if (!isOver) throw error;
  }
  return { calls, file: { durable, cached, pending } };
}

/** What may be on the disk after the power was lost: every combination of sectors, or the first write up to some byte. */
export function* afterPowerLoss(
  { durable, pending }: TornFile,
  about: { readonly combinationsMax: number; readonly bytes: readonly number[] },
): Generator<TornFile> {
  const sectors = pending.flatMap((write) => write.sectors);
  const combinations = 2 ** sectors.length;
  const step = Math.max(1, Math.ceil(combinations / about.combinationsMax));
  for (let chosen = 0; chosen < combinations; chosen += step) {
    const there = sectors.filter((_, at) => Math.floor(chosen / 2 ** at) % 2 === 1);
    yield settled(landed(durable, there));
  }
  const [first] = pending;
  if (first === undefined) return;
  for (const bytes of about.bytes)
    yield settled(landed(durable, [{ ...first, bytes: first.bytes.subarray(0, bytes) }]));
}

export function settled(bytes: Uint8Array): TornFile {
  return { durable: bytes, cached: bytes, pending: [] };
}

function landed(under: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  const bytes = under.slice();
  for (const piece of pieces) bytes.set(piece.bytes, piece.offset);
  return bytes;
}

/** Copies of the sectors that hold these bytes. */
function sectorsOf(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Piece[] {
  const sectors: Piece[] = [];
  for (let offset = from - (from % SECTOR_BYTES); offset < to; offset += SECTOR_BYTES)
    sectors.push({ offset, bytes: bytes.slice(offset, offset + SECTOR_BYTES) });
  return sectors;
}
