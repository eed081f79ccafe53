import { assert } from "@swoosh/kernel/values";
import {
  cellsOf,
  nextShape,
  shapeKey,
  shapeOf,
  SYMMETRIES,
  type Shape,
} from "../patterns/shape.ts";
import { rowFromSeen } from "./decoder-row.ts";
import { neighbourhoods, turnNeighbourhood } from "./neighbourhood.ts";

/** A pattern that a family's row is fitted to: one of its phases, and the ticks until it is that again. */
export interface FamilyMember {
  /** Top to bottom, `O` alive. */
  readonly rows: readonly string[];
  readonly period: number;
}

/** Dead cells around a shape: whoever has a live neighbour is inside, and the torus is never felt. */
const MARGIN = 2;

/**
 * One row for several patterns at once, as a maximum-likelihood decoder of the neighbourhoods that occur in any of their
 * undisturbed orbits, in each phase and all eight turns; a pattern without phase or heading in common with them has no
 * other row to be in step with. Every member counts the same in every turn. Nothing is drawn: no stream of any test can be
 * in it. Asserts that there are `members`, and that each is itself again after its period.
 */
export function fitFamily(members: readonly FamilyMember[]): Int8Array {
  assert(members.length > 0, "a family of at least one pattern");
  const seen = new Map<number, number>();
  for (const { rows, period } of members) {
    const first = shapeOf(rows);
    let shape = first;
    for (let phase = 0; phase < period; phase += 1) {
      countTurned(shape, seen);
      ({ shape } = nextShape(shape));
    }
    assert(shapeKey(shape) === shapeKey(first), "a pattern that is itself again after its period");
  }
  return rowFromSeen(seen);
}

/** Adds each neighbourhood that has a live cell, and the empty one once: how much ground lies around says nothing. */
function countTurned(shape: Shape, seen: Map<number, number>): void {
  const size = { width: shape.width + 2 * MARGIN, height: shape.height + 2 * MARGIN };
  const cells = new Uint8Array(size.width * size.height);
  for (const { x, y } of cellsOf(shape)) cells[(y + MARGIN) * size.width + x + MARGIN] = 1;
  const around = new Uint16Array(cells.length);
  neighbourhoods(cells, size, around);
  for (const symmetry of SYMMETRIES)
    for (const bits of [0, ...around.filter((one) => one !== 0)]) {
      const turned = turnNeighbourhood(bits, symmetry);
      seen.set(turned, (seen.get(turned) ?? 0) + 1);
    }
}
