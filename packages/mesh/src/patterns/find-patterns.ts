import type { Grid } from "../automaton/grid.ts";
import { BitRows } from "./bit-rows.ts";
import { TEMPLATES, type Template } from "./templates.ts";

/** A pattern on the raw grid. */
export interface FoundPattern {
  readonly template: Template;
  /** Upper left corner of its box. */
  readonly left: number;
  readonly top: number;
  /** The middle of its box in half cells, so that it is exact: column 3 is 6 or 7. Round the torus like the corner. */
  readonly middleX2: number;
  readonly middleY2: number;
  /** Cells that differ from the template, its margin included; 0 for the exact detector. */
  readonly flips: number;
}

/** A template with the rows of its box and of one dead cell around it. */
export interface Framed {
  readonly template: Template;
  /** Which cells are looked at, from the row above the box on; column 0 is the one left of the box. */
  readonly mask: readonly number[];
  readonly bits: readonly number[];
  /** Column of the first live cell of the first row. */
  readonly first: number;
}

/** By the first row of the box from its first live cell on: what a live cell can be the first cell of. */
const FIRST_ROWS: readonly { readonly row: number; readonly framed: Framed }[] = TEMPLATES.map(
  (template) => {
    const framed = frame(template);
    return { row: (framed.bits[1] ?? 0) >>> (framed.first + 1), framed };
  },
);

/** Columns of the widest first row. */
const FIRST_ROW_BITS = 5;

/**
 * Every exact pattern of `grid` whose cells have a margin of one dead cell (all their neighbours are dead or their own).
 * Looks at live cells that could be the first of a box, reading order.
 */
export function findPatterns(grid: Grid): readonly FoundPattern[] {
  const rows = new BitRows(grid);
  const found: FoundPattern[] = [];
  for (let y = 0; y < grid.height; y += 1) {
    rows.eachLive(y, (x) => {
      // The cells before and above the first one of a box are dead in every template.
      if (rows.bits(x - 1, y, 1) !== 0 || rows.bits(x - 1, y - 1, 3) !== 0) return;
      const candidates = candidatesOf(rows.bits(x, y, FIRST_ROW_BITS));
      for (const framed of candidates) {
        const place = { left: x - framed.first, top: y };
        if (isThere(rows, framed, place)) found.push(foundAt(grid, framed.template, place, 0));
      }
    });
  }
  return found;
}

const CANDIDATES: readonly (readonly Framed[])[] = Array.from(
  { length: 1 << FIRST_ROW_BITS },
  (_, bits) =>
    // What follows a gap in the row may be another pattern's: any template whose own first row is the beginning.
    FIRST_ROWS.filter(({ row }) => (bits & ((1 << bitLength(row)) - 1)) === row).map(
      ({ framed }) => framed,
    ),
);

function candidatesOf(bits: number): readonly Framed[] {
  return CANDIDATES[bits] ?? [];
}

function bitLength(bits: number): number {
  return 32 - Math.clz32(bits);
}

function isThere(
  rows: BitRows,
  { mask, bits, template }: Framed,
  { left, top }: { readonly left: number; readonly top: number },
): boolean {
  const columns = template.shape.width + 2;
  for (let row = 0; row < mask.length; row += 1) {
    const seen = rows.bits(left - 1, top - 1 + row, columns);
    if ((seen & (mask[row] ?? 0)) !== bits[row]) return false;
  }
  return true;
}

/** The mask has the cells of `template` and all their neighbours: the corners of the box may be somebody else's. */
export function frame(template: Template): Framed {
  const { rows, height } = template.shape;
  const bits = [0, ...rows.map((row) => row << 1), 0];
  const wide = bits.map((row) => row | (row << 1) | (row >>> 1));
  const mask = wide.map((row, at) => row | (wide[at - 1] ?? 0) | (wide[at + 1] ?? 0));
  const first = 31 - Math.clz32((rows[0] ?? 0) & -(rows[0] ?? 0));
  return { template, mask: mask.slice(0, height + 2), bits, first };
}

/** A find of `template`, with so many `flips`, on the torus `grid`; the corner `place` of its box may lie beyond the edges. */
export function foundAt(
  grid: { readonly width: number; readonly height: number },
  template: Template,
  place: { readonly left: number; readonly top: number },
  flips: number,
): FoundPattern {
  const { width, height } = template.shape;
  return {
    template,
    left: around(place.left, grid.width),
    top: around(place.top, grid.height),
    middleX2: around(2 * place.left + width - 1, 2 * grid.width),
    middleY2: around(2 * place.top + height - 1, 2 * grid.height),
    flips,
  };
}

/** The place `at`, a whole number, on a torus of this length: 0 to `length` − 1. */
export function around(at: number, length: number): number {
  return ((at % length) + length) % length;
}
