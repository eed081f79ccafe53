import { constants, PerformanceObserver, type PerformanceEntry } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Up to here garbage may lie beside what is in use. */
export const OLD_BYTES = 96 * 2 ** 20;
/**
 * Where more than that is in use, it may grow by so many per cent of it: what a collection costs grows with what is in use, so
 * the cost for each record stays the same.
 */
const GROWTH_MIN = 15;
/** From here on V8's own bound, at most four times what is in use, is the lower one. */
const GROWTH_MAX = 300;
const LOOK_MS = 1_000;
/**
 * Where so much is reserved after a collection, the next one moves together what lies scattered: documents that are replaced in no
 * order leave pages half empty. It costs processor time, a quarter of all where every collection does it.
 */
const SAVING_BYTES = 110 * 2 ** 20;

/**
 * Keeps the old generation of V8's heap near `bytes`, or near what is in use where that is more. A server replaces documents by
 * new ones all the time, so that most of what the old generation grows by is garbage; left alone it grows to a multiple of what
 * is in use, because the machine has the memory. V8 reads the flag as it ends a collection and finds the next bound by what that
 * one leaves, which nobody knows before: it is foreseen, as half of what came since the last one. Where that is too much, the
 * next collection comes early. For whole processes, to their end.
 */
export function boundOldGeneration(bytes = OLD_BYTES): void {
  let live = oldBytes("space_used_size");
  const foresee = (): void => setGrowth(growthFor((live + oldBytes("space_used_size")) / 2, bytes));
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(isMajor)) return;
    live = oldBytes("space_used_size");
    setSaving(oldBytes("space_size") > SAVING_BYTES);
    foresee();
  });
  observer.observe({ entryTypes: ["gc"] });
  setInterval(foresee, LOOK_MS).unref();
  foresee();
  collect();
}

/** A whole collection, for V8's first bound is by the machine's memory, and only the end of one finds another. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  const collector: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof collector === "function") collector();
}

/** By how many per cent of what is in use the old generation may grow before it is collected; 0 leaves it to V8. */
export function growthFor(bytesInUse: number, bytes = OLD_BYTES): number {
  const percent = Math.floor((100 * (bytes - bytesInUse)) / bytesInUse);
  return percent > GROWTH_MAX ? 0 : Math.max(GROWTH_MIN, percent);
}

function isMajor(entry: PerformanceEntry): boolean {
  const detail: unknown = "detail" in entry ? entry.detail : undefined;
  return (
    typeof detail === "object" &&
    detail !== null &&
    "kind" in detail &&
    detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
  );
}

function oldBytes(what: "space_used_size" | "space_size"): number {
  let bytes = 0;
  for (const space of getHeapSpaceStatistics())
    if (!space.space_name.startsWith("new_")) bytes += space[what];
  return bytes;
}

function setSaving(isSaving: boolean): void {
  setFlagsFromString(isSaving ? "--memory-saver-mode" : "--no-memory-saver-mode");
}

/** Whole per cent; 0: V8's own bound. */
function setGrowth(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
