import { assert } from "@swoosh/kernel/values";
import {
  chooseHop,
  visitAfter,
  type NeighbourView,
  type RouterWeights,
} from "../router/choose-hop.ts";
import { Affinities } from "./affinities.ts";
import { CopyBooks } from "./copy-books.ts";
import { injectionRefusal, refusalText } from "./injection-refusal.ts";
import { createLedger, type Counts } from "./ledger.ts";
import {
  ACCEPTED_TICKS,
  CUSTODY_TICKS,
  RETRY_TICKS,
  TTL_TICKS_DEFAULT,
  TTL_TICKS_MAX,
  WINDOW_SHARDS_DEFAULT,
} from "./limits.ts";
import { createMeshCell, seeCopies, type MeshCell } from "./mesh-cell.ts";
import { MeshError } from "./mesh-error.ts";
import { NO_CELL } from "./mesh-event.ts";
import type { Shard } from "./shard.ts";
import type { Injection, ShardMeshOptions } from "./shard-mesh-options.ts";
import type { Topology } from "./topology.ts";
import type { VectorKey } from "./vector-key.ts";
import { createWire, NO_FAULTS, type Frame, type Wire } from "./wire.ts";

/**
 * Shards that move from cell to cell, one tick a hop. Owns the cells' queues and kept copies; does not own the
 * automaton, the memory at rest, or time: `tick` is called.
 *
 * M1 a cell decides by what it holds and by its neighbours' public summaries at the beginning of the tick.
 * M2 a shard leaves no copy behind before the next cell has acknowledged it, and keeps one until it has gone on.
 * M3 nothing is turned away but at injection: what is under way is at most cells × window.
 * M4 no cell accepts the same hop twice; no shard is delivered twice.
 * L1 (the ledger's) holds at every tick.
 */
export class ShardMesh {
  readonly topology: Topology;
  readonly #options: ShardMeshOptions;
  readonly #cells: readonly MeshCell[];
  readonly #ledger = createLedger();
  readonly #books: CopyBooks;
  readonly #wire: Wire;
  readonly #route: typeof chooseHop;
  readonly #weights: RouterWeights;
  readonly #queues: Int32Array;
  readonly #affinities: Affinities;
  #tick = 0;
  #nextId = 1;

  /** A mesh of living cells without shards. MeshError `bad_config` where `options` have not one summary for each cell. */
  constructor(options: ShardMeshOptions) {
    this.topology = options.topology;
    this.#options = options;
    this.#books = new CopyBooks(this.#ledger, options.onEvent);
    if (options.summaries.length !== options.topology.cells)
      throw new MeshError(
        "bad_config",
        `${options.summaries.length} summaries for ${options.topology.cells} cells; give one each`,
      );
    this.#cells = Array.from({ length: options.topology.cells }, createMeshCell);
    this.#affinities = new Affinities(options.summaries);
    this.#wire = options.wire ?? createWire(NO_FAULTS, options.seed);
    this.#route = options.route ?? chooseHop;
    this.#weights = options.weights ?? { queue: 0, hint: 0 };
    this.#queues = new Int32Array(options.topology.cells);
  }

  get tickNumber(): number {
    return this.#tick;
  }

  counts(): Counts {
    return this.#ledger.counts();
  }

  /** Whether `cell` lives; MeshError `bad_config` where there is none of this number. */
  isAlive(cell: number): boolean {
    return this.#mustCell(cell).alive;
  }

  /** Shards that wait in `cell`; MeshError `bad_config` where there is none of this number. */
  queueLength(cell: number): number {
    return this.#mustCell(cell).queue.length;
  }

  /**
   * Calls `see` with every copy that a cell holds of a shard under way, those that wait before those that are kept.
   * `isPlaced`: the copy counts as being there; one that is kept until a hop is acknowledged does not count any more once
   * it was made.
   */
  eachCopy(see: (shard: Shard, cell: number, isPlaced: boolean) => void): void {
    for (const [cell, { queue, kept }] of this.#cells.entries()) {
      for (const shard of [...queue, ...[...kept.values()].map((one) => one.shard)])
        if (!this.#ledger.isDelivered(shard.id))
          see(shard, cell, this.#ledger.isPlaced(shard.id, cell, shard.hops));
    }
  }

  /**
   * Puts the shard that is `given` into a cell, or says why not: back-pressure is here and nowhere else (M3). MeshError
   * `bad_config` for cells that are not there, and for a `ttlTicks` that is none.
   */
  inject(given: {
    readonly cell: number;
    readonly key: VectorKey;
    readonly payload: string;
    readonly to?: number;
    readonly ttlTicks?: number;
  }): Injection {
    const { cell, key, payload, to, ttlTicks = TTL_TICKS_DEFAULT } = given;
    const place = this.#mustCell(cell);
    if (to !== undefined) this.#mustCell(to);
    if (!Number.isSafeInteger(ttlTicks) || ttlTicks < 1 || ttlTicks > TTL_TICKS_MAX)
      throw new MeshError("bad_config", `ttlTicks ${ttlTicks}: give 1 … ${TTL_TICKS_MAX}`);
    const windowShards = this.#options.windowShards ?? WINDOW_SHARDS_DEFAULT;
    const reason = injectionRefusal(place, windowShards, this.#tick);
    if (reason !== undefined) {
      this.#books.emit({ type: "reject", cell, reason });
      return { accepted: false, reason, text: refusalText(cell, reason) };
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const at = { cell, back: undefined, earlier: undefined };
    const shard: Shard = {
      id,
      key,
      payload,
      to,
      bornTick: this.#tick,
      ttlTicks,
      hops: 0,
      at,
      life: "waiting",
    };
    this.#ledger.inject(id);
    this.#ledger.hold(id);
    place.outstanding.set(id, this.#tick + ttlTicks);
    this.#books.emit({ type: "inject", shard: id, cell, to: to ?? NO_CELL, payload, ttlTicks });
    this.#ledger.place(id, cell, 0);
    if (to === cell) this.#deliver(shard, cell);
    else place.queue.push(shard);
    return { accepted: true, id };
  }

  /** The cell dies with all that it holds. Its neighbours notice at the next tick. */
  kill(cell: number): void {
    const place = this.#mustCell(cell);
    if (!place.alive) return;
    for (const shard of place.queue) this.#books.lose(shard, cell, "cell-died");
    for (const id of place.kept.keys()) this.#books.letGo(id, "cell-died");
    place.alive = false;
    this.#books.emit({ type: "kill", cell });
    place.queue.length = 0;
    place.kept.clear();
    place.accepted.clear();
    place.outstanding.clear();
  }

  /** A new, empty cell stands in the place of a dead one. */
  heal(cell: number): void {
    const place = this.#mustCell(cell);
    if (place.alive) return;
    place.alive = true;
    this.#ledger.unplaceAll(cell);
    this.#books.emit({ type: "heal", cell });
  }

  tick(): void {
    this.#tick += 1;
    this.#books.tick = this.#tick;
    for (const frame of this.#wire.due(this.#tick)) this.#receive(frame);
    for (const [cell, place] of this.#cells.entries())
      if (place.kept.size > 0) this.#tend(place, cell);
    for (const [cell, place] of this.#cells.entries()) this.#queues[cell] = place.queue.length;
    for (const [cell, place] of this.#cells.entries())
      if (place.queue.length > 0) this.#sendFrom(place, cell);
    if (this.#tick % ACCEPTED_TICKS === 0) this.#forgetAccepted();
    this.#ledger.audit(this.#tick, (see) => {
      for (const cell of this.#cells) seeCopies(cell, see);
    });
  }

  #receive(frame: Frame): void {
    const place = this.#mustCell(frame.to);
    if (!place.alive) return;
    switch (frame.kind) {
      case "data":
        return this.#accept(place, frame);
      case "ack": {
        const kept = place.kept.get(frame.id);
        if (kept === undefined || kept.state === "held" || kept.hops !== frame.hops) return;
        kept.state = "held";
        kept.dueTick = this.#tick + CUSTODY_TICKS;
        const behind = kept.shard.at.earlier?.cell;
        // The shard is safe two cells on: the cell behind this one may let go of its copy.
        if (behind !== undefined)
          this.#send({ kind: "release", from: frame.to, to: behind, id: frame.id });
        return;
      }
      case "release":
        if (place.kept.get(frame.id)?.state === "held")
          this.#books.letGoKept(place, frame.id, frame.to);
        return;
      case "receipt": {
        if (frame.at.back === undefined) place.outstanding.delete(frame.id);
        else
          this.#send({
            kind: "receipt",
            from: frame.to,
            to: frame.at.back.cell,
            id: frame.id,
            at: frame.at.back,
          });
        return;
      }
    }
  }

  #accept(place: MeshCell, frame: Extract<Frame, { readonly kind: "data" }>): void {
    const { shard, from, to } = frame;
    const { id, hops } = shard;
    const before = place.accepted.get(id);
    this.#send({ kind: "ack", from: to, to: from, id, hops });
    if (before !== undefined && before.hops >= hops) return this.#books.suppress(id, to);
    place.accepted.set(id, { hops, tick: this.#tick });
    if (this.#ledger.isDelivered(id)) return this.#books.suppress(id, to);
    this.#ledger.hold(id);
    // It was here before and came back from a dead end: the copy of that time is of no more use.
    if (place.kept.has(id)) this.#books.letGoKept(place, id, to);
    this.#books.ensurePlaced(id, from, hops - 1);
    this.#books.emit({ type: "hop", shard: id, from, to, reason: reasonOf(shard), hops });
    this.#ledger.unplace(id, from);
    this.#ledger.place(id, to, hops);
    if (shard.to === to) this.#deliver(shard, to);
    else place.queue.push(shard);
  }

  #deliver(shard: Shard, cell: number): void {
    const { id, at } = shard;
    this.#books.ensurePlaced(id, cell, shard.hops);
    assert(this.#ledger.deliver(id), `M4: shard ${id} is delivered once`);
    this.#books.emit({ type: "deliver", shard: id, cell, hops: shard.hops });
    this.#options.onDeliver?.({ ...shard, life: "delivered" }, cell, this.#tick);
    this.#books.letGo(id, "expired");
    const behind = at.earlier?.cell;
    if (behind !== undefined) this.#send({ kind: "release", from: cell, to: behind, id });
    if (at.back === undefined) this.#mustCell(cell).outstanding.delete(id);
    else this.#send({ kind: "receipt", from: cell, to: at.back.cell, id, at: at.back });
  }

  /** Sends again what was not acknowledged, takes back what a dead neighbour had, lets go of what is kept too long. */
  #tend(place: MeshCell, cell: number): void {
    for (const [id, kept] of place.kept) {
      const { shard } = kept;
      if (this.#isPastLife(shard)) {
        place.kept.delete(id);
        this.#books.takeAway(shard, cell, "expired");
        this.#books.letGo(id, kept.state === "sent" ? "expired" : undefined);
      } else if (!this.#mustCell(kept.to).alive) {
        place.kept.delete(id);
        // The copy that was kept becomes a waiting one again; the number of copies stays.
        place.queue.push(shard);
        this.#books.ensurePlaced(id, cell, shard.hops);
      } else if (kept.dueTick <= this.#tick) {
        if (kept.state === "held") this.#books.letGoKept(place, id, cell);
        else {
          kept.dueTick = this.#tick + RETRY_TICKS;
          this.#sendData(kept.shard, cell, kept.to, kept.hops);
        }
      }
    }
  }

  #sendFrom(place: MeshCell, cell: number): void {
    let sends = this.#options.sendsPerTick ?? 1;
    while (sends > 0) {
      const shard = place.queue.shift();
      if (shard === undefined) return;
      sends -= 1;
      if (this.#ledger.isDelivered(shard.id)) {
        // A second copy whose shard has been delivered meanwhile.
        this.#books.suppress(shard.id, cell);
        this.#books.letGo(shard.id, "expired");
      } else if (this.#isPastLife(shard)) this.#books.lose(shard, cell, "expired");
      else this.#forward(place, cell, shard);
    }
  }

  #forward(place: MeshCell, cell: number, shard: Shard): void {
    const views = this.#viewsOf(cell, shard);
    // Only a shard without an address asks how well it would rest here.
    const ownAffinity = shard.to === undefined ? this.#affinities.of(shard, cell) : 0;
    const choice = this.#route(shard, ownAffinity, views, this.#weights);
    switch (choice.kind) {
      case "arrived":
        return this.#deliver(shard, cell);
      case "stuck": {
        const behind = shard.at.earlier?.cell;
        if (behind !== undefined)
          this.#send({ kind: "release", from: cell, to: behind, id: shard.id });
        return this.#books.lose(shard, cell, "unreachable");
      }
      case "forward":
      case "back": {
        const hops = shard.hops + 1;
        // Two copies of one shard can meet in a cell after deaths; the older one is let go.
        if (place.kept.delete(shard.id)) this.#books.letGo(shard.id, undefined);
        place.kept.set(shard.id, {
          shard,
          to: choice.to,
          hops,
          state: "sent",
          dueTick: this.#tick + RETRY_TICKS,
        });
        this.#send({
          kind: "data",
          from: cell,
          to: choice.to,
          shard: { ...shard, hops, at: visitAfter(shard.at, choice) },
        });
        return;
      }
    }
  }

  /** The same frame again: where it goes decides whether it was a step forward or back. */
  #sendData(shard: Shard, from: number, to: number, hops: number): void {
    const kind = shard.at.back?.cell === to ? "back" : "forward";
    this.#send({
      kind: "data",
      from,
      to,
      shard: { ...shard, hops, at: visitAfter(shard.at, { kind, to }) },
    });
  }

  #viewsOf(cell: number, shard: Shard): readonly NeighbourView[] {
    const views: NeighbourView[] = [];
    for (const beside of this.topology.neighbours[cell] ?? []) {
      if (!this.#mustCell(beside).alive) continue;
      views.push({
        cell: beside,
        affinity: this.#affinities.of(shard, beside),
        queue: this.#queues[beside] ?? 0,
        knowsTarget: shard.to !== undefined && this.#areBeside(beside, shard.to),
        hint: shard.to === undefined ? 0 : (this.#options.hint?.(beside, shard.to) ?? 0),
      });
    }
    return views;
  }

  #areBeside(cell: number, other: number): boolean {
    return this.#mustCell(other).alive && (this.topology.neighbours[cell] ?? []).includes(other);
  }

  #isPastLife(shard: Shard): boolean {
    return this.#tick - shard.bornTick >= shard.ttlTicks;
  }

  #forgetAccepted(): void {
    for (const { accepted } of this.#cells) {
      for (const [id, { tick }] of accepted)
        if (tick < this.#tick - ACCEPTED_TICKS) accepted.delete(id);
    }
  }

  #send(frame: Frame): void {
    this.#wire.send(frame, this.#tick);
  }

  #mustCell(cell: number): MeshCell {
    const place = this.#cells[cell];
    if (place === undefined)
      throw new MeshError(
        "bad_config",
        `there is no cell ${cell}; cells are 0 … ${this.topology.cells - 1}`,
      );
    return place;
  }
}

function reasonOf(shard: Shard): "target" | "beside" | "greedy" | "back" {
  const { at } = shard;
  if (at.cell === shard.to) return "target";
  return at.back === at.earlier ? "greedy" : "back";
}
