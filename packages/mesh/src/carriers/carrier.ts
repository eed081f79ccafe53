import type { Grid } from "../automaton/grid.ts";
import { MeshError } from "../shards/mesh-error.ts";
import type { FoundGlider, GliderDetector, Heading } from "./find-gliders.ts";

/** Below this a glider leaves a tile before its shard can be handed over. */
export const TILE_SIDE_MIN = 16;
/** Cells in which a glider is looked for after one tick: it moves by one, its box by no more. */
const FOLLOW_CELLS = 2;
/** Ticks after which a carrier that is not seen is lost, and another one is looked for. */
const LOST_TICKS = 4;
/** Cells in which another carrier is looked for. */
const REBIND_CELLS = 24;

/** What became of a shard's carrier at a tick. */
export type CarrierEvent =
  | {
      readonly type: "bound";
      readonly tick: number;
      readonly x: number;
      readonly y: number;
      readonly heading: Heading;
    }
  | { readonly type: "lost"; readonly tick: number; readonly x: number; readonly y: number }
  /** The carrier has crossed into another tile of the routing mesh: the shard is that cell's now. */
  | {
      readonly type: "handover";
      readonly tick: number;
      readonly from: number;
      readonly to: number;
    };

/** Where a shard is that rides a glider. */
export interface CarriedShard {
  readonly shard: number;
  readonly x: number;
  readonly y: number;
  /** Cell of the routing mesh whose tile this is. */
  readonly cell: number;
  readonly isBound: boolean;
}

/** The mesh that carriers cross, and the detector that finds them on the raw grid. */
export interface CarrierOptions {
  /** Tiles of the routing mesh in a row and in a column. */
  readonly tilesX: number;
  readonly tilesY: number;
  readonly tileSide: number;
  readonly detect: GliderDetector;
  readonly onEvent?: (shard: number, event: CarrierEvent) => void;
}

interface Riding {
  x: number;
  y: number;
  heading: Heading | undefined;
  unseenTicks: number;
  cell: number;
}

/**
 * Shards on gliders. Each tick the gliders are found anew on the raw grid; a shard follows the one that goes its way
 * nearest to where it was, and its position is that glider's, never a prediction. A carrier that is gone for some ticks
 * is lost: the shard stays where it was last seen and takes the nearest glider that passes.
 */
export class Carriers {
  readonly #options: CarrierOptions;
  readonly #riding = new Map<number, Riding>();
  readonly #width: number;
  readonly #height: number;

  constructor(options: CarrierOptions) {
    const { tileSide, tilesX, tilesY } = options;
    if (!Number.isSafeInteger(tileSide) || tileSide < TILE_SIDE_MIN)
      throw new MeshError(
        "bad_config",
        `tiles of ${tileSide} cells a side; gliders need at least ${TILE_SIDE_MIN}`,
      );
    this.#options = options;
    this.#width = tilesX * tileSide;
    this.#height = tilesY * tileSide;
  }

  /** Puts a shard on the nearest glider; false where none is near enough. */
  bind(
    shard: number,
    place: { readonly x: number; readonly y: number },
    grid: Grid,
    tick: number,
  ): boolean {
    this.#mustFit(grid);
    const riding: Riding = {
      x: place.x,
      y: place.y,
      heading: undefined,
      unseenTicks: LOST_TICKS,
      cell: this.#cellAt(place.x, place.y),
    };
    const isBound = this.#take(shard, riding, this.#options.detect(grid), tick);
    if (isBound) this.#riding.set(shard, riding);
    return isBound;
  }

  /** After each tick of the automaton. */
  follow(grid: Grid, tick: number): void {
    this.#mustFit(grid);
    const gliders = this.#options.detect(grid);
    for (const [shard, riding] of this.#riding) {
      const next = this.#nearest(
        riding,
        gliders,
        FOLLOW_CELLS + riding.unseenTicks,
        riding.heading,
      );
      if (next !== undefined && riding.heading !== undefined) {
        riding.unseenTicks = 0;
        this.#move(shard, riding, next, tick);
        continue;
      }
      riding.unseenTicks += 1;
      if (riding.unseenTicks < LOST_TICKS) continue;
      if (riding.unseenTicks === LOST_TICKS) {
        riding.heading = undefined;
        this.#options.onEvent?.(shard, { type: "lost", tick, x: riding.x, y: riding.y });
      }
      this.#take(shard, riding, gliders, tick);
    }
  }

  /** The shard leaves its carrier at its tile: bytes at a place. */
  release(shard: number): CarriedShard | undefined {
    const at = this.position(shard);
    this.#riding.delete(shard);
    return at;
  }

  position(shard: number): CarriedShard | undefined {
    const riding = this.#riding.get(shard);
    if (riding === undefined) return undefined;
    const { x, y, cell, heading } = riding;
    return { shard, x, y, cell, isBound: heading !== undefined };
  }

  #take(shard: number, riding: Riding, gliders: readonly FoundGlider[], tick: number): boolean {
    const next = this.#nearest(riding, gliders, REBIND_CELLS, undefined);
    if (next === undefined) return false;
    riding.heading = next.heading;
    riding.unseenTicks = 0;
    this.#options.onEvent?.(shard, {
      type: "bound",
      tick,
      x: next.x,
      y: next.y,
      heading: next.heading,
    });
    this.#move(shard, riding, next, tick);
    return true;
  }

  #move(shard: number, riding: Riding, to: FoundGlider, tick: number): void {
    riding.x = to.x;
    riding.y = to.y;
    const cell = this.#cellAt(to.x, to.y);
    if (cell !== riding.cell)
      this.#options.onEvent?.(shard, { type: "handover", tick, from: riding.cell, to: cell });
    riding.cell = cell;
  }

  #nearest(
    from: { readonly x: number; readonly y: number },
    gliders: readonly FoundGlider[],
    cellsMax: number,
    heading: Heading | undefined,
  ): FoundGlider | undefined {
    let best: FoundGlider | undefined;
    let bestDistance = cellsMax;
    for (const glider of gliders) {
      if (heading !== undefined && glider.heading !== heading) continue;
      const distance = torusDistance(from, glider, { width: this.#width, height: this.#height });
      if (distance <= bestDistance && (best === undefined || distance < bestDistance))
        [best, bestDistance] = [glider, distance];
    }
    return best;
  }

  #cellAt(x: number, y: number): number {
    const { tileSide, tilesX } = this.#options;
    return Math.floor(y / tileSide) * tilesX + Math.floor(x / tileSide);
  }

  #mustFit(grid: Grid): void {
    if (grid.width !== this.#width || grid.height !== this.#height)
      throw new MeshError(
        "bad_config",
        `a grid of ${grid.width}×${grid.height} for tiles of ${this.#width}×${this.#height} cells`,
      );
  }
}

/** The larger of the two distances, across the edges where that is shorter. */
export function torusDistance(
  left: { readonly x: number; readonly y: number },
  right: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
): number {
  const [farX, farY] = [Math.abs(left.x - right.x), Math.abs(left.y - right.y)];
  return Math.max(Math.min(farX, size.width - farX), Math.min(farY, size.height - farY));
}
