import { compareUtf16 } from "../json/text.ts";
import type { HistoryValue } from "./step-host.ts";

/** What one microstep records: for each history state of a state that is left, the paths of what was active below. */
export type HistoryRecords = readonly (readonly [path: string, states: readonly string[]])[];

/** The history after these records. Keys stay in canonical order, because documents are written as they stand in memory. */
export function withRecords(history: HistoryValue, records: HistoryRecords): HistoryValue {
  if (records.length === 0) return history;
  const changed = new Map<string, readonly string[]>(Object.entries(history));
  for (const [path, states] of records) changed.set(path, states);
  return Object.fromEntries([...changed].sort(([one], [other]) => compareUtf16(one, other)));
}
