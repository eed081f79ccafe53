import { countBits, type Grid } from "../automaton/grid.ts";
import { BitRows } from "./bit-rows.ts";
import { around, foundAt, frame, type FoundPattern, type Framed } from "./find-patterns.ts";
import { cellsOf } from "./shape.ts";
import { TEMPLATES, type Template } from "./templates.ts";

const FRAMED: readonly Framed[] = TEMPLATES.map(frame);

/**
 * Patterns of which a few cells (their margin included) were flipped: for each place the template that differs least.
 * `flipsMax` 1 is for the whole grid; smaller patterns inside larger ones lose to those.
 */
export function findFlippedPatterns(grid: Grid, flipsMax: number): readonly FoundPattern[] {
  const rows = new BitRows(grid);
  const seen = new Map<number, FoundPattern>();
  for (let y = 0; y < grid.height; y += 1) {
    rows.eachLive(y, (x) => {
      for (const framed of FRAMED) {
        // With so many flips at least one of the first cells of the template is still alive.
        for (const cell of anchorsOf(framed.template).slice(0, flipsMax + 1)) {
          const place = {
            left: around(x - cell.x, grid.width),
            top: around(y - cell.y, grid.height),
          };
          const flips = differences(rows, framed, place, flipsMax);
          if (flips <= flipsMax) keepBest(seen, grid, foundAt(grid, framed.template, place, flips));
        }
      }
    });
  }
  return withoutOverlaps([...seen.values()], grid);
}

/**
 * The best of some `templates` near a place of `grid`: for one who knows what he looks for. Undefined where all differ
 * more. `near`: the corner that is expected, cells that it may be off in each direction, and flips that are borne.
 */
export function findNear(
  grid: Grid,
  templates: readonly Template[],
  near: {
    readonly left: number;
    readonly top: number;
    readonly cellsMax: number;
    readonly flipsMax: number;
  },
): FoundPattern | undefined {
  const rows = new BitRows(grid);
  let best: FoundPattern | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  const { cellsMax, flipsMax } = near;
  for (const framed of FRAMED.filter(({ template }) => templates.includes(template))) {
    for (let down = -cellsMax; down <= cellsMax; down += 1) {
      for (let right = -cellsMax; right <= cellsMax; right += 1) {
        const place = {
          left: around(near.left + right, grid.width),
          top: around(near.top + down, grid.height),
        };
        const flips = differences(rows, framed, place, flipsMax);
        // Of equals the nearest: ties must not depend on the order of the search.
        const score = flips * 1_000 + right * right + down * down;
        if (flips > flipsMax || score >= bestScore) continue;
        bestScore = score;
        best = foundAt(grid, framed.template, place, flips);
      }
    }
  }
  return best;
}

function anchorsOf(template: Template): readonly { readonly x: number; readonly y: number }[] {
  return ANCHORS.get(template) ?? [];
}

const ANCHORS: ReadonlyMap<Template, readonly { readonly x: number; readonly y: number }[]> =
  new Map(TEMPLATES.map((template) => [template, cellsOf(template.shape)]));

/** Cells that differ, counted until there are too many. */
function differences(
  rows: BitRows,
  { mask, bits, template }: Framed,
  { left, top }: { readonly left: number; readonly top: number },
  flipsMax: number,
): number {
  const columns = template.shape.width + 2;
  let flips = 0;
  for (let row = 0; row < mask.length; row += 1) {
    const seen = rows.bits(left - 1, top - 1 + row, columns);
    flips += countBits((seen & (mask[row] ?? 0)) ^ (bits[row] ?? 0));
    if (flips > flipsMax) return flips;
  }
  return flips;
}

function keepBest(seen: Map<number, FoundPattern>, grid: Grid, found: FoundPattern): void {
  const name =
    (found.middleY2 * 2 * grid.width + found.middleX2) * 256 + TEMPLATES.indexOf(found.template);
  const before = seen.get(name);
  if (before === undefined || before.flips > found.flips) seen.set(name, found);
}

/** Best first: fewer flips, then more cells; what shares cells with a better one is dropped. */
function withoutOverlaps(found: FoundPattern[], grid: Grid): readonly FoundPattern[] {
  const size = ({ template }: FoundPattern): number => ANCHORS.get(template)?.length ?? 0;
  found.sort((a, b) => a.flips - b.flips || size(b) - size(a) || a.top - b.top || a.left - b.left);
  const taken = new Set<number>();
  return found.filter(({ left, top, template }) => {
    const cells = anchorsOf(template).map(
      ({ x, y }) => around(top + y, grid.height) * grid.width + around(left + x, grid.width),
    );
    if (cells.some((cell) => taken.has(cell))) return false;
    for (const cell of cells) taken.add(cell);
    return true;
  });
}
