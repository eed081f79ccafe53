import type { EndCause, Ledger } from "./ledger.ts";
import type { MeshCell } from "./mesh-cell.ts";
import type { LostCause, MeshEvent } from "./mesh-event.ts";
import type { Shard } from "./shard.ts";

/** Which copy of which shard: two in one place have made different numbers of hops (M4). */
type Copy = Pick<Shard, "id" | "hops">;

/**
 * What ledger and log hear of copies that come up again, are doubled, lost or let go. Owns neither: a mesh that moves
 * shards tells it what happened, and no decision is made here.
 */
export class CopyBooks {
  /** Of the events from now on. */
  tick = 0;
  readonly #ledger: Ledger;
  readonly #onEvent: ((event: MeshEvent, tick: number) => void) | undefined;

  /** Books over `ledger`, which its owner keeps; `onEvent` is told of each event, with its tick. */
  constructor(ledger: Ledger, onEvent?: (event: MeshEvent, tick: number) => void) {
    this.#ledger = ledger;
    this.#onEvent = onEvent;
  }

  /** Tells of `event` as one of the present tick. */
  emit(event: MeshEvent): void {
    this.#onEvent?.(event, this.tick);
  }

  /** A copy of the shard `id` came to `cell` again, and is not taken. */
  suppress(id: number, cell: number): void {
    this.#ledger.duplicate();
    this.emit({ type: "duplicate", shard: id, cell });
  }

  /** A copy that waited in a cell ends there, for `cause`. */
  lose({ id, hops }: Copy, cell: number, cause: EndCause): void {
    this.ensurePlaced(id, cell, hops);
    this.takeAway({ id, hops }, cell, cause);
    this.letGo(id, cause);
  }

  /**
   * A copy of the shard `id`, after so many `hops`, that was kept and is a waiting one again, or the second of two in one
   * cell, shows up for the log.
   */
  ensurePlaced(id: number, cell: number, hops: number): void {
    if (this.#ledger.isDelivered(id) || this.#ledger.isPlaced(id, cell, hops)) return;
    this.emit({ type: "recover", shard: id, cell, hops });
    this.#ledger.place(id, cell, hops);
  }

  /**
   * The copy of the shard `id` that is kept in `place` is of no more use. Where it still counted as being in its cell,
   * since the next one had refused its hop as one that came again, that is told: another copy goes on.
   */
  letGoKept(place: MeshCell, id: number, cell: number): void {
    const kept = place.kept.get(id);
    place.kept.delete(id);
    if (kept !== undefined) this.takeAway(kept.shard, cell, "doubled");
    this.letGo(id, undefined);
  }

  /** A copy that counts as being in a cell does so no more, for `cause`. */
  takeAway({ id, hops }: Copy, cell: number, cause: LostCause): void {
    if (this.#ledger.isDelivered(id) || !this.#ledger.isPlaced(id, cell, hops)) return;
    this.emit({ type: "lost", shard: id, cell, cause });
    this.#ledger.unplace(id, cell);
  }

  /**
   * One copy of the shard `id` fewer; the shard's end is told where it was the last one of a shard that was never
   * delivered. `cause`: why this copy ended, undefined where it was of no more use; the first of a shard is the shard's.
   */
  letGo(id: number, cause: EndCause | undefined): void {
    const ended = this.#ledger.letGo(id, cause);
    if (ended !== undefined) this.emit({ type: "end", shard: id, cause: ended });
  }
}
