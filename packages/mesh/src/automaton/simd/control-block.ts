import { ruleTable } from "../bits-engine.ts";
import { CONWAY, type Rule } from "../rule.ts";
import type { StripedLayout } from "./striped-layout.ts";

/** Where the settings of the kernels are, in bytes from the beginning of their memory; `life.wat` knows the same numbers. */
export const CONTROL = {
  evenBuffer: 0,
  oddBuffer: 4,
  rowBytes: 8,
  rows: 12,
  isAnyRule: 16,
  firstTo: 20,
  last: 24,
  lastTo: 28,
  /** 64 bits each, for the shared module. */
  state: 64,
  endTick: 80,
  bandsDone: 72,
  isOver: 88,
  bands: 92,
  bandRows: 96,
  spins: 100,
  evenColumns: 128,
  oddColumns: 132,
  columnBytes: 136,
  columns: 140,
  columnTiles: 144,
  evenList: 148,
  oddList: 152,
  evenMarks: 156,
  oddMarks: 160,
  listLength: 164,
  ruleTable: 256,
  /** 64 bits for each worker. */
  reached: 704,
  /** Where the buffers begin. */
  bytes: 4_096,
} as const;

/**
 * Writes what the dense kernels must know into `view`, the kernels' memory from its first byte on: the `layout` of the
 * rows, and what is `given` of buffers and rule. `buffers`: addresses of the states of even and odd ticks.
 */
export function writeDenseControl(
  view: DataView,
  layout: StripedLayout,
  given: { readonly buffers: readonly [number, number]; readonly rule: Rule },
): void {
  const put = (at: number, value: number): void => view.setInt32(at, value, true);
  put(CONTROL.evenBuffer, given.buffers[0]);
  put(CONTROL.oddBuffer, given.buffers[1]);
  put(CONTROL.rowBytes, layout.rowBytes);
  put(CONTROL.rows, layout.size.height);
  put(CONTROL.isAnyRule, given.rule.text === CONWAY.text ? 0 : 1);
  put(CONTROL.firstTo, layout.padding?.firstTo ?? 0);
  put(CONTROL.last, layout.padding?.last ?? 0);
  put(CONTROL.lastTo, layout.padding?.lastTo ?? 0);
  for (const [entry, value] of ruleTable(given.rule).entries()) {
    for (let lane = 0; lane < 4; lane += 1) put(CONTROL.ruleTable + entry * 16 + lane * 4, value);
  }
}
