import { fault } from "./simulated-disk.ts";

const SECTOR_BYTES = 512;

interface PendingWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
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
    pending = [...pending, { offset, bytes: bytes.slice() }];
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
    if (!hasFailed) durable = landed(durable, pending, () => true);
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
  const sectors = pending.reduce((sum, write) => sum + sectorsOf(write).length, 0);
  const combinations = 2 ** sectors;
  const step = Math.max(1, Math.ceil(combinations / about.combinationsMax));
  for (let chosen = 0; chosen < combinations; chosen += step) {
    let at = -1;
    const isThere = (): boolean => {
      at += 1;
      return Math.floor(chosen / 2 ** at) % 2 === 1;
    };
    yield settled(landed(durable, pending, isThere));
  }
  const [first] = pending;
  if (first === undefined) return;
  for (const bytes of about.bytes) {
    const cut = { ...first, bytes: first.bytes.subarray(0, bytes) };
    yield settled(landed(durable, [cut], () => true));
  }
}

export function settled(bytes: Uint8Array): TornFile {
  return { durable: bytes, cached: bytes, pending: [] };
}

function landed(
  under: Uint8Array,
  pending: readonly PendingWrite[],
  isThere: () => boolean,
): Uint8Array {
  const bytes = under.slice();
  for (const write of pending)
    for (const sector of sectorsOf(write)) if (isThere()) bytes.set(sector.bytes, sector.offset);
  return bytes;
}

function sectorsOf({ offset, bytes }: PendingWrite): readonly PendingWrite[] {
  const sectors: PendingWrite[] = [];
  for (let at = 0; at < bytes.length;) {
    const next = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
    sectors.push({ offset: offset + at, bytes: bytes.subarray(at, next) });
    at = next;
  }
  return sectors;
}
