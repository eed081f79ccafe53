import { unreachable } from "@swoosh/kernel/values";
import { createTopology, type Topology } from "../shards/topology.ts";
import type { MeshEvent } from "../shards/mesh-event.ts";
import { stateText, wayText, type Way } from "./state-text.ts";
import { LOG_SCHEMA, type BeginEvent, type GridEvent, type LogEvent } from "./log-event.ts";

/** Where a shard is, and how it came there, as the log tells. */
export interface LoggedShard {
  /** Cells where a copy is, with the hops that it has made; more than one only after a death. */
  readonly cells: Map<number, number>;
  /** By which way each copy came into a cell, by `copyName`; also of cells that it has left, where it may come up again. */
  readonly ways: Map<number, Way>;
  readonly payload: string;
  readonly to: number;
  readonly bornTick: number;
  readonly ttlTicks: number;
}

/** Figures that the lines so far add up to. */
export interface LogCounts {
  injected: number;
  delivered: number;
  ended: number;
  rejected: number;
  duplicates: number;
  hops: number;
}

/** State as a fold over events. `apply` gives what is wrong with an event, or undefined; a wrong event changes nothing. */
export interface LogState {
  readonly live: ReadonlyMap<number, LoggedShard>;
  readonly counts: Readonly<LogCounts>;
  readonly dead: ReadonlySet<number>;
  readonly grid: GridEvent | undefined;
  /** Hashes of the automaton, by tick. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly tick: number;
  readonly isClosed: boolean;
  apply(event: LogEvent, tick: number): string | undefined;
  /** The whole state of the mesh as text in one order (`stateText`): two states are the same if their texts are. */
  digest(): string;
}

/** Told of each delivery, with the cells of the delivered copy's way, its origin first. */
export type OnDelivered = (shard: number, way: string) => void;

/** The state before the first line; `onDelivered` is told of each delivery that is applied to it. */
export function createLogState(onDelivered?: OnDelivered): LogState {
  return new FoldedState(onDelivered);
}

class FoldedState implements LogState {
  readonly live = new Map<number, LoggedShard>();
  readonly counts: LogCounts = {
    injected: 0,
    delivered: 0,
    ended: 0,
    rejected: 0,
    duplicates: 0,
    hops: 0,
  };
  readonly dead = new Set<number>();
  readonly hashes = new Map<number, string>();
  grid: GridEvent | undefined;
  tick = 0;
  isClosed = false;
  #topology: Topology | undefined;
  readonly #onDelivered: OnDelivered | undefined;

  constructor(onDelivered: OnDelivered | undefined) {
    this.#onDelivered = onDelivered;
  }

  apply(event: LogEvent, tick: number): string | undefined {
    if (this.isClosed) return "there is a line after the one that closed the log";
    if (tick < this.tick)
      return `tick ${tick} comes after tick ${this.tick}; time does not run back`;
    if (this.#topology === undefined && event.type !== "begin")
      return `the log begins with a line of type begin, not ${event.type}`;
    const problem = this.#fold(event, tick);
    if (problem === undefined) this.tick = tick;
    return problem;
  }

  digest(): string {
    const shards = [...this.live].map(([id, { cells, ways, ...rest }]) => ({
      id,
      ...rest,
      // What a dead cell had sent is on the wire, if anywhere.
      copies: [...cells].flatMap(([cell, hops]) =>
        this.dead.has(cell) ? [] : (ways.get(copyName(cell, hops)) ?? []),
      ),
    }));
    return stateText({ counts: this.counts, dead: [...this.dead], shards });
  }

  #fold(event: LogEvent, tick: number): string | undefined {
    switch (event.type) {
      case "begin":
        return this.#begin(event);
      case "grid":
        this.grid = event;
        return undefined;
      case "state":
        this.hashes.set(tick, event.hash);
        return undefined;
      case "pulse":
      case "embed":
        return undefined;
      case "close": {
        const { injected, delivered, inFlight } = event;
        if (
          injected !== this.counts.injected ||
          delivered !== this.counts.delivered ||
          inFlight !== this.live.size
        )
          return `says ${injected} injected, ${delivered} delivered, ${inFlight} in flight; the lines before say ${this.counts.injected}, ${this.counts.delivered}, ${this.live.size}`;
        this.isClosed = true;
        return undefined;
      }
      default:
        return this.#foldShard(event, tick);
    }
  }

  #begin(event: BeginEvent): string | undefined {
    if (this.#topology !== undefined) return "the log begins twice";
    if (event.schema !== LOG_SCHEMA)
      return `schema ${event.schema}; this reader knows ${LOG_SCHEMA}`;
    const { width, height, wraps, reach } = event;
    if (reach !== 4 && reach !== 8) return `reach ${reach}; cells have 4 or 8 neighbours`;
    try {
      this.#topology = createTopology({ width, height, wraps: wraps === 1, reach });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #foldShard(event: MeshEvent, tick: number): string | undefined {
    if ("cell" in event && event.cell >= this.#cells()) return `there is no cell ${event.cell}`;
    switch (event.type) {
      case "kill":
        return this.#kill(event.cell);
      case "heal":
        return this.#heal(event.cell);
      case "reject":
        this.counts.rejected += 1;
        return undefined;
      case "duplicate":
        this.counts.duplicates += 1;
        return undefined;
      case "inject":
        return this.#inject(event, tick);
      case "hop":
      case "deliver":
      case "lost":
      case "recover":
      case "end":
        return this.#move(event);
      default:
        return unreachable(event);
    }
  }

  #cells(): number {
    return this.#topology?.cells ?? 0;
  }

  #kill(cell: number): string | undefined {
    if (this.dead.has(cell)) return `cell ${cell} is dead already`;
    this.dead.add(cell);
    return undefined;
  }

  /** A new cell, empty: a copy that was under way from it when it died, and never came, is there no more. */
  #heal(cell: number): string | undefined {
    if (!this.dead.delete(cell)) return `cell ${cell} is alive already`;
    for (const { cells } of this.live.values()) cells.delete(cell);
    return undefined;
  }

  #inject(
    event: Extract<MeshEvent, { readonly type: "inject" }>,
    tick: number,
  ): string | undefined {
    const { shard, cell, to, payload, ttlTicks } = event;
    if (shard !== this.counts.injected + 1)
      return `shard ${shard} is not the next one, ${this.counts.injected + 1}`;
    if (this.dead.has(cell)) return `shard ${shard} is injected into cell ${cell}, which is dead`;
    if (to < -1 || to >= this.#cells()) return `there is no cell ${to}`;
    this.counts.injected += 1;
    const ways = new Map([[copyName(cell, 0), { cell, earlier: undefined }]]);
    this.live.set(shard, {
      cells: new Map([[cell, 0]]),
      ways,
      payload,
      to,
      bornTick: tick,
      ttlTicks,
    });
    return undefined;
  }

  #hop(
    event: Extract<MeshEvent, { readonly type: "hop" }>,
    shard: LoggedShard,
  ): string | undefined {
    const { from, to, hops } = event;
    if (!shard.cells.has(from))
      return `shard ${event.shard} hops from cell ${from}, but is at ${placesOf(shard)}`;
    if (shard.cells.get(from) !== hops - 1)
      return `shard ${event.shard} has made ${shard.cells.get(from)} hops, not ${hops - 1}`;
    if (this.#topology?.neighbours[from]?.includes(to) !== true)
      return `cell ${to} is not beside cell ${from}`;
    if (this.dead.has(to)) return `shard ${event.shard} hops into cell ${to}, which is dead`;
    shard.cells.delete(from);
    shard.cells.set(to, hops);
    const earlier = shard.ways.get(copyName(from, hops - 1));
    shard.ways.set(copyName(to, hops), { cell: to, earlier });
    this.counts.hops += 1;
    return undefined;
  }

  #move(
    event: Extract<MeshEvent, { readonly type: "hop" | "deliver" | "lost" | "recover" | "end" }>,
  ): string | undefined {
    const shard = this.live.get(event.shard);
    if (shard === undefined) return `shard ${event.shard} is not under way`;
    switch (event.type) {
      case "hop":
        return this.#hop(event, shard);
      case "deliver": {
        const { cell, hops } = event;
        if (!shard.cells.has(cell))
          return `shard ${event.shard} is delivered at cell ${cell}, but is at ${placesOf(shard)}`;
        if (shard.cells.get(cell) !== hops)
          return `shard ${event.shard} has made ${shard.cells.get(cell)} hops, not ${hops}`;
        const way = shard.ways.get(copyName(cell, hops));
        this.live.delete(event.shard);
        this.counts.delivered += 1;
        if (way !== undefined) this.#onDelivered?.(event.shard, wayText(way));
        return undefined;
      }
      case "lost":
        return shard.cells.delete(event.cell)
          ? undefined
          : `shard ${event.shard} is not at cell ${event.cell}, but at ${placesOf(shard)}`;
      case "recover":
        if (this.dead.has(event.cell)) return `cell ${event.cell} is dead and recovers nothing`;
        if (shard.cells.get(event.cell) === event.hops)
          return `shard ${event.shard} is at cell ${event.cell} already`;
        if (!shard.ways.has(copyName(event.cell, event.hops)))
          return `shard ${event.shard} never came to cell ${event.cell} with ${event.hops} hops`;
        shard.cells.set(event.cell, event.hops);
        return undefined;
      case "end":
        this.live.delete(event.shard);
        this.counts.ended += 1;
        return undefined;
      default:
        return unreachable(event);
    }
  }
}

/** A cell takes no hop of a shard twice (M4), so both together name a copy. */
function copyName(cell: number, hops: number): number {
  return hops * 0x1_0000_0000 + cell;
}

function placesOf(shard: LoggedShard): string {
  return shard.cells.size === 0 ? "no cell" : `cell ${[...shard.cells.keys()].join(", ")}`;
}
