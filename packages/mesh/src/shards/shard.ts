import type { VectorKey } from "./vector-key.ts";

/**
 * A piece of memory on its way or at rest: a key that says what it is about and a reference to its bytes. Immutable:
 * each hop makes the next value, so that a sender's copy stays what it was.
 */
export interface Shard {
  readonly id: number;
  readonly key: VectorKey;
  /** Content hash of the bytes, in the store of its place; an adapter's hash where the payload is an adapter. */
  readonly payload: string;
  /** The cell that it is addressed to; undefined: the cell whose summary is most like the key. */
  readonly to: number | undefined;
  readonly bornTick: number;
  /** Ticks after its birth at which it expires. */
  readonly ttlTicks: number;
  readonly hops: number;
  /** Where it is and how it came there. */
  readonly at: Visit;
  readonly life: Life;
}

/** Where a shard is in its life. */
export type Life = "waiting" | "delivered" | "expired" | "dropped";

/** Why a shard ended without being delivered. */
export type DropCause =
  /** Every cell that could be reached was visited. */
  | "unreachable"
  /** Its cell died, and no neighbour held a copy any more. */
  | "cell-died";

/** One entry of the recorded way. Visits share their past, so that a copy costs nothing. */
export interface Visit {
  readonly cell: number;
  /** Where a dead end leads back to; undefined at the origin. */
  readonly back: Visit | undefined;
  /** The visit before in time, backtracks included. */
  readonly earlier: Visit | undefined;
}

/** Whether the way whose `last` visit is given has led through this cell. */
export function hasVisited(last: Visit | undefined, cell: number): boolean {
  for (let visit = last; visit !== undefined; visit = visit.earlier) {
    if (visit.cell === cell) return true;
  }
  return false;
}

/** Every cell in the order of the visits that end in the `last` one, the origin first. */
export function wayOf(last: Visit): readonly number[] {
  const way: number[] = [];
  for (let visit: Visit | undefined = last; visit !== undefined; visit = visit.earlier)
    way.push(visit.cell);
  return way.reverse();
}
