import type { History, HistoryOp, Moment } from "./history.ts";

/** A record, and the moment from which on it may have been made: when the first was sent that can have made it. */
export interface MadeRecord {
  readonly madeFrom: Moment;
}

/** How many records there may have been during an operation: at least `least`, at most `most`. */
export interface Window {
  readonly least: number;
  readonly most: number;
}

/**
 * When records can have come into being, as far as a history says. A record cannot be older than the first delivery that can
 * have made it; it is not younger than the first answer that shows it, or shows anything behind it. One sweep, O(n log n):
 * because the log is one order, no search over interleavings is needed (reliability §5, check 2).
 */
export class Chronicle {
  /** Moments of answers, ascending, and the most records that any answer up to there showed. */
  #shownAt: readonly Moment[] = [];
  #shownSize: readonly number[] = [];
  #shown: readonly Shown[];
  /** For each index: the latest `madeFrom` of all records up to it. */
  readonly #possibleFrom: Moment[] = [];

  constructor(history: History, records: readonly MadeRecord[]) {
    this.#shown = history.ops.flatMap(sizesShownBy);
    this.#sortShown();
    let from = 0;
    for (const { madeFrom } of records) {
      from = Math.max(from, madeFrom);
      this.#possibleFrom.push(from);
    }
  }

  /** More answers showed that so many records were there: those that had to be decided again before anybody knew. */
  learn(shown: readonly Shown[]): void {
    // Not by `push(...shown)`: a million arguments are more than a stack holds.
    this.#shown = [...this.#shown, ...shown];
    this.#sortShown();
  }

  #sortShown(): void {
    const sorted = this.#shown.toSorted(([one], [other]) => one - other);
    let size = 0;
    this.#shownAt = sorted.map(([moment]) => moment);
    this.#shownSize = sorted.map(([, most]) => (size = Math.max(size, most)));
  }

  /** Records that had been shown to somebody before this moment. */
  shownBefore(moment: Moment): number {
    return this.#shownSize[countBelow(this.#shownAt, moment) - 1] ?? 0;
  }

  /** The most records that there can have been at this moment. */
  possibleAt(moment: Moment): number {
    return countBelow(this.#possibleFrom, moment + 1);
  }

  windowOf(op: HistoryOp): Window {
    const most = op.returned === null ? this.#possibleFrom.length : this.possibleAt(op.returned);
    return { least: this.shownBefore(op.invoked), most };
  }
}

/** A moment at which it was shown that so many records were there. */
export type Shown = readonly [moment: Moment, size: number];

function sizesShownBy(op: HistoryOp): readonly Shown[] {
  if (op.kind === "stream")
    return op.entries.map(({ heard, index }) => [heard, index + 1] as const);
  const { returned } = op;
  if (returned === null || op.answer === null) return [];
  switch (op.kind) {
    case "propose":
      return op.answer.kind === "accepted" && !op.dryRun ? [[returned, op.answer.index + 1]] : [];
    case "read":
      return op.answer === "absent" ? [] : [[returned, op.answer.index + 1]];
    case "decision":
      return [[returned, op.index + 1]];
    default:
      return [[returned, op.answer.size]];
  }
}

/** How many of the ascending numbers are below the bound. */
function countBelow(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
