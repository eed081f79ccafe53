import type { Grid } from "../automaton/grid.ts";
import type { Rule } from "../automaton/rule.ts";
import { MeshError } from "../shards/mesh-error.ts";
import type { FoundGlider, GliderDetector, Heading } from "./find-gliders.ts";
import { lookAround, stepBox, type BoxCell, type GliderBox } from "./glider-box.ts";

/** Below this a glider leaves a tile before its shard can be handed over. */
export const TILE_SIDE_MIN = 16;
/** Cells in which a glider is looked for after one tick: it moves by one, its box by no more. */
const FOLLOW_CELLS = 2;
/** Ticks after which a carrier that is not seen is lost, and another one is looked for. */
const LOST_TICKS = 4;
/** Cells in which another carrier is looked for. */
const REBIND_CELLS = 24;
/**
 * Ticks in a row in which a glider is written back; whoever needs it longer is lost. Flips of 10⁻⁴ damage the cells about
 * a glider at one tick in 200, so eight in a row are no flips (10⁻¹⁸), but somebody who writes there, or another rule.
 */
export const REFRESH_TICKS_MAX = 8;
/**
 * Cells that flips may have changed about a glider at one tick. A glider has five: who takes all of them, a tile that dies
 * for one, means it.
 */
const FLIPPED_CELLS_MAX = 4;

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
    }
  /** Flips had changed so many cells about the carrier, and they were written back. */
  | {
      readonly type: "refreshed";
      readonly tick: number;
      readonly x: number;
      readonly y: number;
      readonly cells: number;
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
  /** The automaton's rule, so that carriers keep their gliders up against flips; without it they only follow. */
  readonly refreshBy?: Rule;
  readonly onEvent?: (shard: number, event: CarrierEvent) => void;
}

interface Riding {
  x: number;
  y: number;
  heading: Heading | undefined;
  unseenTicks: number;
  cell: number;
  /** What stood around the glider after the last tick, where carriers are refreshed. */
  box: GliderBox | undefined;
  /** Ticks in a row in which it was written back. */
  refreshedTicks: number;
}

/**
 * Shards on gliders. Each tick the gliders are found anew on the raw grid; a shard follows the one that goes its way
 * nearest to where it was, and its position is that glider's, never a prediction. A carrier that is gone for some ticks
 * is lost: the shard stays where it was last seen and takes the nearest glider that passes.
 *
 * With `refreshBy` a carrier is kept up as memory is that forgets: its shard remembers for one tick the 11×11 cells that
 * it saw around its glider, steps them by the rule, and writes back what the grid has otherwise.
 *
 * C1 A position is that of a glider that was found on the grid, never of one that was expected or written.
 * C2 What is written at a tick is what the rule alone makes of the cells seen at the tick before: on a grid without flips
 *    nothing is ever written, so what gliders run into ends them as ever, and what comes of it is the automaton's alone.
 * C3 A carrier writes at most four cells a tick, and eight ticks in a row; then it is lost.
 */
export class Carriers {
  readonly #options: CarrierOptions;
  readonly #riding = new Map<number, Riding>();
  readonly #width: number;
  readonly #height: number;

  /** MeshError `bad_config` where the tiles of `options` are too small for gliders. */
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

  /**
   * Puts a shard on the nearest glider of `grid`, as it is at `tick`, to `place`, in cells; false where none is near
   * enough. MeshError `bad_config` where the grid has not the tiles' size.
   */
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
      box: undefined,
      refreshedTicks: 0,
    };
    const isBound = this.#take(shard, riding, this.#options.detect(grid), tick);
    if (!isBound) return false;
    this.#riding.set(shard, riding);
    if (this.#options.refreshBy !== undefined) riding.box = lookAround(grid, riding, tick);
    return true;
  }

  /**
   * After each tick of the automaton: looks at `grid`, its cells at that tick. MeshError `bad_config` where its size is not
   * that of the tiles.
   */
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
      if (riding.unseenTicks === LOST_TICKS) this.#lose(shard, riding, tick);
      this.#take(shard, riding, gliders, tick);
    }
  }

  /**
   * After `follow`, on the same grid and at every tick: writes back what flips have changed about the carriers. How many
   * cells that were; if any, the grid must go back into the automaton. 0 without `refreshBy`.
   */
  refresh(grid: Grid, tick: number): number {
    this.#mustFit(grid);
    const { refreshBy } = this.#options;
    if (refreshBy === undefined) return 0;
    const places = new Map<Riding, { readonly x: number; readonly y: number }>();
    let written = 0;
    for (const [shard, riding] of this.#riding)
      written += this.#writeBack(shard, riding, { grid, tick, rule: refreshBy, places });
    // Looked at when all have written: a box must not remember what another carrier takes back after it.
    for (const riding of this.#riding.values())
      riding.box =
        riding.heading === undefined
          ? undefined
          : lookAround(grid, places.get(riding) ?? riding, tick);
    return written;
  }

  /** The shard leaves its carrier at its tile: bytes at a place. */
  release(shard: number): CarriedShard | undefined {
    const at = this.position(shard);
    this.#riding.delete(shard);
    return at;
  }

  /** Where `shard`, by its id, was last seen on the grid, and whether it rides; undefined for one that is not carried. */
  position(shard: number): CarriedShard | undefined {
    const riding = this.#riding.get(shard);
    if (riding === undefined) return undefined;
    const { x, y, cell, heading } = riding;
    return { shard, x, y, cell, isBound: heading !== undefined };
  }

  /** Cells written for one carrier; `places` gets where its glider stands now. */
  #writeBack(
    shard: number,
    riding: Riding,
    at: {
      readonly grid: Grid;
      readonly tick: number;
      readonly rule: Rule;
      readonly places: Map<Riding, { readonly x: number; readonly y: number }>;
    },
  ): number {
    const { box, heading } = riding;
    const { grid, tick, rule, places } = at;
    const { detect } = this.#options;
    // A tick that was left out cannot be told from flips.
    const expected =
      box === undefined || heading === undefined || box.tick !== tick - 1
        ? undefined
        : stepBox(box, { rule, detect, heading });
    const flipped =
      expected?.guarded.filter(({ x, y, isAlive }) => (grid.get(x, y) === 1) !== isAlive) ?? [];
    const isDamaged = flipped.length > 0 && flipped.length <= FLIPPED_CELLS_MAX;
    if (expected !== undefined && flipped.length <= FLIPPED_CELLS_MAX)
      places.set(riding, expected.glider);
    if (isDamaged && riding.refreshedTicks === REFRESH_TICKS_MAX) this.#lose(shard, riding, tick);
    else if (isDamaged) return this.#write(shard, riding, flipped, { grid, tick });
    riding.refreshedTicks = 0;
    return 0;
  }

  #write(
    shard: number,
    riding: Riding,
    flipped: readonly BoxCell[],
    { grid, tick }: { readonly grid: Grid; readonly tick: number },
  ): number {
    riding.refreshedTicks += 1;
    for (const { x, y, isAlive } of flipped) grid.set(x, y, isAlive);
    const { x, y } = riding;
    this.#options.onEvent?.(shard, { type: "refreshed", tick, x, y, cells: flipped.length });
    return flipped.length;
  }

  #lose(shard: number, riding: Riding, tick: number): void {
    riding.heading = undefined;
    riding.unseenTicks = LOST_TICKS;
    this.#options.onEvent?.(shard, { type: "lost", tick, x: riding.x, y: riding.y });
  }

  #take(shard: number, riding: Riding, gliders: readonly FoundGlider[], tick: number): boolean {
    const next = this.#nearest(riding, gliders, REBIND_CELLS, undefined);
    if (next === undefined) return false;
    riding.heading = next.heading;
    riding.unseenTicks = 0;
    riding.box = undefined;
    riding.refreshedTicks = 0;
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

/**
 * The larger of the two distances of `left` from `right`, in columns and in rows, across the edges of a torus of `size`
 * where that is shorter. In cells.
 */
export function torusDistance(
  left: { readonly x: number; readonly y: number },
  right: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
): number {
  const [farX, farY] = [Math.abs(left.x - right.x), Math.abs(left.y - right.y)];
  return Math.max(Math.min(farX, size.width - farX), Math.min(farY, size.height - farY));
}
