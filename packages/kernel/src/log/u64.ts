import { assert } from "../invariant.ts";

const TWO_32 = 4_294_967_296;
const ALL_ONES = 0xffff_ffff;

/** What stands for "none yet" where a u64 holds an index; on disk all bits are set. */
export const NO_INDEX = -1;

/** Writes a safe integer ≥ 0, or `NO_INDEX`, as a little-endian u64. Two halves: BigInt would allocate. */
export function writeU64(view: DataView, at: number, value: number): void {
  assert(
    Number.isSafeInteger(value) && value >= NO_INDEX,
    `a u64 holds a safe integer or none: ${value}`,
  );
  const low = value === NO_INDEX ? ALL_ONES : value % TWO_32;
  view.setUint32(at, low, true);
  view.setUint32(at + 4, value === NO_INDEX ? ALL_ONES : (value - low) / TWO_32, true);
}

/** Reads a little-endian u64: a safe integer, `NO_INDEX`, or undefined where it is neither. */
export function readU64(view: DataView, at: number): number | undefined {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  if (low === ALL_ONES && high === ALL_ONES) return NO_INDEX;
  const value = high * TWO_32 + low;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Reads a u64 that may not be "none". */
export function readCount(view: DataView, at: number): number | undefined {
  const value = readU64(view, at);
  return value === NO_INDEX ? undefined : value;
}
