import type { History, HistoryOp, Moment, ProposeOp } from "./history.ts";

/** A log as it was found, and for each record the key that made it (null: the engine itself). */
export interface KeyedRecord {
  readonly key: string | null;
}

/** How many records there may have been during an operation: at least `least`, at most `most`. */
export interface Window {
  readonly least: number;
  readonly most: number;
}

/**
 * When records can have come into being, as far as a history says. A record cannot be older than the first delivery of its
 * key; it is not younger than the first answer that shows it, or shows anything behind it. One sweep, O(n log n): because
 * the log is one order, no search over interleavings is needed (reliability §5, check 2).
 */
export class Chronicle {
  /** Moments of answers, ascending, and the most records that any answer up to there showed. */
  readonly #shownAt: Moment[] = [];
  readonly #shownSize: number[] = [];
  /** For each index: the latest first delivery among the keys of all records up to it. */
  readonly #possibleFrom: Moment[] = [];
  readonly #firstDelivery: ReadonlyMap<string, Moment>;

  constructor(
    history: History,
    records: readonly KeyedRecord[],
    deliveries: ReadonlyMap<string, readonly ProposeOp[]>,
  ) {
    this.#firstDelivery = new Map(
      [...deliveries].map(([key, ops]) => [key, Math.min(...ops.map(({ invoked }) => invoked))]),
    );
    const shown = history.ops.flatMap(sizesShownBy).toSorted(([one], [other]) => one - other);
    let size = 0;
    for (const [moment, most] of shown) {
      size = Math.max(size, most);
      this.#shownAt.push(moment);
      this.#shownSize.push(size);
    }
    let from = 0;
    for (const { key } of records) {
      from = Math.max(from, (key === null ? undefined : this.#firstDelivery.get(key)) ?? 0);
      this.#possibleFrom.push(from);
    }
  }

  /** Records that had been shown to somebody before this moment. */
  shownBefore(moment: Moment): number {
    return this.#shownSize[countBelow(this.#shownAt, moment) - 1] ?? 0;
  }

  /** The most records that there can have been at this moment. */
  possibleAt(moment: Moment): number {
    return countBelow(this.#possibleFrom, moment + 1);
  }

  /** First delivery of a key, or undefined where nobody ever sent it. */
  firstDelivery(key: string): Moment | undefined {
    return this.#firstDelivery.get(key);
  }

  windowOf(op: HistoryOp): Window {
    const most = op.returned === null ? this.#possibleFrom.length : this.possibleAt(op.returned);
    return { least: this.shownBefore(op.invoked), most };
  }
}

/** Moments at which an operation showed that so many records were there. */
export function sizesShownBy(op: HistoryOp): readonly (readonly [Moment, number])[] {
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
