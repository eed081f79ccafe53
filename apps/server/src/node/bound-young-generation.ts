import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** From this size on it grows no more. V8's own bound rises with the machine's memory, to 128 MiB and more. */
export const YOUNG_BYTES = 32 * 2 ** 20;
const LOOK_MS = 1_000;

/**
 * Keeps the young generation of V8's heap near `YOUNG_BYTES`: it doubles whenever as much survived as it holds, which the
 * reading of a snapshot makes happen again and again, and what it grew to is kept though nothing in it is in use. V8's flag
 * for its largest size is read at the start of the process alone, before any code of ours; the factor by which it grows is
 * read each time. For whole processes, to their end.
 */
export function boundYoungGeneration(): void {
  // Modules are loaded by now, so it is as large as it ought to be; no timer runs while a folder is opened.
  setGrowth(1);
  // It shrinks in a process at rest, and must be able to grow again.
  setInterval(() => setGrowth(youngBytes() < YOUNG_BYTES ? 2 : 1), LOOK_MS).unref();
}

/** Bytes reserved for both halves. */
export function youngBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  // An engine without it has nothing to bound.
  return space?.space_size ?? 0;
}

/** V8's own is 2. */
function setGrowth(factor: 1 | 2): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
