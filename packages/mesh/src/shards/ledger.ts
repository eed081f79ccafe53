import { assert } from "@swoosh/kernel/values";
import type { DropCause } from "./shard.ts";

/** Why a shard ended undelivered. */
export type EndCause = DropCause | "expired";

/** Figures of a mesh since its beginning. L1: injected = delivered + inFlight + expired + dropped, at every tick. */
export interface Counts {
  readonly injected: number;
  readonly delivered: number;
  readonly inFlight: number;
  readonly expired: number;
  readonly dropped: Readonly<Record<DropCause, number>>;
  /** Copies that came again and were let go. */
  readonly duplicates: number;
}

interface Entry {
  copies: number;
  delivered: boolean;
  seenAtTick: number;
  /** Why a copy ended that was not merely kept. */
  cause: EndCause | undefined;
  /** Where a copy counts as being, with the hops that it had made. */
  readonly cells: Map<number, number>;
}

/**
 * Who holds a copy of what, and how each life ended. It observes: no cell reads it, so that no decision can rest on
 * what a cell cannot know.
 */
export interface Ledger {
  inject(id: number): void;
  /** One more cell holds a copy. */
  hold(id: number): void;
  /**
   * A copy is gone; `cause` is undefined where it was merely kept. Gives the cause of the shard's end if this was the
   * last copy and it was never delivered.
   */
  letGo(id: number, cause: EndCause | undefined): EndCause | undefined;
  /** False: it was delivered before. */
  deliver(id: number): boolean;
  isDelivered(id: number): boolean;
  duplicate(): void;
  /** A copy moves, comes up or goes; told where, so that a log can say where every copy is. */
  place(id: number, cell: number, hops: number): void;
  unplace(id: number, cell: number): void;
  /** Whether the copy that has made so many hops counts as being there. */
  isPlaced(id: number, cell: number, hops: number): boolean;
  /** A new cell stands where one has died: what counted as there, on the wire at best, does so no more. */
  unplaceAll(cell: number): void;
  counts(): Counts;
  /** L1, with what is in flight counted anew from the copies that the cells really hold. */
  audit(tick: number, eachCopy: (see: (id: number) => void) => void): void;
}

/** Books without an entry. */
export function createLedger(): Ledger {
  const entries = new Map<number, Entry>();
  const dropped: Record<DropCause, number> = { unreachable: 0, "cell-died": 0 };
  let [injected, delivered, expired, duplicates] = [0, 0, 0, 0];
  const counts = (): Counts => ({
    injected,
    delivered,
    inFlight: injected - delivered - expired - dropped.unreachable - dropped["cell-died"],
    expired,
    dropped: { ...dropped },
    duplicates,
  });
  return {
    inject(id) {
      assert(!entries.has(id), `L2: shard ${id} is injected once`);
      entries.set(id, {
        copies: 0,
        delivered: false,
        seenAtTick: -1,
        cause: undefined,
        cells: new Map(),
      });
      injected += 1;
    },
    hold(id) {
      const entry = entries.get(id);
      // A copy that surfaces after the end of its shard is a duplicate on its way to being let go.
      if (entry !== undefined) entry.copies += 1;
    },
    letGo(id, cause) {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      entry.copies -= 1;
      entry.cause ??= cause;
      assert(entry.copies >= 0, `L3: shard ${id} has no fewer than 0 copies`);
      if (entry.copies > 0) return undefined;
      entries.delete(id);
      if (entry.delivered) return undefined;
      const why = entry.cause ?? "cell-died";
      if (why === "expired") expired += 1;
      else dropped[why] += 1;
      return why;
    },
    deliver(id) {
      const entry = entries.get(id);
      if (entry === undefined || entry.delivered) return false;
      entry.delivered = true;
      delivered += 1;
      return true;
    },
    isDelivered: (id) => entries.get(id)?.delivered !== false,
    duplicate() {
      duplicates += 1;
    },
    place: (id, cell, hops) => void entries.get(id)?.cells.set(cell, hops),
    unplace: (id, cell) => void entries.get(id)?.cells.delete(cell),
    isPlaced: (id, cell, hops) => entries.get(id)?.cells.get(cell) === hops,
    unplaceAll(cell) {
      for (const { cells } of entries.values()) cells.delete(cell);
    },
    counts,
    audit: (tick, eachCopy) => auditCopies(entries, counts().inFlight, { tick, eachCopy }),
  };
}

function auditCopies(
  entries: ReadonlyMap<number, Entry>,
  inFlight: number,
  {
    tick,
    eachCopy,
  }: { readonly tick: number; readonly eachCopy: (see: (id: number) => void) => void },
): void {
  let found = 0;
  eachCopy((id) => {
    const entry = entries.get(id);
    if (entry === undefined || entry.delivered || entry.seenAtTick === tick) return;
    entry.seenAtTick = tick;
    found += 1;
  });
  assert(
    found === inFlight,
    `L1: at tick ${tick} the cells hold ${found} shards, the books say ${inFlight} are in flight`,
  );
}
